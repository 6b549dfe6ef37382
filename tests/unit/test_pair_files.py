"""Files of pairs as they are published, as spreadsheets write them, and as they should not be."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neuron_studio.core.pair_columns import Columns, propose, unique_names
from neuron_studio.core.pair_encoding import ENCODINGS
from neuron_studio.core.pair_layout import Form
from neuron_studio.runs.pair_files import reading
from neuron_studio.runs.pair_files.reading import Look, Reading, first_pairs, look, read, read_pairs
from neuron_studio.runs.pair_files.rows import LONGEST_ROW
from neuron_studio.runs.pair_files.writing import write_pairs
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import SentencePair

Keep = Callable[..., Path]


class StopReadingError(Exception):
    """What a watcher raises that has seen enough."""


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Writes a file and says where."""

    def keep(content: str | bytes, name: str = "pairs.txt", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return keep


def taken(path: Path, **choices: object) -> tuple[Look, Reading]:
    """What a file is taken for, and all of it read so."""
    seen = look(path, **choices)
    return seen, read(seen, seen.columns)


def refusal(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(StudioError) as caught:
        look(path)
    assert caught.value.remedy
    return caught.value.message


# Published files, in their shape; the sentences are ours.


def test_that_the_paraphrase_corpus_keeps_every_row_with_its_unquoted_marks(keep: Keep) -> None:
    path = keep(
        "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
        '1\t101\t102\t"We will sail at dawn , " the captain said .\tThe captain said they would sail at dawn .\r\n'
        '0\t103\t104\tShe called it " a fair price .\t" Too dear , he said .\r\n'
        "1\t105\t106\tRain fell all night .\tIt rained through the night .\r\n",
        "msr_paraphrase_train.txt",
    )
    seen, found = taken(path)
    assert seen.layout.form is Form.TAB
    assert seen.columns == Columns("#1 String", "#2 String", "Quality")
    assert [pair.expected for pair in found.pairs] == ["1", "0", "1"]
    assert found.pairs[1] == SentencePair('She called it " a fair price .', '" Too dear , he said .', "0")
    assert found.broken_count == 0


def test_that_the_question_pairs_list_their_torn_rows_with_line_numbers(keep: Keep) -> None:
    path = keep(
        "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
        "7\t13\t14\tHow do kites fly?\tWhat keeps a kite up?\t1\n"
        "8\t15\t16\tHow do I\n"
        "mend a kite?\tHow are kites mended?\t0\n"
        "9\t17\t18\t\tWhy?\t0\n",
        "train.tsv",
    )
    seen, found = taken(path)
    assert seen.columns == Columns("question1", "question2", "is_duplicate")
    assert found.pairs == (SentencePair("How do kites fly?", "What keeps a kite up?", "1"),)
    assert [(row.number, row.reason) for row in found.broken] == [
        (3, "4 columns where the first line has 6"),
        (4, "3 columns where the first line has 6"),
        (5, "the first sentence is empty"),
    ]
    assert found.broken[0].beginning == "8 ⇥ 15 ⇥ 16 ⇥ How do I"


def test_that_the_inference_corpus_takes_the_gold_label_and_not_one_annotators(keep: Keep) -> None:
    header = (
        "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"
        "sentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label\n"
    )
    row = (
        "0\t3\t3n\tfiction\t( a )\t( b )\t(ROOT a)\t(ROOT b)\tThe boat left.\tA boat was there.\tneutral\tentailment\n"
    )
    seen, found = taken(keep(header + row, "train.tsv"))
    assert seen.columns == Columns("sentence1", "sentence2", "gold_label")
    assert found.pairs == (SentencePair("The boat left.", "A boat was there.", "entailment"),)


def test_that_the_similarity_benchmark_takes_its_score(keep: Keep) -> None:
    header = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
    row = "0\tmain\tours\t2012\t0001\tnone\tnone\tA kite is flying.\tA kite flies.\t4.800\n"
    assert taken(keep(header + row, "dev.tsv"))[1].pairs == (
        SentencePair("A kite is flying.", "A kite flies.", "4.800"),
    )


def test_that_a_dash_as_gold_label_is_no_label_and_is_counted(keep: Keep) -> None:
    records = [
        {
            "annotator_labels": ["neutral"],
            "gold_label": label,
            "sentence1": f"A {n}",
            "sentence2": "B",
            "tree": {"a": 1},
        }
        for n, label in enumerate(("neutral", "-", "contradiction"))
    ]
    seen, found = taken(keep("".join(json.dumps(record) + "\n" for record in records), "snli_1.0_dev.jsonl"))
    assert seen.columns == Columns("sentence1", "sentence2", "gold_label")
    assert [pair.expected for pair in found.pairs] == ["neutral", None, "contradiction"]
    assert found.unlabelled == 1


# Forms.


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ('premise,hypothesis\n"a, b",c d\n', "pairs.csv", Form.COMMA),
        ('premise;hypothesis\n"a, b";c d\n', "pairs.csv", Form.SEMICOLON),
        ("premise;hypothesis\na, b;c d\ne;f\n", "pairs.txt", Form.SEMICOLON),
        ("premise\thypothesis\na, b\tc d\n", "pairs.csv", Form.TAB),
        ('premise\thypothesis\t"a ""b"""\na, b\tc d\t1\n', "pairs.txt", Form.QUOTED_TAB),
        ('{"premise": "a, b", "hypothesis": "c d"}\n', "pairs.json", Form.JSON_LINES),
        ('[\n  {"premise": "a, b",\n "hypothesis": "c d"}\n]', "pairs.json", Form.JSON_ARRAY),
    ],
)
def test_that_the_form_is_found_by_looking(keep: Keep, text: str, name: str, form: Form) -> None:
    seen, found = taken(keep(text, name))
    assert seen.layout.form is form
    assert (found.pairs[0].first, found.pairs[0].second) == ("a, b", "c d")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_that_lines_end_as_they_like_and_are_counted_alike(keep: Keep, end: str) -> None:
    text = end.join(("sentence1,sentence2", "a,b", "", "c", "d,e"))
    found = taken(keep(text, "pairs.csv"))[1]
    assert [pair.first for pair in found.pairs] == ["a", "d"]
    assert [row.number for row in found.broken] == [4]


def test_that_mixed_line_ends_are_each_the_end_of_a_row(keep: Keep) -> None:
    found = taken(keep("sentence1\tsentence2\r\na\tb\rc\td\ne\tf"))[1]
    assert [pair.first for pair in found.pairs] == ["a", "c", "e"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_that_unicode_is_known_by_its_mark_or_its_zeros(keep: Keep, encoding: str) -> None:
    path = keep("sentence1,sentence2\ncafé 🪁,שלום\n", "pairs.csv", encoding)
    assert taken(path)[1].pairs == (SentencePair("café 🪁", "שלום"),)


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.jsonl"])
def test_that_a_byte_order_mark_is_no_part_of_the_text_whatever_encoding_is_chosen(keep: Keep, name: str) -> None:
    text = {"pairs.csv": "sentence1,sentence2\na,b\n", "pairs.jsonl": '{"sentence1": "a", "sentence2": "b"}\n'}[name]
    path = keep("\ufeff" + text, name, "utf-16-le")
    assert taken(path)[1].pairs == taken(path, encoding="utf-16-le")[1].pairs == (SentencePair("a", "b"),)


def test_that_bytes_which_are_no_utf_8_are_proposed_as_windows_1252_and_can_be_read_otherwise(keep: Keep) -> None:
    path = keep("sentence1,sentence2\ncafé – “x”,bar\nplain,row\n", "pairs.csv", "cp1252")
    seen, found = taken(path)
    assert seen.layout.encoding == "cp1252"
    assert found.pairs[0].first == "café – “x”"
    found = taken(path, encoding="utf-8")[1]
    assert found.pairs == (SentencePair("plain", "row"),)
    assert [(row.number, row.reason) for row in found.broken] == [
        (2, "the first sentence has bytes that the chosen encoding does not know")
    ]


def test_that_text_which_ends_inside_a_character_is_told(keep: Keep) -> None:
    found = taken(keep("sentence1,sentence2\na,b\n".encode("utf-16") + b"\0", "pairs.csv"))[1]
    assert found.pairs == (SentencePair("a", "b"),)
    assert [row.number for row in found.broken] == [3]


# Columns.


def test_that_repeated_and_missing_names_mean_one_column_each() -> None:
    assert unique_names(["text", "text", "", "text"]) == ("text", "text (2)", "Column 3", "text (3)")


def test_that_usual_names_are_found_in_any_case_and_asked_ones_come_first() -> None:
    names = ("id", "Question1", "QUESTION2", "answer")
    assert propose(names) == Columns("Question1", "QUESTION2")
    assert propose(names, Columns(second="answer")) == Columns("Question1", "answer")


def test_that_a_table_without_names_is_taken_in_its_order(keep: Keep) -> None:
    seen, found = taken(keep("One sentence of some words,another sentence of words,1\nc d,e f,0\n", "pairs.csv"))
    assert not seen.layout.has_header
    assert [pair.expected for pair in found.pairs] == ["1", "0"]


def test_that_nothing_is_proposed_where_names_are_unknown(keep: Keep) -> None:
    seen = look(keep("left,right\na,b\n", "pairs.csv"))
    assert not seen.columns.are_enough
    assert read(seen, Columns("left", "right")).pairs == (SentencePair("a", "b"),)


# Broken rows.


def test_that_a_mark_which_never_closes_takes_no_other_row_with_it(keep: Keep) -> None:
    found = taken(keep('sentence1,sentence2\na,b\n"c,d\ne,f\ng,h\n', "pairs.csv"))[1]
    assert [pair.first for pair in found.pairs] == ["a", "e", "g"]
    assert [(row.number, row.reason) for row in found.broken] == [(3, "a quotation mark opens and never closes")]


def test_that_a_quoted_cell_may_hold_lines_and_is_numbered_by_its_first(keep: Keep) -> None:
    found = taken(keep('sentence1,sentence2\n"a\r\nb","c ""d"""\nlonely\n', "pairs.csv"))[1]
    assert found.pairs == (SentencePair("a\r\nb", 'c "d"'),)
    assert [row.number for row in found.broken] == [4]


def test_that_a_line_without_end_is_named_and_not_held(keep: Keep) -> None:
    long = "x" * (2 * LONGEST_ROW + 5)
    for name, text in (("pairs.tsv", "sentence1\tsentence2\n{}\tb\nc\td\n"), ("p.csv", "first,second\n{},b\nc,d\n")):
        found = taken(keep(text.format(long), name))[1]
        assert found.pairs == (SentencePair("c", "d"),)
        assert [(row.number, row.reason) for row in found.broken] == [(2, "longer than 1,000,000 characters")]
        assert len(found.broken[0].beginning) < 100


def test_that_a_nul_in_a_sentence_breaks_its_row_only(keep: Keep) -> None:
    for name, text in (("pairs.tsv", "sentence1\tsentence2\na\0\tb\nc\td\n"), ("p.csv", "first,second\na\0,b\nc,d\n")):
        found = taken(keep(text, name))[1]
        assert [pair.first for pair in found.pairs] == ["c"]
        assert [row.number for row in found.broken] == [2]
        assert "NUL" in found.broken[0].reason


def test_that_broken_json_is_named_by_line_and_reason(keep: Keep) -> None:
    good = '{"sentence1": "a", "sentence2": "b"}\n'
    lines = ("[1]\n", "{\n", '{"sentence1": "a"}\n', '{"sentence1": "a", "sentence2": 3}\n')
    found = taken(keep(good + "".join(lines) + good + "[" * 5000))[1]
    assert len(found.pairs) == 2
    assert [(row.number, row.reason) for row in found.broken] == [
        (2, "not a JSON object"), (3, "not JSON"), (4, "no 'sentence2' in this object"), (5, "'sentence2' is not text"),
        (7, "not JSON"),
    ]  # fmt: skip


def test_that_a_json_array_longer_than_what_is_held_is_read_and_its_torn_end_told(keep: Keep) -> None:
    text = json.dumps([{"sentence1": f"{n} " * 50, "sentence2": "b"} for n in range(2000)], indent=1)
    assert len(taken(keep(text))[1].pairs) == 2000
    found = taken(keep(text[:-4]))[1]
    assert len(found.pairs) == 1999
    assert [row.number for row in found.broken] == [1 + 1999 * 4 + 1]
    assert "nothing behind it was read" in found.broken[0].reason


def test_that_of_very_many_broken_rows_the_first_are_kept_and_all_are_counted(keep: Keep) -> None:
    found = taken(keep("sentence1,sentence2\n" + "lonely\n" * 3000, "pairs.csv"))[1]
    assert found.broken_count == 3000
    assert len(found.broken) == reading.BROKEN_KEPT


# What is no file of pairs.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"PK\x03\x04\x14\0\x06\0", "Excel workbook"),
        (b"\x1f\x8b\x08\0", "is compressed"),
        (b"\n <!DOCTYPE html>\n<html>", "is a web page"),
        (bytes(range(256)) * 20, "is not a text file"),
    ],
)
def test_that_what_is_no_table_is_refused_by_what_it_is(keep: Keep, content: bytes, said: str) -> None:
    assert said in refusal(keep(content))


def test_that_a_file_of_two_gigabytes_is_refused_unread(keep: Keep) -> None:
    path = keep("sentence1,sentence2\na,b\n")
    os.truncate(path, 2 * 2**30)
    assert "has 2,048 MB; at most 512 MB are read" in refusal(path)


def test_that_folders_pipes_and_missing_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refusal(tmp_path)
    assert "is not a file" in refusal(tmp_path / "pipe")
    assert "No such file" in refusal(tmp_path / "missing.csv")


def test_that_more_pairs_than_are_allowed_are_refused(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PAIRS", 2)
    seen = look(keep("first,second\n" + "a,b\n" * 3, "pairs.csv"))
    with pytest.raises(StudioError, match="more than 2 pairs"):
        read(seen, seen.columns)


ODD = (
    b'sentence1\tsentence2\r"a\tb\n\n',
    b"[{]",
    b'{"a": "\\ud800"}\n"',
    b"\xff\xfea\0,",
    b'\0\xe9,""x\n',
    b"-;[\r\r\n{",
)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "utf-16"])
def test_that_whatever_it_is_read_as_a_file_gives_valid_pairs_or_reasons(keep: Keep, form: Form, encoding: str) -> None:
    for content in ODD:
        seen = look(keep(content), form, encoding, has_header=False)
        columns = Columns(*seen.names[:2])
        found = read(seen, columns) if columns.are_enough else Reading(())
        assert all(str(row).encode() for row in found.broken)
        assert all((pair.first + pair.second).encode() for pair in found.pairs)


def test_that_text_without_the_mark_of_utf_16_is_not_read_as_such(keep: Keep) -> None:
    with pytest.raises(StudioError, match="is not utf-16 text"):
        look(keep("first,second\na,b\n"), encoding="utf-16")


def test_that_every_line_of_a_torn_table_is_a_pair_or_a_reason(keep: Keep) -> None:
    chance = random.Random(7)
    lines = ["".join(chance.choices(["a", '"', "\t", " ", ",", "é"], k=12)) for _ in range(500)]
    seen = look(keep("sentence1\tsentence2\n" + "".join(f"x{line}\n" for line in lines), "pairs.tsv"))
    found = read(seen, seen.columns)
    assert len(found.pairs) + found.broken_count == 500


# Reading on.


def test_that_a_look_reads_the_first_rows_only_and_a_watcher_can_end_the_reading(keep: Keep) -> None:
    seen = look(keep("first,second\n" + "a,b\n" * 100_000, "pairs.csv"))
    assert len(first_pairs(seen, seen.columns).pairs) == reading.LOOKED_AT
    shares: list[float] = []

    def watch(share: float) -> None:
        shares.append(share)
        if share > 0.5:
            raise StopReadingError

    with pytest.raises(StopReadingError):
        read(seen, seen.columns, watch)
    assert shares == sorted(shares)
    assert shares[-1] < 0.6


def test_that_broken_rows_are_refused_unless_they_are_to_be_skipped(keep: Keep) -> None:
    path = keep("first,second\na,b\nlonely\n", "pairs.csv")
    with pytest.raises(StudioError, match="1 row is no pair") as caught:
        read_pairs(path)
    assert "line 3: 1 column where the first line has 2: lonely" in caught.value.message
    assert read_pairs(path, skip_broken=True)[1].pairs == (SentencePair("a", "b"),)
    with pytest.raises(StudioError, match="no column 'left'"):
        read_pairs(path, Columns(first="left"))


# Writing.

AWKWARD = (
    SentencePair("Plain", "text", "paraphrase"),
    SentencePair('"Quoted, " he said', 'a "" b', None),
    SentencePair("🪁 kite", "שלום עולם ‏", "1"),
    SentencePair(" spaces kept ", "a;b,c\u2028d", "0"),
)
WITH_LINES = (*AWKWARD, SentencePair("two\nlines", "a\r\nb\rc\td", "0"))


@pytest.mark.parametrize(("name", "pairs"), [("a.csv", WITH_LINES), ("a.tsv", AWKWARD), ("a.JSONL", WITH_LINES)])
def test_that_written_pairs_read_back_equal(tmp_path: Path, name: str, pairs: tuple[SentencePair, ...]) -> None:
    write_pairs(tmp_path / name, pairs)
    assert read_pairs(tmp_path / name)[1].pairs == pairs


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_that_pairs_no_run_takes_read_back_where_they_are_kept_and_are_broken_rows_elsewhere(
    tmp_path: Path, name: str
) -> None:
    # Python 3.10 reads no CSV with NUL in it.
    other = SentencePair("", " ") if name == "a.csv" else SentencePair("nul\0", "b")
    flawed = (SentencePair("", "b", "1"), SentencePair("a", " "), SentencePair("", ""), other)
    write_pairs(tmp_path / name, (AWKWARD[0], *flawed))
    seen = look(tmp_path / name)
    kept, left_out = read(seen, seen.columns, keeps_flawed=True), read(seen, seen.columns)
    assert (kept.pairs, kept.broken, kept.flawed) == ((AWKWARD[0], *flawed), (), 4)
    assert (left_out.pairs, left_out.broken_count, left_out.flawed) == (AWKWARD[:1], 4, 4)
    assert first_pairs(seen, seen.columns, keeps_flawed=True).pairs == kept.pairs
    with pytest.raises(StudioError, match="4 rows are no pairs"):
        read_pairs(tmp_path / name)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_that_an_export_which_fails_midway_leaves_the_old_file_whole(tmp_path: Path, name: str) -> None:
    write_pairs(tmp_path / name, AWKWARD)
    before = (tmp_path / name).read_bytes()

    def torn() -> Iterator[SentencePair]:
        yield from AWKWARD * 1000
        raise OSError(28, "No space left on device")

    with pytest.raises(StudioError, match="No space left on device"):
        write_pairs(tmp_path / name, torn())
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "pair", "said"),
    [
        ("a.tsv", SentencePair("a\tb", "c"), "Pair 2 holds a tab or a line end"),
        ("a.csv", SentencePair("\ud83d", "c"), "Pair 2 is not valid Unicode"),
        ("a.xlsx", SentencePair("a", "b"), "does not end in .csv, .tsv, .jsonl"),
        ("file/a.csv", SentencePair("a", "b"), "cannot be written"),
    ],
)
def test_that_what_a_file_cannot_hold_is_refused_and_the_old_file_stays(
    tmp_path: Path, name: str, pair: SentencePair, said: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudioError) as caught:
        write_pairs(tmp_path / name, (AWKWARD[0], pair))
    assert said in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

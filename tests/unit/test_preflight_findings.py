"""Each trap has a finding of its own: facts that differ from good ones in one thing differ in that finding alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from neuron_studio.core.graph_behaviour import GraphBehaviour
from neuron_studio.core.preflight import PreflightFacts, preflight_findings
from neuron_studio.core.shapes import PairTokens, lost_tokens
from neuron_studio.core.size import ModelSize, memory_estimate
from neuron_studio.runs.resources import instances
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.operators import JudgedOperator, OperatorUse, Support
from neuron_studio.wire.spec import Options, RunSpec
from tests.support.scripted_run import a_spec

NAMES = ("input_ids", "attention_mask", "token_type_ids")
FULL = PairTokens(120, 60, 57)
LONG = PairTokens(150, 20, 127)
WELL = GraphBehaviour(is_finite=True, is_constant=False, other_padding=1e-6, less_padding=1e-6, masked=0.4)
GOOD = PreflightFacts(
    inputs=NAMES, accepted=NAMES, returned=NAMES, labels=2, type_vocabulary=2, usable_length=512, position_table=512,
    tokens=(FULL, FULL, FULL, FULL), pad_id=0, config_pad_id=0, tokenizer_size=30_522, embedding_rows=30_522,
    attention="eager", remote_code=False, pickle=False, returns_dict=False, dropouts_on=0, largest_constant=3e38,
    largest_in_cast=3.3895e38, size=ModelSize(110_000_000, 24_000_000, 60_000_000), behaviour=WELL,
)  # fmt: skip
OPERATORS = (JudgedOperator(OperatorUse("aten::linear", 74), Support.SUPPORTED),)


def spec(instance: str = "inf1.xlarge", family: str = "inf1", cores: int = 4, **options: Any) -> RunSpec:
    asked = a_spec()
    target = replace(asked.target, family=family, instance=instance, neuron_cores=cores)
    return replace(asked, target=target, options=Options(**{"auto_cast": "all", **options}))


def found(asked: RunSpec | None = None, operators: Any = OPERATORS, **changes: Any) -> dict[str, Finding]:
    asked = asked or spec()
    findings = preflight_findings(replace(GOOD, **changes), asked, operators, instances().get(asked.target.instance))
    assert len({finding.code for finding in findings}) == len(findings)
    return {finding.code: finding for finding in findings}


def new(**changes: Any) -> dict[str, Level]:
    """What these changes add to the findings of a good model."""
    return {code: finding.level for code, finding in found(**changes).items() if finding != found().get(code)}


def test_that_a_good_model_has_nothing_but_good_findings() -> None:
    assert {finding.level for finding in found().values()} == {Level.GOOD}
    assert "mask-kept" in found()


@pytest.mark.parametrize(
    ("changes", "code", "level"),
    [
        ({"returned": (NAMES[0], NAMES[2], NAMES[1])}, "inputs-bound-by-name", Level.GOOD),
        ({"accepted": (*NAMES[:2], "head_mask"), "returned": NAMES[:2]}, "third-argument", Level.GOOD),
        ({"type_vocabulary": 1}, "type-ids-left-out", Level.GOOD),
        ({"position_table": 514}, "usable-length", Level.GOOD),
        ({"pad_id": 1, "config_pad_id": 1}, "pad-id", Level.GOOD),
        ({"pad_id": 1}, "pad-ids-differ", Level.WARNING),
        ({"tokenizer_size": 31_000}, "vocabularies-differ", Level.WARNING),
        ({"tokens": (FULL, LONG)}, "pairs-truncated", Level.WARNING),
        ({"tokens": (PairTokens(20, 0, 0), PairTokens(40, 0, 0))}, "padding-waste", Level.NOTE),
        ({"tokens": (FULL, FULL, FULL), "asked": spec(batch_size=2)}, "short-batch", Level.NOTE),
        ({"remote_code": True}, "runs-remote-code", Level.WARNING),
        ({"pickle": True}, "weights-in-pickle", Level.WARNING),
        ({"returns_dict": True}, "tuple-output", Level.GOOD),
        ({"attention": "sdpa"}, "attention-not-eager", Level.WARNING),
        ({"dropouts_on": 3}, "dropout-on", Level.PROBLEM),
        ({"largest_constant": 3.4028e38}, "mask-overflows", Level.WARNING),
        ({"analysis_failure": "RuntimeError: no\nat all"}, "analysis-failed", Level.WARNING),
        ({"operators": (*OPERATORS, JudgedOperator(OperatorUse("aten::sort", 1, ("pooler",)), Support.FAILS))},
         "operator-fails", Level.PROBLEM),
        ({"operators": (JudgedOperator(OperatorUse("aten::sort", 1), Support.UNSUPPORTED),)}, "nothing-compiles",
         Level.PROBLEM),
        ({"behaviour": replace(WELL, is_finite=False)}, "not-finite", Level.PROBLEM),
        ({"behaviour": replace(WELL, is_constant=True)}, "constant-output", Level.WARNING),
        ({"behaviour": replace(WELL, masked=0.0)}, "mask-ignored", Level.PROBLEM),
        ({"behaviour": replace(WELL, other_padding=0.2)}, "example-frozen", Level.PROBLEM),
        ({"behaviour": replace(WELL, less_padding=0.2)}, "padding-counts", Level.WARNING),
        ({"behaviour": replace(WELL, other_types=0.0)}, "types-ignored", Level.NOTE),
        ({"behaviour": replace(WELL, other_rows=0.1)}, "rows-differ", Level.PROBLEM),
    ],
)  # fmt: skip
def test_that_each_trap_is_one_finding(changes: dict[str, Any], code: str, level: Level) -> None:
    assert new(**changes) == {code: level}


def test_that_what_is_found_names_a_way_out() -> None:
    assert all(finding.remedy for finding in found(pad_id=1, pickle=True, tokens=(LONG,), dropouts_on=1).values()
               if finding.level in (Level.WARNING, Level.PROBLEM))  # fmt: skip


def test_that_a_reranker_whose_query_is_cut_is_warned_of_and_not_where_the_passage_alone_is() -> None:
    query_too_long = PairTokens(200, 150, 47)
    assert set(new(tokens=(query_too_long, LONG), labels=1)) == {"pairs-truncated", "query-cut"}
    assert set(new(tokens=(LONG,), labels=1)) == {"pairs-truncated"}
    assert set(new(tokens=(query_too_long,), labels=2)) == {"pairs-truncated"}
    assert "query-cut" not in found(spec(truncation="only_second"), tokens=(query_too_long,), labels=1)


def test_that_cut_pairs_are_named_with_the_sentence_that_is_cut() -> None:
    finding = found(tokens=(LONG, FULL, *[LONG] * 6))["pairs-truncated"]
    assert finding.message == "7 of 8 pairs have more than 128 tokens and are cut: 1, 3, 4, 5, 6 and 2 more."
    assert "The longest has 150 tokens" in finding.remedy
    assert finding.remedy.endswith("The first sentence is cut in 0 of them, the second in 7.")


@pytest.mark.parametrize(
    ("pair", "truncation", "lost"),
    [
        (LONG, "longest_first", (0, 22)),
        (PairTokens(150, 127, 20), "longest_first", (22, 0)),
        (PairTokens(153, 75, 75), "longest_first", (12, 13)),
        (PairTokens(163, 90, 70), "longest_first", (27, 8)),
        (LONG, "only_first", (22, 0)),
        (LONG, "only_second", (0, 22)),
        (FULL, "longest_first", (0, 0)),
    ],
)
def test_that_tokens_are_lost_where_the_truncation_takes_them(
    pair: PairTokens, truncation: str, lost: tuple[int, int]
) -> None:
    assert lost_tokens(pair, 128, truncation) == lost


def test_that_a_shorter_length_is_only_offered_where_it_leaves_room_for_padding() -> None:
    assert "--max-length 64" in found(tokens=(PairTokens(63, 0, 0),))["padding-waste"].remedy
    assert "--max-length 96" in found(tokens=(PairTokens(64, 0, 0),))["padding-waste"].remedy
    assert "padding-waste" not in found(tokens=(PairTokens(96, 0, 0),))


def test_that_nothing_is_said_of_a_mask_where_nothing_is_cast() -> None:
    assert not {"mask-finite", "mask-overflows"} & set(found(largest_in_cast=None, largest_constant=1e39))


def test_that_memory_counts_a_copy_for_each_core_of_the_fullest_device() -> None:
    size = ModelSize(parameters=100, in_tables=40, computed=10)
    inf1 = memory_estimate(size, spec(), instances()["inf1.xlarge"])
    assert (inf1.narrow, inf1.weights, inf1.computed, inf1.copies) == (120, 120, 20, 4)
    assert inf1.device == 8 << 30
    unbound = memory_estimate(size, spec("inf1.6xlarge", cores=16, auto_cast="none"), instances()["inf1.6xlarge"])
    assert (unbound.narrow, unbound.weights, unbound.copies, unbound.device) == (120, 240, 4, 8 << 30)
    inf2 = memory_estimate(size, spec("inf2.xlarge", "inf2", 1, auto_cast="none"), instances()["inf2.xlarge"])
    assert (inf2.weights, inf2.copies, inf2.device) == (400, 1, 32 << 30)
    assert (inf2.at_least, inf2.at_most) == (400, 440)


def test_that_weights_beyond_the_device_are_a_problem_and_values_beyond_it_a_note() -> None:
    too_large = ModelSize(1_500_000_000, 100_000_000, 1)
    assert found(size=too_large)["memory-too-small"].level is Level.PROBLEM
    assert found(size=ModelSize(110_000_000, 0, 2_000_000_000))["memory-close"].level is Level.NOTE


def test_that_inf1_s_graph_takes_1_9_gb_of_constants_embeddings_apart() -> None:
    fits, too_large = ModelSize(560_000_000, 256_000_000, 1), ModelSize(560_000_000, 30_000_000, 1)
    assert "weights-apart" not in found(size=fits)
    assert found(size=too_large)["weights-apart"].level is Level.NOTE
    assert "weights-apart" not in found(spec("inf2.xlarge", "inf2", 2), size=too_large)

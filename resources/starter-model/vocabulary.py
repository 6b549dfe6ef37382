"""The tokenizer: a WordPiece vocabulary made from the generated sentences, in files that every transformers reads."""

from __future__ import annotations

import itertools
import json
import string
from collections import Counter
from pathlib import Path
from typing import Dict, List

from pairs import COMMON_WORDS, pairs

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MAX_LENGTH = 512

SEED = 11
PAIRS_READ = 30_000
LEAST_COUNT = 12  # an invented name stays below it, so that no such name becomes a word
PIECES = 600
FURTHER_CHARACTERS = "’‘“”–—…€£°éèêáàâäíóôöúüñçßøåæ"


def words_of(text: str) -> List[str]:
    """Split at spaces and punctuation, as the tokenizer does before it looks words up."""
    spaced = "".join(f" {letter} " if letter in string.punctuation else letter for letter in text)
    return spaced.split()


def most_frequent(counts: Counter, number: int) -> List[str]:
    """Ties are broken by the alphabet: the vocabulary must not depend on the order of counting."""
    return sorted(counts, key=lambda entry: (-counts[entry], entry))[:number]


def vocabulary() -> List[str]:
    """Whole words, then every character at the start and inside of a word, then frequent pieces of words."""
    read = Counter()
    for pair in itertools.islice(pairs(SEED, held_out=False), PAIRS_READ):
        read.update(words_of(pair.first.text) + words_of(pair.second.text))
    words = sorted({word for word, count in read.items() if count >= LEAST_COUNT} | set(COMMON_WORDS))
    characters = sorted(set(string.ascii_letters + string.digits + string.punctuation + FURTHER_CHARACTERS))
    inner = [f"##{letter}" for letter in characters if letter not in string.punctuation]
    pieces: Counter = Counter()
    for word in read:
        for length in (2, 3, 4):
            pieces[word[:length]] += 1
            pieces.update(f"##{word[start : start + length]}" for start in range(1, len(word) - length + 1))
    known = set(words) | set(characters) | set(inner)
    extra = sorted(most_frequent(Counter({p: n for p, n in pieces.items() if p not in known}), PIECES))
    return [*SPECIAL_TOKENS, *characters, *inner, *extra, *sorted(set(words) - set(characters))]


def tokenizer_json(vocabulary_ids: Dict[str, int]) -> Dict[str, object]:
    """The fast tokenizer, spelled out: libraries from 0.13 on agree about every key used here."""
    specials = [
        {
            "id": vocabulary_ids[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in SPECIAL_TOKENS
    ]

    def special(token: str, segment: int) -> Dict[str, object]:
        return {"SpecialToken": {"id": token, "type_id": segment}}

    first, second = ({"Sequence": {"id": name, "type_id": segment}} for segment, name in enumerate("AB"))
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": specials,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": False,
            "lowercase": False,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]", 0), first, special("[SEP]", 0)],
            "pair": [special("[CLS]", 0), first, special("[SEP]", 0), second, special("[SEP]", 1)],
            "special_tokens": {
                token: {"id": token, "ids": [vocabulary_ids[token]], "tokens": [token]} for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": vocabulary_ids,
        },
    }


def write_json(path: Path, content: object) -> None:
    """Readable, with the same bytes everywhere."""
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def write_tokenizer(folder: Path) -> int:
    """Write the tokenizer's files and return the size of the vocabulary."""
    tokens = vocabulary()
    ids = {token: index for index, token in enumerate(tokens)}
    (folder / "vocab.txt").write_bytes("".join(f"{token}\n" for token in tokens).encode())
    write_json(folder / "tokenizer.json", tokenizer_json(ids))
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL_TOKENS))
    write_json(folder / "special_tokens_map.json", names)
    settings = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": False,
        "strip_accents": False,
        "tokenize_chinese_chars": True,
        "model_max_length": MAX_LENGTH,
        "clean_up_tokenization_spaces": True,
        **names,
    }
    write_json(folder / "tokenizer_config.json", settings)
    return len(tokens)

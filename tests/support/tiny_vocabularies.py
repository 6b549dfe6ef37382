"""Tokenizers for tiny models, made by hand: WordPiece, byte-level BPE and Unigram, with their special tokens."""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"
WORDS = (
    "the", "company", "is", "based", "in", "new", "york", "city", "headquarters", "are", "situated", "manhattan",
    "apples", "especially", "bad", "for", "your", "health", "a", "man", "plays", "guitar", "woman", "sings", "song",
    "dog", "runs", "park", "cat", "sleeps", "on", "sofa", "weather", "was", "cold", "and", "it", "rained", "all", "day",
    "police", "arrested", "two", "men", "after", "robbery", "bank", "price", "of", "oil", "rose", "fell", "sharply",
    "today",
)  # fmt: skip
MERGES = ("t h", "th e", "i n", "a n", "e r", "o n", "a r", "e s", "in g", "an d", "o u", "Ġ t", "Ġ a", "Ġ the", "Ġ s")

BERT_SPECIALS = {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "cls": "[CLS]", "mask": "[MASK]"}
ROBERTA_SPECIALS = {
    "bos": "<s>", "eos": "</s>", "unk": "<unk>", "sep": "</s>", "pad": "<pad>", "cls": "<s>", "mask": "<mask>",
}  # fmt: skip


def wordpiece(first: tuple[str, ...], between: str, unknown: str = "[UNK]") -> Tokenizer:
    """BERT's scheme, lower case; first are the special tokens in the order of their ids."""
    pieces = [*first, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    ids = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocab=ids, unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = _template(tokenizer, between)
    return tokenizer


def byte_pairs(first: tuple[str, ...], last: tuple[str, ...], between: str) -> Tokenizer:
    """GPT-2's scheme as RoBERTa and ModernBERT use it; last are special tokens behind the vocabulary."""
    merges = [tuple(merge.split()) for merge in MERGES]
    pieces = [*first, *sorted(pre_tokenizers.ByteLevel.alphabet()), *("".join(merge) for merge in merges), *last]
    ids = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = _template(tokenizer, between)
    return tokenizer


def unigram(first: tuple[str, ...], last: tuple[str, ...], unknown: str, between: str) -> Tokenizer:
    """SentencePiece's scheme as ALBERT, XLM-RoBERTa and DeBERTa-v3 use it."""
    words = [f"▁{word}" for word in dict.fromkeys(WORDS) if len(word) > 1]
    pieces = [*first, "▁", *LETTERS, *words, *last]
    scores = [(piece, 0.0 if piece in (*first, *last) else -12.0 + len(piece)) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=pieces.index(unknown)))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = _template(tokenizer, between)
    return tokenizer


def _template(tokenizer: Tokenizer, between: str) -> processors.TemplateProcessing:
    """One [SEP] between the sentences and types 0 and 1, or RoBERTa's pair of </s> and no types."""
    start, end = ("[CLS]", "[SEP]") if between == "[SEP]" else ("<s>", "</s>")
    pair = f"{start} $A {end} $B:1 {end}:1" if between == "[SEP]" else f"{start} $A {end} {end} $B {end}"
    specials = [(token, tokenizer.token_to_id(token)) for token in (start, end)]
    return processors.TemplateProcessing(single=f"{start} $A {end}", pair=pair, special_tokens=specials)

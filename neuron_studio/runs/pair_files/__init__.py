"""Sentence pairs in files: looked at, read row by row, written whole."""

"""Decisions: values in, values out; no files, no clock, no Qt, no torch (standard library, Python 3.8)."""

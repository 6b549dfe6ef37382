"""The table as people read it, and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.verdict import Claim, Row, quantity


def row_lines(row: Row) -> Iterator[str]:
    """One row: a line for the promise, one for each number of it, and what should be known beside."""
    yield f"{row.name}: {row.what}"
    if row.not_measured:
        yield f"    not measured: {row.not_measured}"
    for claim in row.claims:
        yield f"    {_claim_line(claim)}"
        if claim.detail:
            yield f"        {claim.detail}"
    if row.note:
        yield f"    ({row.note})"


def _claim_line(claim: Claim) -> str:
    measured = quantity(claim.value, claim.unit)
    promised = f"at most {quantity(claim.limit, claim.unit)}"
    return f"{claim.what:<44} {measured:>12}   {promised:<18} {claim.verdict}"


def ending(rows: Sequence[Row]) -> str:
    """How many promises were kept, on one line."""
    missed = [row.name for row in rows if row.is_missed]
    unmeasured = [row.name for row in rows if row.not_measured]
    kept = len(rows) - len(missed) - len(unmeasured)
    parts = [f"{kept} of {len(rows)} rows kept"]
    parts += [f"missed: {', '.join(missed)}"] if missed else []
    parts += [f"not measured: {', '.join(unmeasured)}"] if unmeasured else []
    return " · ".join(parts)


def as_plain(rows: Sequence[Row], machine: dict[str, str]) -> dict[str, Any]:
    """The same for programs, every single measurement included."""
    return {"schema": 1, "machine": machine, "rows": [_plain_row(row) for row in rows]}


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "what": row.what,
        "not_measured": row.not_measured or None,
        "note": row.note,
        "claims": [
            {**dataclasses.asdict(claim), "kept": claim.is_kept, "verdict": claim.verdict} for claim in row.claims
        ],
        "series": {name: dataclasses.asdict(series) for name, series in row.series},
    }

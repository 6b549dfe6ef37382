"""neuron-studio check: open a bundle, and say whether it is whole and can be used here."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from neuron_studio.core.finding_words import count_line, findings_text
from neuron_studio.runs import bundles, environments
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame
from neuron_studio.wire.findings import Level


@click.command("check")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--python", "python", help="Interpreter that is to load it; found where not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check_command(bundle: Path, python: str | None, as_json: bool) -> None:
    """Say whether BUNDLE, the folder of a finished run, is whole and can be used on this machine; loads nothing."""
    environment = environments.probe(python) if python else environments.best()
    findings = bundles.check(bundle, environment)
    if as_json:
        plain = {"schema": 1, "bundle": str(bundle), "python": environment.python, "findings": findings}
        click.echo(dumps(plain, indent=2))
    else:
        click.echo(f"{bundle}: {count_line(findings)}")
        click.echo(findings_text(findings))
    stands_in_the_way = any(finding.level is Level.PROBLEM for finding in findings)
    sys.exit(EXIT_CODES[Blame.ENVIRONMENT] if stands_in_the_way else 0)

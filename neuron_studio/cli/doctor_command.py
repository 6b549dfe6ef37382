"""neuron-studio doctor: what is wrong here, and the command that mends it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from neuron_studio.cli.render import say
from neuron_studio.core.doctor import as_json
from neuron_studio.core.finding_words import count_line, findings_text
from neuron_studio.runs import doctor
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame, StudioError


@click.command("doctor")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), metavar="FILE",
              help="Write a report to paste into an issue: no sentences, no tokens, no names.")  # fmt: skip
def doctor_command(as_object: bool, report_file: Path | None) -> None:
    """Look at environments, devices, driver, display, versions and disk; exit 3 where something must be mended."""
    say("neuron-studio: looking, which takes a minute where an environment is looked at for the first time …")
    examination = doctor.examine()
    if report_file is not None:
        _write(report_file, doctor.report(examination))
    if as_object:
        click.echo(dumps(as_json(examination), indent=2))
    else:
        click.echo(findings_text(examination.findings))
        click.echo(f"\n{count_line(examination.findings)}")
    sys.exit(EXIT_CODES[Blame.ENVIRONMENT] if examination.has_problem else 0)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise StudioError(
            "report-not-written", f"The report cannot be written to {path}: {error.strerror}.",
            "Choose another file.", Blame.INPUT,
        ) from error  # fmt: skip
    say(f"neuron-studio: the report is in {path}; read it before you send it.")

"""A report to paste into an issue: versions, findings, the last failure; private things are taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Optional

from neuron_studio import __version__
from neuron_studio.core.doctor import Examination
from neuron_studio.core.finding_words import findings_text
from neuron_studio.core.redaction import Private, redact
from neuron_studio.core.wording import environment_title
from neuron_studio.wire.events import RunFailed
from neuron_studio.wire.spec import RunSpec

_LOG_LINES = 60


@dataclass(frozen=True)
class FailedRun:
    """The last run that failed: what it was to do, why it ended, and the end of its log."""

    spec: RunSpec
    failure: RunFailed
    log: str


def report_text(examination: Examination, failed: Optional[FailedRun], private: Private) -> str:
    """The whole report without sentences, tokens, and names of people and machines."""
    if failed is not None:
        # Cut after the redaction: half a token would not be known for one.
        kept = redact(failed.log, private).splitlines()[-_LOG_LINES:]
        failed = replace(failed, log="\n".join(kept))
    return redact("\n".join(_lines(examination, failed)), private) + "\n"


def _lines(examination: Examination, failed: Optional[FailedRun]) -> Iterator[str]:
    host, machine = examination.host, examination.machine
    yield from (f"Neuron Studio {__version__}", "", "Machine")
    yield from (f"  system    {host.system}", f"  python    {host.python_version} ({host.python})")
    for name, version in sorted(host.versions.items()):
        yield f"  {name} {version}"
    yield f"  instance  {machine.instance or 'none'}, {machine.devices} devices, driver {machine.driver or 'none'}"
    yield from ("", "Findings", findings_text(examination.findings), "", "Environments")
    for environment in examination.environments:
        yield f"  {environment_title(environment, host.python)}: {environment.python} ({environment.offer})"
        versions = ", ".join(f"{name} {version}" for name, version in environment.versions.items())
        yield f"    Python {environment.python_version}, glibc {environment.glibc}, {versions}"
        for module, error in (environment.imports or {}).items():
            yield f"    import {module}: {error or 'ok'}"
    yield from ("", "Last failed run")
    yield from _failure(failed) if failed else ("  none",)


def _failure(failed: FailedRun) -> Iterator[str]:
    spec, failure, options = failed.spec, failed.failure, failed.spec.options
    yield f"  {failure.code} during {failure.stage}: {failure.message}"
    yield f"  {spec.target.backend} for {spec.target.instance}, {spec.target.neuron_cores} NeuronCores"
    yield (
        f"  {len(spec.pairs)} pairs, {options.sequence_length} tokens x {options.batch_size}, "
        f"cast {options.auto_cast} {options.auto_cast_type}, compiler arguments {list(options.compiler_args)}"
    )
    yield "  end of its log:"
    yield from (f"  | {line}" for line in failed.log.splitlines())

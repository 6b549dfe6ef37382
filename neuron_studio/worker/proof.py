"""The last stage: a fresh process proves the bundle, then one rename puts it in its place."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict

from neuron_studio.core.diagnosis import RECENT_BYTES, died
from neuron_studio.core.manifest import manifest
from neuron_studio.core.pairs_csv import pairs_csv
from neuron_studio.core.report_page import report_page
from neuron_studio.core.run_state import RunState, fold
from neuron_studio.wire import stages
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.digest import sha256_of
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import BundleSaved, Noted, RunFinished
from neuron_studio.wire.journal import Entry, Journal
from neuron_studio.wire.run_folder import RunFolder, is_bundle

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


def prove(folder: RunFolder, state: RunState, journal: Journal, verify: Callable[[], int]) -> None:
    """Verify the bundle that lies aside, complete it and put it in its place; raises StudioError where it is unfit."""
    aside, place = folder.bundle_aside(state.spec), folder.bundle(state.spec)
    verified = bool(state.environment and state.environment.runs_on_device)
    if verified:
        _verify(folder, verify)
    saved = _complete(folder, state, aside, verified)
    # From here on a stop comes too late: what is in its place must be on record, and the run is as good as over.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    lies = _put_in_place(aside, place, place.with_name(f"{place.name}.{folder.name}"), state.spec.force and verified)
    if lies != place:
        journal.append(Noted(
            "output-taken",
            f"{place} was left as it is: only a proven bundle replaces another, and only with --force.",
            f"The new bundle lies beside it: {lies}",
        ))  # fmt: skip
    journal.append(replace(saved, path=str(lies)))


def _verify(folder: RunFolder, verify: Callable[[], int]) -> None:
    status = verify()
    if status == 1:
        raise StudioError(
            "bundle-not-reproduced",
            "A fresh process did not get the same logits from the saved bundle.",
            "Read the end of the log; the older bundle, where there was one, is untouched.",
        )
    if status != 0:
        failure = died(status, stages.VERIFY, folder.log_tail(RECENT_BYTES))
        raise StudioError(failure.code, failure.message, failure.remedy, Blame(failure.blame))


def _complete(folder: RunFolder, state: RunState, aside: Path, verified: bool) -> BundleSaved:
    shutil.copyfile(str(folder.log_file), str(aside / "compile.log"))
    model_file = "model.emulated.pt" if state.emulated else "model.pt"
    saved = BundleSaved(
        path=str(folder.bundle(state.spec)), model_file=model_file, sha256=sha256_of(aside / model_file),
        bytes=(aside / model_file).stat().st_size, verified=verified,
    )  # fmt: skip
    last = folder.events_file.stat().st_mtime
    final = fold(fold(state, Entry(last, saved)), Entry(last, RunFinished()))
    (aside / "report.html").write_text(report_page(final), encoding="utf-8")
    # As bytes, since the file has its own line ends.
    (aside / "report.csv").write_bytes(pairs_csv(final).encode("utf-8", "backslashreplace"))
    (aside / "manifest.json").write_text(dumps(manifest(final, _digests(aside)), indent=2) + "\n", encoding="utf-8")
    for path in aside.iterdir():
        _flush(path)
    return saved


def _digests(folder: Path) -> Dict[str, str]:
    return {path.name: sha256_of(path) for path in sorted(folder.iterdir())}


def _flush(path: Path) -> None:
    fd = os.open(str(path), os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _put_in_place(aside: Path, place: Path, beside: Path, may_replace: bool) -> Path:
    """Where the bundle lies now: in its place, or beside it where something else is there that must stay."""
    if may_replace and is_bundle(place):
        _exchange(aside, place)
        shutil.rmtree(str(aside), ignore_errors=True)
        return place
    try:
        os.rename(str(aside), str(place))  # refused by the kernel where anything but an empty folder is there
        return place
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
    os.rename(str(aside), str(beside))
    return beside


def _exchange(aside: Path, place: Path) -> None:
    """Swap two folders, in one step of the kernel where it can (glibc knows how since 2.28)."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        swap = None
    names = os.fsencode(str(aside)), os.fsencode(str(place))
    if swap is not None and swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return
    older = aside.with_name(f"{aside.name}.older")
    os.rename(str(place), str(older))
    try:
        os.rename(str(aside), str(place))
    except OSError:
        os.rename(str(older), str(place))
        raise
    os.rename(str(older), str(aside))

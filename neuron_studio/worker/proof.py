"""The last stage: a fresh process proves the bundle, then one rename puts it in its place."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterator

from neuron_studio.core.manifest import manifest
from neuron_studio.core.report_page import report_page
from neuron_studio.core.run_state import RunState, fold, fold_all
from neuron_studio.wire import stages
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import BundleSaved, RunFinished
from neuron_studio.wire.journal import Entry, Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.stage import Stages

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def prove(
    folder: RunFolder, journal: Journal, verifier: Callable[[], "subprocess.Popen[bytes]"],
    tell: Callable[["subprocess.Popen[bytes]", Path], None],
) -> None:  # fmt: skip
    """Verify the bundle that lies aside, complete it and put it in its place; raises StudioError where it is unfit."""
    spec = folder.read_spec()
    aside, place = folder.bundle_aside(spec), folder.bundle(spec)
    state = fold_all(RunState(spec), JournalReader(folder.events_file).read())
    with Stages(journal).run(stages.VERIFY):
        verified = bool(state.environment and state.environment.runs_on_device)
        if verified:
            _verify(aside, verifier(), tell)
        saved = _complete(folder, state, aside, place, verified)
        with _undisturbed():
            _put_in_place(aside, place)
            journal.append(saved)


def _verify(
    aside: Path, child: "subprocess.Popen[bytes]", tell: Callable[["subprocess.Popen[bytes]", Path], None]
) -> None:
    tell(child, aside)
    status = child.wait()
    if status != 0:
        raise StudioError(
            "bundle-not-reproduced",
            f"A fresh process did not get the same logits from the saved bundle (status {status}).",
            "Read the end of the log; the older bundle, where there was one, is untouched.",
        )


def _complete(folder: RunFolder, state: RunState, aside: Path, place: Path, verified: bool) -> BundleSaved:
    shutil.copyfile(str(folder.log_file), str(aside / "compile.log"))
    model_file = "model.emulated.pt" if state.emulated else "model.pt"
    saved = BundleSaved(
        path=str(place), model_file=model_file, sha256=_sha256(aside / model_file),
        bytes=(aside / model_file).stat().st_size, verified=verified,
    )  # fmt: skip
    last = folder.events_file.stat().st_mtime
    final = fold(fold(state, Entry(last, saved)), Entry(last, RunFinished()))
    (aside / "report.html").write_text(report_page(final), encoding="utf-8")
    (aside / "manifest.json").write_text(dumps(manifest(final, _digests(aside)), indent=2) + "\n", encoding="utf-8")
    for path in aside.iterdir():
        _flush(path)
    return saved


def _digests(folder: Path) -> Dict[str, str]:
    return {path.name: _sha256(path) for path in sorted(folder.iterdir())}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(str(path), "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _flush(path: Path) -> None:
    fd = os.open(str(path), os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _put_in_place(aside: Path, place: Path) -> None:
    if not place.exists():
        os.rename(str(aside), str(place))
        return
    if not _exchange(aside, place):
        older = place.with_name(f"{aside.name}.older")
        os.rename(str(place), str(older))
        os.rename(str(aside), str(place))
        os.rename(str(older), str(aside))
    shutil.rmtree(str(aside), ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step of the kernel; false where the system cannot (glibc before 2.28)."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(str(one)), os.fsencode(str(other))
    return bool(swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    # A stop between the rename and its record would call a finished bundle half-made.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

"""Inside the interpreters that a test starts: runs AT_STAGE_DO as soon as the journal says that AT_STAGE began.

IN_VERIFIER_DO runs in the verifying child, in the place of the bundle's own script.

Python imports this file by its name where its folder is on PYTHONPATH; the product knows nothing of it. It must run
under Python 3.8.
"""

import os


def _write_then_do(fd, data):
    written = _write(fd, data)
    if bytes(data).startswith(b'{"event": "StageStarted"') and bytes(data).endswith(_ENDING):
        exec(os.environ["AT_STAGE_DO"], {})
    return written


if os.environ.get("AT_STAGE"):
    _ENDING = ('"stage": "%s"}\n' % os.environ["AT_STAGE"]).encode()  # noqa: UP031  for Python 3.8
    _write = os.write
    os.write = _write_then_do

if os.environ.get("IN_VERIFIER_DO"):
    import runpy

    runpy.run_path = lambda *script, **how: exec(os.environ["IN_VERIFIER_DO"], {})

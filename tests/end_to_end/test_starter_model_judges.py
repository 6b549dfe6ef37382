"""The starter model decides what it has never seen, and the two default pairs, as its card says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from neuron_studio.runs.resources import STARTER_MODEL


def test_that_it_decides_nine_in_ten_unseen_pairs_and_both_default_pairs_rightly() -> None:
    command = [sys.executable, str(STARTER_MODEL / "train.py"), "--check", str(STARTER_MODEL)]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    accuracy = re.search(r"([\d.]+)  of 3000 unseen pairs", done.stdout)
    assert accuracy is not None
    assert float(accuracy[1]) >= 0.9
    assert "paraphrase, paraphrase expected: The company" in done.stdout
    assert "not paraphrase, not paraphrase expected: The company" in done.stdout

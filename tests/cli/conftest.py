from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def run_command():
    """Run the command line as a process of its own."""

    def run(*arguments, cwd):
        command = [sys.executable, "-m", "workbench.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1200)

    return run

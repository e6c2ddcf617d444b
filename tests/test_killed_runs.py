"""A run that is killed at any moment leaves no half report, and the next one ends with the same pages."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def start(place: Path, *arguments):
    command = [sys.executable, "-m", "workbench.cli", *arguments]
    return subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(place: Path, *arguments) -> None:
    process = start(place, *arguments)
    _, err = process.communicate(timeout=3000)
    assert process.returncode == 0, err


def pages(place: Path) -> dict[str, str]:
    found = {}
    for page in sorted((place / "reports" / "demo").glob("*/*.html")):
        text = page.read_text(encoding="utf-8")
        # when a page was made and its chapter computed is the only thing that differs
        times = r'<p class="made">.*?</p>|<dd>[^<]*(?:finished|完成于)[^<]*</dd>'
        found[f"{page.parent.name}/{page.name}"] = re.sub(times, "", text)
    return found


def artefacts(place: Path) -> set[str]:
    return {f"{p.parent.parent.name}/{p.name}" for p in (place / "data").glob("demo/*/artefacts/*.parquet")}


@pytest.fixture(scope="module")
def undisturbed(root, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(root / "notebooks", place / "notebooks")
    finish(place, "demo", "--customers", "2000")
    shutil.copytree(place / "data", place / "fresh")
    finish(place, "report", "data/demo")
    return place


@pytest.mark.slow
def test_killed_runs_end_well(undisturbed, tmp_path):
    shutil.copytree(undisturbed / "notebooks", tmp_path / "notebooks")
    shutil.copytree(undisturbed / "fresh", tmp_path / "data")
    for seconds in (0.8, 2.5, 4.0, 6.0, 9.0):
        process = start(tmp_path, "report", "data/demo")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        for front in (tmp_path / "reports" / "demo").glob("*/index.html"):
            assert front.read_text(encoding="utf-8").rstrip().endswith("</html>")
    finish(tmp_path, "report", "data/demo")
    assert pages(tmp_path) == pages(undisturbed)
    assert artefacts(tmp_path) >= artefacts(undisturbed)
    leavings = [p for p in tmp_path.rglob(".*") if p.suffix == ".tmp" and "manifest" not in p.parts]
    assert not [p for p in leavings if p.is_dir() and "editions" in p.parts]


@pytest.mark.slow
def test_a_demo_that_was_killed_is_made_whole_and_gives_the_same_in_plain_kernels(undisturbed, tmp_path):
    shutil.copytree(undisturbed / "notebooks", tmp_path / "notebooks")
    for seconds in (0.6, 2.0, 5.0):
        process = start(tmp_path, "demo", "--customers", "2000")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
    finish(tmp_path, "demo", "--customers", "2000")
    finish(tmp_path, "report", "data/demo/2026q2", "--kernels", "plain", "--workers", "3")
    made, whole = ({a for a in artefacts(p) if a.startswith("2026q2/")} for p in (tmp_path, undisturbed))
    assert made == whole
    assert pages(tmp_path) == {n: p for n, p in pages(undisturbed).items() if n.startswith("2026q2/")}

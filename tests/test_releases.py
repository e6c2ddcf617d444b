"""What earlier releases made is read by this one: waves of theirs stand before a wave of now."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from workbench.store import Wave
from workbench.store.manifest import read_manifest

# a wave as release 0.1.0 left it, and the next one, made by 0.2.0 after it
RELEASES = {"2026q2": "0.1.0", "2026q3": "0.2.0"}


@pytest.fixture(scope="module")
def study(root, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("releases") / "data" / "shop"
    for release in RELEASES.values():
        with zipfile.ZipFile(Path(__file__).parent / "releases" / f"{release}.zip") as packed:
            packed.extractall(place)
    shutil.copytree(root / "notebooks", place.parent.parent / "notebooks")
    return place


def command(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "workbench.cli", *arguments]
    return subprocess.run(line, cwd=place, capture_output=True, text=True, timeout=1200)


def test_manifests_and_artefacts_of_earlier_releases_are_read(study):
    for name in RELEASES:
        manifest = read_manifest(study / name / "artefacts")
        wave = Wave.open(study / name)
        assert set(manifest.artefacts) <= set(wave.manifest.artefacts) and len(manifest.artefacts) > 10
        assert all(len(wave.read(a)) == e.rows for a, e in manifest.artefacts.items())
        assert wave.nps().table["n"].iloc[0] == 150


def test_it_is_told_what_will_run_again_and_why(study):
    done = command(study.parent.parent, "report", "data/shop", "--plan", "--json")
    assert done.returncode == 0, done.stderr
    for name in RELEASES:
        told = {c["chapter"]: c for c in json.loads(done.stdout)[name]}
        # neither release kept what its keys were made of
        assert told["50_loyalty"]["state"] == "runs"
        assert told["50_loyalty"]["why"][0].startswith("it was made by an earlier release (0.")


@pytest.mark.slow
def test_a_wave_of_now_is_compared_with_those_of_earlier_releases(study):
    wave = study / "2026q4"
    shutil.copytree(study / "2026q3" / "raw", wave / "raw")
    text = (study / "2026q3" / "wave.yaml").read_text(encoding="utf-8")
    text = text.replace("wave: 2026q3", "wave: 2026q4").replace("previous: 2026q2", "previous: 2026q3")
    (wave / "wave.yaml").write_text(text.replace("2026-09-30", "2026-12-31"), encoding="utf-8")
    answers = pd.read_csv(wave / "raw" / "responses.csv")
    answers.assign(recommend=(answers["recommend"] + 1).clip(upper=10)).to_csv(
        wave / "raw" / "responses.csv", index=False
    )
    done = command(study.parent.parent, "report", "data/shop", "--newest", "--as-of", "2027-01-02")
    assert done.returncode == 0, done.stderr
    now = Wave.open(wave)
    assert now.read("loyalty").set_index("measure")["change"]["nps"] > 5
    assert now.trend("recommend", waves=3).table["wave"].nunique() == 3
    assert not read_manifest(study / "2026q2" / "artefacts").chapters["50_loyalty"].parts, "it was left as it is"

from __future__ import annotations

import datetime as dt
import json
import os

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.report.operations.pruning import prune, spare
from workbench.report.operations.record import RunRecord
from workbench.store import Wave

NOW = dt.datetime(2026, 10, 2, 8, tzinfo=dt.UTC)
SIGNED = 'signed: [{name: Ann, date: 2026-07-01, numbers: "aaaa"}]\n'


@pytest.fixture
def study(make_wave, tmp_path):
    """A study with a superseded artefact, what a failed chapter left, five editions, of which one is signed, a record."""
    wave = Wave.open(make_wave(folder="shop/w1", wave_yaml=WAVE + SIGNED))
    first = wave.keep("scores", pd.DataFrame({"x": [1]}))
    wave.keep("scores", pd.DataFrame({"x": [2]}))
    (wave.artefacts / "failed").mkdir()
    (wave.artefacts / "failed" / "50_loyalty.txt").write_text("Traceback")
    for n, numbers in enumerate(["aaaa", "b", "c", "d", "e"]):
        edition = tmp_path / "reports" / "editions" / f"shop.w1.2026070{n}-000000-abc"
        edition.mkdir(parents=True)
        (edition / "edition.json").write_text(json.dumps({"facts": {"fingerprint": numbers}}))
    (tmp_path / "reports" / "shop").mkdir()
    (tmp_path / "reports" / "shop" / "w1").symlink_to("../editions/shop.w1.20260704-000000-abc")
    RunRecord.begin("x").end(tmp_path / "shop", 0)
    old = NOW.timestamp() - 40 * 86400
    for path in [*(tmp_path / "shop").rglob("*"), *(tmp_path / "reports" / "editions").iterdir()]:
        os.utime(path, (old, old))
    return tmp_path / "shop", tmp_path / "reports", first


def listed(found):
    return sorted({(s.what, s.path.name) for s in found})


def test_what_nobody_needs_is_listed_and_the_signed_and_standing_stay(study):
    folder, reports, first = study
    found = spare(folder, reports=reports, now=NOW, keep=2)
    editions = [n for w, n in listed(found) if w == "editions"]
    assert editions == [f"shop.w1.2026070{n}-000000-abc" for n in (1, 2)]
    assert ("superseded", first.name) in listed(found) and ("failed", "50_loyalty.txt") in listed(found)
    assert {s.what for s in found} == {"superseded", "failed", "editions", "runs"} and all(
        s.path.exists() for s in found
    )


def test_what_is_young_stays(study):
    folder, reports, _ = study
    assert spare(folder, reports=reports, now=NOW, days=50) == []


def test_pruned_it_is_gone_and_the_wave_reads_as_before(study):
    folder, reports, first = study
    gone = prune(folder, reports=reports, now=NOW, keep=1)
    assert not [s for s in gone if s.path.exists()] and not first.exists()
    assert (reports / "editions" / "shop.w1.20260700-000000-abc").is_dir(), "somebody has signed it"
    assert Wave.open(folder / "w1").read("scores")["x"].tolist() == [2]
    assert prune(folder, reports=reports, now=NOW, keep=1) == []

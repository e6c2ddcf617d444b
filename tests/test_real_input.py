"""Real public data run through nothing but a wave.yaml; skipped where the data are not."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from workbench.store import Wave


@pytest.fixture(scope="module")
def place(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    ignored = shutil.ignore_patterns("artefacts", "raw", "fieldwork")
    shutil.copytree(root / "data" / "examples", folder / "data", ignore=ignored)
    return folder


def report(place, study, source):
    command = [sys.executable, "-m", "workbench.cli", "report", f"data/{study}", "--source", str(source)]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.slow
def test_the_airport_survey_reports_both_waves_and_the_change(place, shared_data):
    log = report(place, "sfo", shared_data / "sfo")
    assert "40_value left out: There are no orders" in log
    assert "10_sample left out" in log and "60_tiers left out" in log
    wave = Wave.open(place / "data" / "sfo" / "2018")
    nps = wave.read("loyalty").set_index("measure").loc["nps"]
    # computed independently with R survey: weighted scores, flights as clusters
    assert nps["estimate"] == pytest.approx(35.1136, abs=1e-3)
    assert nps["change"] == pytest.approx(-5.2848, abs=1e-3)
    assert nps["p_value"] == pytest.approx(0.0497, abs=5e-4)
    page = (place / "reports" / "sfo" / "2018" / "50_loyalty.en.html").read_text(encoding="utf-8")
    assert "Boarding area" in page and "every answer counts once" in page


@pytest.mark.slow
def test_the_retailer_without_a_survey_gets_sample_segments_value_and_tiers(place, shared_data):
    log = report(place, "online_retail", shared_data / "online_retail")
    assert "50_loyalty left out" in log and "20_response left out" in log
    wave = Wave.open(place / "data" / "online_retail" / "2011q4")
    orders = next(r for r in wave.intake_reports() if r.table == "transactions")
    assert (orders.read, orders.kept, orders.quarantined) == (541_909, 406_829, 135_080)
    assert wave.read("customers")["customer_id"].str.fullmatch(r"\d{5}").all()
    assert wave.has("sample", "segments", "clv", "tiers")

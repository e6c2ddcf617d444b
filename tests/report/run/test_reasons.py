from __future__ import annotations

import pytest

from tests.conftest import WAVE
from tests.report.conftest import keep
from tests.report.run.test_chain import chain, notebooks
from workbench.report.run import keys
from workbench.report.run.chain import run_chain
from workbench.report.run.reasons import planned
from workbench.store import Wave
from workbench.store.manifest import commit


@pytest.fixture
def ran(kernels, make_wave, write_notebook, listener):
    folder, books = make_wave(), notebooks(write_notebook)
    outcomes = run_chain(Wave.open(folder), chain(), books, listener)
    assert outcomes["10_a"].why == ("it has not run yet",)
    return folder, books


def plans(ran):
    folder, books = ran
    return {p.chapter: (p.state, "; ".join(p.why)) for p in planned(Wave.open(folder), chain(), books)}


def test_a_plan_says_what_would_run_and_why(ran, write_notebook, monkeypatch):
    folder, _ = ran
    assert plans(ran) == {"10_a": ("unchanged", ""), "20_b": ("unchanged", ""), "30_c": ("left out", "no input")}
    raw = folder / "raw" / "customers.csv"
    raw.write_text(raw.read_text() + "004,west,2025-04-01\n")
    (folder / "wave.yaml").write_text(WAVE + 'engine: "duckdb://?threads=1"\n', encoding="utf-8")
    assert plans(ran)["10_a"] == ("runs", "wave.yaml (engine); data (customers)")
    assert plans(ran)["20_b"][1] == "wave.yaml (engine)"
    write_notebook("20_b", keep("two", "20_b", 9))
    monkeypatch.setattr(keys, "package_versions", lambda: {"workbench": "9.0"})
    assert "another version of" in plans(ran)["20_b"][1] and "its notebook" in plans(ran)["20_b"][1]


def test_a_plan_follows_what_a_chapter_makes(ran):
    folder, _ = ran
    Wave.open(folder).path("one").unlink()
    found = plans(ran)
    assert found["10_a"] == ("runs", "what it made is gone or was changed")
    assert found["20_b"] == ("may run", "it uses what 10_a makes")


def test_what_an_earlier_release_made_is_said_to_be_so(ran):
    folder, _ = ran
    wave = Wave.open(folder)
    run = wave.manifest.chapters["10_a"]
    old = run.model_copy(update={"parts": {}, "key": "x", "versions": {"workbench": "0.1.0"}})
    commit(wave.artefacts, lambda m: m.with_chapter("10_a", old))
    assert plans(ran)["10_a"] == ("runs", "it was made by an earlier release (0.1.0)")
    failed = commit(wave.artefacts, lambda m: m.without_chapter("10_a"))
    assert "10_a" not in failed.chapters and plans(ran)["10_a"][1] == "it has not run yet"

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.cli.folders import due_waves, opened_waves, readable_waves, waves_of
from workbench.core.errors import ConfigError
from workbench.report.run.progress import PlainProgress
from workbench.store import Wave
from workbench.store.manifest import ChapterRun, commit

TEXT = WAVE.replace("wave: w1", "wave: {0}\n{1}")


@pytest.fixture
def chain(make_wave):
    """Three waves, each after the one before it, with data to the end of March, June and September."""
    for name, before, month in (
        ("w1", "", "03-31"),
        ("w2", "previous: w1\n", "06-30"),
        ("w3", "previous: w2\n", "09-30"),
    ):
        text = TEXT.replace("{0}\n{1}", f"{name}\n{before}".rstrip("\n")).replace("2026-06-30", f"2026-{month}")
        place = make_wave(folder=f"shop/{name}", wave_yaml=text)
    return place.parent


def names(places):
    return [p.name for p in places]


def test_waves_come_after_those_they_follow(make_wave, tmp_path):
    for name, before in (("a", "previous: c\n"), ("b", ""), ("c", "previous: b\n")):
        make_wave(folder=name, wave_yaml=TEXT.replace("{0}\n{1}", f"{name}\n{before}".rstrip("\n")))
    assert names(waves_of(tmp_path)) == ["b", "c", "a"]
    make_wave(folder="b", wave_yaml=TEXT.replace("{0}\n{1}", "b\nprevious: a"))
    with pytest.raises(ConfigError, match="circle"):
        waves_of(tmp_path)


def test_a_broken_wave_costs_itself_and_those_that_follow_it(chain, make_wave):
    make_wave(folder="shop/w0", wave_yaml="study: [")
    places, faults = readable_waves(chain)
    assert names(places) == ["w1", "w2", "w3"] and names(faults) == ["w0"]
    make_wave(folder="shop/w2", wave_yaml="study: shop\nwave: w2\ntitel: x\n")
    places, faults = readable_waves(chain)
    assert names(places) == ["w1"] and set(names(faults)) == {"w0", "w2", "w3"}
    assert "w2, which cannot be read" in str(faults[chain / "w3"])
    with pytest.raises(ConfigError):
        waves_of(chain)


def test_a_wave_that_cannot_be_opened_costs_itself_and_those_that_follow_it(chain, make_wave, capsys):
    make_wave(folder="shop/w2", wave_yaml=(chain / "w2" / "wave.yaml").read_text(), customers="name\nx\n")
    waves, faults = opened_waves([chain / n for n in ("w1", "w2", "w3")], None, PlainProgress())
    assert [w.config.wave for w in waves] == ["w1"] and names(faults) == ["w2", "w3"]
    assert "w2 not run" in capsys.readouterr().err


def test_the_newest_wave_that_is_due_is_taken_with_those_it_needs(chain):
    places = waves_of(chain)
    for name in ("w1", "w2"):
        wave = Wave.open(chain / name)
        wave.keep("x", pd.DataFrame({"x": [1]}))
    day = dt.date(2026, 7, 2)
    for file in (chain / "w3" / "raw").iterdir():
        file.unlink()
    due, reasons = due_waves(places, day, newest=False)
    assert names(due) == ["w1", "w2"] and "due on 2026-09-30" in reasons[chain / "w3"]
    due, reasons = due_waves(places, day, newest=True)
    assert names(due) == ["w1", "w2"], "w1 has no report yet, and w2 is compared with it"
    run = ChapterRun(key="k", parameters={}, notebook="n", seconds=1, finished="", versions={})
    commit(chain / "w1" / "artefacts", lambda m: m.with_chapter("50_loyalty", run))
    due, reasons = due_waves(places, day, newest=True)
    assert names(due) == ["w2"] and reasons[chain / "w1"] == "w2 is the newest that is due"


def test_a_wave_whose_files_came_early_is_run(chain):
    due, reasons = due_waves(waves_of(chain), dt.date(2026, 1, 1), newest=False)
    assert names(due) == ["w1", "w2", "w3"] and reasons == {}


def test_a_wave_of_an_engines_tables_waits_for_its_day_and_says_how_to_run_it_before(make_wave):
    start = WAVE.index("tables:")
    text = f"engine: datafusion://\n{WAVE[:start]}tables:\n  customers: {{table: people}}\n{WAVE[WAVE.index('questions:') :]}"
    place = make_wave(text)
    due, reasons = due_waves([place], dt.date(2026, 1, 1), newest=False)
    assert due == [] and "--as-of 2026-06-30" in reasons[place] and "none of its files" not in reasons[place]
    assert due_waves([place], dt.date(2026, 6, 30), newest=False) == ([place], {})

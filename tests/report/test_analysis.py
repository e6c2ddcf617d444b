from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core import InputError
from workbench.estimation import Design
from workbench.nps import net_promoter_score
from workbench.report.chapters.response.design import survey_design
from workbench.store import Wave
from workbench.store.manifest import read_manifest
from workbench.store.scratch import kept_for_good


@pytest.fixture
def wave(make_wave):
    opened = Wave.open(make_wave())
    rng = np.random.default_rng(1)
    people = pd.DataFrame(
        {
            "customer_id": [f"{i:03d}" for i in range(120)],
            "recommend": rng.integers(0, 11, 120),
            "satisfaction": rng.integers(1, 6, 120),
            "region": ["n", "s"] * 60,
            "weight": rng.uniform(1, 2, 120),
            "stratum": "all",
            "psu": "x",
        }
    )
    opened.keep("respondents", people)
    opened.keep("tiers", people[["customer_id"]].assign(tier=["A", "B", "C"] * 40))
    return opened


def test_one_line_answers_what_nobody_foresaw(wave):
    assert wave.respondents["tier"].tolist()[:3] == ["A", "B", "C"] and isinstance(wave.design, Design)
    table = wave.tabulate("satisfaction", ["region", "tier"])
    assert table.columns_key["column"].tolist() == ["total", "n", "s", "A", "B", "C"]
    assert str(table.row_labels["satisfaction"][0]) == "Satisfaction"
    own = net_promoter_score(wave.respondents, "recommend", survey_design(wave), by="tier").table
    pd.testing.assert_frame_equal(wave.nps(by="tier").table, own)


def test_before_the_report_it_says_what_to_do(make_wave):
    for ask in (lambda w: w.respondents, lambda w: w.design, lambda w: w.tabulate("recommend")):
        with pytest.raises(InputError, match="workbench report"):
            ask(Wave.open(make_wave()))


def test_against_the_previous_wave_it_finds_that_wave_by_itself(wave, make_wave):
    with pytest.raises(InputError, match="previous"):
        wave.tabulate("satisfaction", against="previous")
    now = Wave.open(make_wave(wave_yaml=WAVE.replace("wave: w1", "wave: w2\nprevious: w1"), folder="w2"))
    people = wave.read("respondents")
    now.keep("respondents", people.assign(satisfaction=np.minimum(people["satisfaction"] + 1, 5)))
    found = now.tabulate("satisfaction", "region", against=["each other", "previous"])
    mean = found.table.query("row == 'Mean' and column == 'total'").iloc[0]
    assert mean["change"] > 0.5 and mean["verdict_change"] == "up" and "↑" in found.to_html("zh-CN")


def test_one_line_draws_groups_or_waves(wave, make_wave):
    drawn = wave.plot("satisfaction", by="region")
    names = {t.get_text() for t in drawn.axes[0].get_yticklabels()} | {t.get_text() for t in drawn.axes[0].texts}
    assert {"n (n=60)", "s (n=60)"} <= names
    assert wave.plot("satisfaction", by="region", row="Mean") is not drawn
    with pytest.raises(InputError, match="Mean"):
        wave.plot("satisfaction", row="Meen")
    now = Wave.open(make_wave(wave_yaml=WAVE.replace("wave: w1", "wave: w2\nprevious: w1"), folder="w2"))
    now.keep("respondents", wave.read("respondents"))
    assert now.plot("satisfaction", waves=2).axes[0].lines


def test_what_is_kept_by_hand_can_be_adopted_under_a_name_of_its_own(wave):
    best = pd.DataFrame({"region": ["n"], "why": ["asked for"]})
    with pytest.raises(InputError, match="kept by hand"):
        wave.adopt("best_regions")
    with kept_for_good(""):  # as in a notebook
        wave.keep("best_regions", best)
        assert wave.by_hand == ("best_regions",) and not read_manifest(wave.artefacts).artefacts.get("best_regions")
        there = wave.adopt("best_regions")
        assert there.parent == wave.artefacts and wave.by_hand == ()
    pd.testing.assert_frame_equal(Wave.open(wave.folder).read("best_regions"), best)
    assert read_manifest(wave.artefacts).artefacts["best_regions"].made_by == "analyst"
    with kept_for_good(""):
        wave.keep("respondents", best)
        with pytest.raises(InputError, match=r"20_response keeps(.|\n)*my_respondents"):
            wave.adopt("respondents")
        wave.forget("respondents")

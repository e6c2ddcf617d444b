from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.conftest import WAVE
from workbench.core import InputError
from workbench.report.waves import answers_over_waves, changed_before, ids_of, waves_back
from workbench.store import Wave
from workbench.store.wave_file import parse_wave


@pytest.fixture
def three(make_wave):
    """Three waves of a study; the second has no answers yet, and half of the first come again in the third."""
    made = []
    for i, before in enumerate((None, "w1", "w2"), start=1):
        head = f"wave: w{i}" + (f"\nprevious: {before}" if before else "")
        if i == 3:
            head += "\nmarks:\n  - wave: w3\n    what: {en: Shorter list, zh-CN: 选项减少}\n    breaks: [brand, nps]"
        wave = Wave.open(make_wave(wave_yaml=WAVE.replace("wave: w1", head), folder=f"w{i}"))
        made.append(wave)
        if i == 2:
            continue
        rng = np.random.default_rng(i)
        people = pd.DataFrame(
            {
                "customer_id": [f"{j:03d}" for j in range(40 * (i - 1), 40 * (i - 1) + 120)],
                "recommend": rng.integers(0, 11, 120),
                "satisfaction": rng.integers(i // 2, 4, 120) + 1,
                "brand": rng.choice(["a", "b"], 120),
                "region": ["n", "s"] * 60,
                "submitted_at": pd.Timestamp(2026, 3 * i, 10),
                "weight": 1.0,
                "stratum": "all",
                "psu": "x",
            }
        )
        wave.keep("respondents", people)
    return made


def test_waves_are_found_back_in_time(three):
    found = waves_back(three[-1], 8)
    assert [w.config.wave for w in found] == ["w1", "w3"] and waves_back(three[-1], 1) == [three[-1]]
    told = answers_over_waves(found)
    assert [w.ended for w in told] == [dt.date(2026, 3, 10), dt.date(2026, 9, 10)]
    assert {k: str(v) for k, v in told[1].changed.items()} == {"brand": "Shorter list", "recommend": "Shorter list"}
    assert told[0].recipe == told[1].recipe and ids_of(found) == "customer_id"


def test_a_notebook_asks_for_a_trend_in_one_line(three):
    found = three[-1].trend("satisfaction", waves=8, by="region")
    assert found.waves == ("w1", "w3") and found.headlines("satisfaction") == ["Top box (4–5)", "Mean"]
    previous = found.tests.query("test == 'previous' and row == 'Mean' and column == 'total'").iloc[0]
    assert previous["since"] == "w1" and previous["verdict"] == "up"
    # forty customers are in both waves
    assert found.covariance("satisfaction").iloc[0, 1] != 0
    broken = three[-1].trend(["brand", "recommend"])
    assert broken.tests.query("test == 'previous'")["reason"].eq("the question changed").all()
    with pytest.raises(InputError, match="workbench report"):
        three[1].trend("satisfaction")


def test_changes_of_questions_come_from_wave_yaml():
    def config(text=""):
        return parse_wave(yaml.safe_load(WAVE + text), where="wave.yaml")

    plain = config()
    assert changed_before(plain, plain, plain) == {}
    since = plain.model_copy(
        update={"questions": {"satisfaction": plain.questions["satisfaction"].model_copy(update={"since": "w1"})}}
    )
    assert str(changed_before(plain, plain, since)["satisfaction"]) == "asked in this way since w1"
    seven = plain.model_copy(
        update={"questions": {"satisfaction": plain.questions["satisfaction"].model_copy(update={"high": 7})}}
    )
    assert str(changed_before(seven, plain, seven)["satisfaction"]) == "scale 1–5 became 1–7"
    assert changed_before(seven, None, seven) == {}


def test_five_waves_of_an_airport(make_wave, shared_data):
    """Columns, codes and blanks differ from year to year; the recommendation was asked from 2017 on."""
    before = ""
    for year in range(2014, 2019):
        raw = pd.read_csv(shared_data / "sfo" / f"sfo_{year}_raw.csv", encoding="latin-1", low_memory=False)
        rating = pd.to_numeric(raw["Q7ALL"], errors="coerce")
        score = pd.to_numeric(raw.get("NETPRO", pd.Series(np.nan, index=raw.index)), errors="coerce")
        head = f"wave: '{year}'{before}\nresponse: {{weight: weight, stratum: stratum, psu: psu}}"
        run = raw.get("RUNID", raw.get("FLIGHT")).astype(object)
        people = pd.DataFrame(
            {
                "customer_id": raw.index.astype(str),
                "satisfaction": rating.where(rating.between(1, 5)),
                "recommend": score.where(score.between(0, 10)),
                "region": raw["DESTGEO"],
                "weight": raw["WEIGHT"].fillna(raw["WEIGHT"].mean()),
                "stratum": raw["STRATA"].astype(str),
                "psu": run.where(run.notna(), "own" + raw.index.astype(str)).astype(str),
                "submitted_at": pd.Timestamp(year, 5, 31),
            }
        )
        people = people.drop(columns=[] if year > 2016 else ["recommend"])
        folder = make_wave(
            wave_yaml=WAVE.replace("wave: w1", head), folder=str(year), responses=people.to_csv(index=False)
        )
        wave = Wave.open(folder)
        wave.keep("respondents", people)
        before = f"\nprevious: '{year}'"
    found = wave.trend(["satisfaction", "recommend"], waves=8, by="region")
    line = found.of("satisfaction", "Mean")
    assert (
        line["wave"].tolist() == ["2014", "2015", "2016", "2017", "2018"] and line["estimate"].between(3.9, 4.1).all()
    )
    assert (line["n"] > 2500).all() and line["std_error"].between(0.005, 0.03).all()
    score = found.of("recommend", "NPS")
    assert score["estimate"].notna().tolist() == [False] * 3 + [True] * 2
    tests = found.tests.set_index(["question", "row", "column", "test"]).sort_index()
    told = tests.loc[("satisfaction", "Mean", "total")]
    # waves of May: the one before is that of a year ago, and the first is 2014
    assert told.loc["a year ago", "since"] == told.loc["previous", "since"] == "2017"
    assert told.loc["first", "since"] == "2014" and told.loc["slope", "waves"] == 5
    fell = tests.loc[("recommend", "NPS", "total", "previous")]
    assert fell["since"] == "2017" and fell["estimate"] < 0
    assert tests.loc[("recommend", "NPS", "total", "slope"), "reason"] == "too few waves"

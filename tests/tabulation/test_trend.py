"""Trends: against R, by their properties, and how often their intervals hold."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core import InputError
from workbench.estimation import Design
from workbench.tabulation import WaveAnswers, groups, mean, multiple, nps, scale, single, tabulate, trend

from .test_wave_rows import DESIGN, TRENDS, four  # noqa: F401 - a fixture


def made(frames, design=None, **more):
    return [
        WaveAnswers(f"w{i}", pd.DataFrame(f), design, dt.date(2024, 1, 15) + dt.timedelta(days=91 * i), **more)
        for i, f in enumerate(frames)
    ]


def test_it_agrees_with_r(four):  # noqa: F811
    rows = [mean("top2"), mean("recommend"), nps("recommend", name="nps")]
    found = trend(made(four, DESIGN), rows=rows, columns="segment", test="linearised_t")
    for theirs in TRENDS:
        column = "total" if theirs["column"] == "Total" else theirs["column"]
        question = theirs["row"]
        row = "NPS" if question == "nps" else "Mean"
        v = found.covariance(question, row, column)
        np.testing.assert_allclose(v, theirs["vcov"], rtol=1e-8, atol=1e-15)
        lines = found.of(question, row, column)
        np.testing.assert_allclose(lines["estimate"], [*theirs["estimate"].values()], rtol=1e-9)
        np.testing.assert_allclose(lines["std_error"], [*theirs["se"].values()], rtol=1e-8)
        changes = [c["estimate"] for c in theirs["change"]]
        np.testing.assert_allclose(lines["change"].to_numpy()[1:], changes, rtol=1e-8)
        of_row = found.tests[found.tests["row"] == row].set_index(["question", "column", "test"])
        last = of_row.loc[(question, column, "previous")]
        assert last["p_value"] == pytest.approx(theirs["change"][-1]["p_df_column"], rel=1e-6)
    slope = found.tests.set_index(["question", "column", "test"]).loc[("top2", "total", "slope")]
    told = next(r for r in TRENDS if r["name"] == "trend_top2_Total")["slope_per_wave"]
    assert slope["estimate"] == pytest.approx(told["estimate"]) and slope["p_value"] == pytest.approx(told["p"])


def test_the_columns_of_a_row_are_corrected_together(four):  # noqa: F811
    tests = trend(made(four, DESIGN), rows=mean("recommend"), columns="segment", correction="holm").tests
    for name in ("previous", "slope", "any"):
        mine = tests[tests["test"] == name].set_index("column")
        assert mine.loc["total", "p_adjusted"] == mine.loc["total", "p_value"]
        least = mine.drop("total")["p_value"].min()
        assert mine.drop("total")["p_adjusted"].min() == pytest.approx(min(1.0, 3 * least))


def test_seasons_breaks_and_rolling_means(four):  # noqa: F811
    frames = [*four, four[0], four[1]]
    waves = made(frames, DESIGN)
    waves = [
        WaveAnswers(w.name, w.data, w.design, w.ended, {"recommend": "wording"} if i == 2 else {}, "a" if i else "b")
        for i, w in enumerate(waves)
    ]
    found = trend(waves, rows=[nps(), mean("top2")], rolling=3)
    tests = found.tests.set_index(["question", "row", "test"])
    # five waves of 91 days: the one a year before is the second
    assert tests.loc[("top2", "Mean", "a year ago"), "since"] == "w1"
    assert tests.loc[("recommend", "NPS", "a year ago"), "reason"] == "the question changed"
    assert np.isnan(tests.loc[("recommend", "NPS", "a year ago"), "estimate"])
    assert tests.loc[("recommend", "NPS", "slope"), "waves"] == 4 and tests.loc[("top2", "Mean", "slope"), "waves"] == 6
    assert tests.loc[("recommend", "NPS", "first"), "since"] == "w2"
    line = found.of("recommend", "NPS")
    assert line["breaks"].tolist() == [False, False, True, False, False, False]
    assert np.isnan(line["change"][2]) and np.isfinite(line["change"][3])
    # no mean across the break
    assert line["rolling"].notna().tolist() == [False] * 4 + [True, True]
    assert line["rolling"][5] == pytest.approx(line["estimate"][3:].mean())
    v = found.covariance("recommend", "NPS").to_numpy()[3:, 3:]
    half = (line["rolling_high"][5] - line["rolling_low"][5]) / 2
    assert half == pytest.approx(1.96 * np.sqrt(v.sum()) / 3, rel=0.01)
    said = " ".join(n.message.text("en") for n in found.notes)
    assert "wording" in said and "2 ways" in said


def test_one_wave_and_waves_that_did_not_ask_are_told_not_refused(answers):
    alone = trend(made([answers]), rows="brand", columns="region")
    assert alone.tests.empty and "one wave" in repr(alone)
    assert "one wave" in alone.to_html("en") and alone.plot("en").axes
    older = answers.drop(columns="brand").assign(region=answers["region"].replace("south", "gone"))
    newer = answers.assign(brand=np.where(answers["brand"] == "a", "new", answers["brand"]))
    found = trend(made([older, answers, newer]), rows=["brand", scale("q")], columns="region", id=None)
    wide = found.table.set_index(["question", "row", "column", "wave"])["estimate"]
    assert np.isnan(wide["brand", "b", "total", "w0"]) and np.isnan(wide["q", "Mean", "south", "w0"])
    # 'new' is half of the answers now and none before: not offered, no change from nothing
    assert np.isnan(wide["brand", "new", "total", "w1"])
    assert any("new" in n.message.text("en") and "w1" in n.message.text("en") for n in found.notes)
    # a question that only older waves had
    gone = trend(made([answers, answers, older]), rows=["brand", multiple({"app": "app"}, name="seen")], id=None)
    assert gone.tests.query("question == 'brand'")["until"].eq("w1").all()
    with pytest.raises(InputError, match="brnad"):
        trend(made([answers]), rows="brnad")
    with pytest.raises(InputError, match="no answers in any wave"):
        trend(made([answers.assign(brand=None)]), rows=single("app", asked="visits > 99"))
    with pytest.raises(InputError, match="a name each"):
        trend([], rows="brand")


def test_thin_columns_are_hidden_in_every_wave(answers):
    thin = answers.assign(region=np.where(np.arange(len(answers)) < 4, "tiny", answers["region"]))
    grown = answers.assign(region=np.where(np.arange(len(answers)) < 40, "tiny", answers["region"]))
    found = trend(made([thin, grown]), rows="brand", columns="region", hide_below=10, id=None)
    n = found.table.query("row == 'a'").set_index(["column", "wave"])["n"]
    assert n["tiny", "w0"] == 0 and n["tiny", "w1"] == 40
    # hidden with it, or the total would tell: one of the others
    assert sorted(n[c, "w0"] == 0 for c in ("north", "south")) == [False, True]
    assert "tiny" not in trend(made([grown, thin]), rows="brand", columns="region", hide_below=10).columns_key["column"]


def test_the_last_wave_is_the_table_of_that_wave(answers):
    design = Design(weight="w", psu="store")
    columns = ["region", groups({"card": "card", "loan": "loan"}, name="uses")]
    found = trend(made([answers, answers], design), rows=["brand", nps()], columns=columns, id=None)
    last = found.table[found.table["wave"] == "w1"].reset_index(drop=True)
    table = tabulate(answers, design, rows=["brand", nps()], columns=columns).table
    for name in ("estimate", "std_error", "ci_low", "ci_high", "n", "n_effective", "degrees_of_freedom", "flag"):
        pd.testing.assert_series_equal(last[name], table[name], check_dtype=False)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), shared=st.integers(0, 60), waves=st.integers(2, 5))
def test_properties(seed, shared, waves):
    """Whatever the data: covariances are symmetric, changes add up, and waves met twice do not change."""
    rng = np.random.default_rng(seed)
    frames = []
    for i in range(waves):
        ids = [f"c{j}" for j in range(shared)] + [f"w{i}-{j}" for j in range(80 - shared)]
        frames.append(
            {
                "customer_id": ids,
                "q": rng.choice(["a", "b", "c"], 80),
                "y": rng.normal(size=80),
                "w": rng.uniform(0.5, 2, 80),
            }
        )
    frames.append(frames[-1])
    found = trend(made(frames, Design(weight="w")), rows=["q", mean("y")])
    for question in ("q", "y"):
        v = found.covariance(question).to_numpy()
        np.testing.assert_allclose(v, v.T)
        assert (np.diag(v) > 0).all()
        line = found.of(question)
        assert line["change"].sum() == pytest.approx(line["estimate"].iloc[-1] - line["estimate"].iloc[0])
        assert v[-1, -2] == pytest.approx(v[-1, -1], rel=1e-9)
    told = found.tests.query("test == 'previous'")
    assert told["estimate"].abs().max() < 1e-12 and not told["verdict"].isin(["up", "down"]).any()
    assert found.table.groupby(["question", "wave"], sort=False)["estimate"].first().notna().all()


def test_intervals_cover_and_nothing_moves_by_itself():
    """A panel of 2,000 in two strata, 160 drawn a wave of whom half come again, answers that last, in truth one share."""
    rng = np.random.default_rng(11)
    size, draws = 2000, 100
    stratum = np.arange(size) % 2
    held = {"change": 0, "slope": 0, "any": 0}
    for _ in range(draws):
        lasting = rng.normal(size=size)
        frames, drawn = [], rng.permutation(size)
        for i in range(4):
            now = lasting + 0.7 * rng.normal(size=size)
            chosen = np.concatenate([np.flatnonzero(stratum[drawn] == h)[80 * i // 2 :][:80] for h in (0, 1)])
            rows = drawn[chosen]
            frames.append(
                {"customer_id": rows, "y": now[rows], "h": stratum[rows].astype(str), "N": size / 2, "w": size / 160}
            )
        design = Design(weight="w", stratum="h", population="N")
        tests = trend(made(frames, design), rows=mean("y")).tests.set_index("test")
        held["change"] += tests.loc["previous", "ci_low"] <= 0 <= tests.loc["previous", "ci_high"]
        held["slope"] += tests.loc["slope", "ci_low"] <= 0 <= tests.loc["slope", "ci_high"]
        held["any"] += tests.loc["any", "p_value"] > 0.05
    # 95 % less three Monte Carlo errors; waves taken as independent would hold in 99 %
    assert all(0.885 <= h / draws <= 0.995 for h in held.values()), held

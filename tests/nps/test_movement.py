import numpy as np
import pandas as pd
import pytest

from workbench.core.language import message
from workbench.estimation import Design, estimate_change
from workbench.nps import Measure, Scored, nps_change
from workbench.nps.measures import MEASURES, Figures
from workbench.nps.movement import moved_figures, moved_measures, moved_rows

REGIONS = pd.Index(["a", "b", "c"])


def wave(seed, n=300, regions=("a", "b", "c")):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(n)],
            "region": rng.choice(regions, n),
            "recommend": rng.integers(0, 11, n),
            "amount_12m": rng.gamma(2, 100, n),
            "w": 2.0,
        }
    )


def test_changes_are_those_of_the_room():
    now, before = wave(1), wave(2)
    source = Scored(now, {}, Design(weight="w"), before, Design(weight="w"), "customer_id")
    got = moved_rows(source, "nps", MEASURES["nps"], "region", REGIONS)
    want = nps_change(before, now, Design(weight="w"), by="region", id="customer_id").table
    np.testing.assert_allclose(got["change"], want["estimate"])
    np.testing.assert_allclose(got["change_low"], want["ci_low"])
    np.testing.assert_allclose(got["change_p"], want["p_value"])


def test_a_region_of_one_wave_has_no_change():
    source = Scored(wave(1), {}, None, wave(2, regions=("a", "b")))
    got = moved_rows(source, "nps", MEASURES["nps"], "region", REGIONS)
    assert got["change"].notna().tolist() == [True, True, False]
    assert moved_rows(Scored(wave(1)), "nps", MEASURES["nps"], "region", REGIONS)["change"].isna().all()


def test_totals_of_the_same_customers_change_by_their_differences():
    now, before = wave(1), wave(1).assign(amount_12m=lambda t: t["amount_12m"] - 5)
    paired = moved_rows(
        Scored(now, previous=before, id="customer_id"), "revenue", MEASURES["revenue"], "region", REGIONS
    )
    loose = moved_rows(Scored(now, previous=before), "revenue", MEASURES["revenue"], "region", REGIONS)
    counts = now.groupby("region").size()
    np.testing.assert_allclose(paired["change"], 5 * counts)
    np.testing.assert_allclose(loose["change"], 5 * counts)
    width = paired["change_high"] - paired["change_low"]
    assert (width < 0.1 * (loose["change_high"] - loose["change_low"])).all()


def test_means_of_the_same_customers_are_compared_as_such():
    now, before = wave(1), wave(1).assign(amount_12m=lambda t: t["amount_12m"] - 5)
    measure = Measure("amount_12m", message("Value"), "mean", "money")
    got = moved_rows(Scored(now, previous=before, id="customer_id"), "spend", measure, "region", REGIONS)
    want = estimate_change(before, now, "amount_12m", Design(), by="region", adjust=None).table
    np.testing.assert_allclose(got["change_low"], want["ci_low"], atol=1e-9)


def test_measures_of_waves_read_once_change_as_each_does_by_itself():
    now = wave(1).assign(satisfied=1.0)
    # nobody in c was asked for the share: that measure has its own regions
    now["satisfied"] = np.where(now["region"] == "c", np.nan, (now["recommend"] > 5).astype(float))
    before = wave(2).assign(satisfied=lambda t: (t["recommend"] > 4).astype(float)).iloc[50:]
    source = Scored(now, {}, Design(weight="w"), before, Design(weight="w"), "customer_id")
    measures = {n: MEASURES[n] for n in ("nps", "satisfied", "revenue", "clv")}
    together = moved_measures(source, measures, "region", REGIONS)
    for name, measure in measures.items():
        pd.testing.assert_frame_equal(together[name], moved_rows(source, name, measure, "region", REGIONS))
    assert together["satisfied"]["change"].notna().tolist() == [True, True, False]
    assert together["nps"]["change"].notna().all() and together["clv"]["change"].isna().all()


def test_figures_change_as_independent_waves():
    table = pd.DataFrame(
        {
            "region": ["a", "b"],
            "measure": "clv",
            "estimate": [5.0, 2.0],
            "std_error": 3.0,
            "n": 90,
            "previous": [1.0, 2.0],
            "previous_std_error": 4.0,
        }
    )
    got = moved_figures(Figures(table, {"clv": MEASURES["clv"]}), "clv", "region", REGIONS)
    assert got["change"].tolist()[:2] == [4.0, 0.0] and got["change_high"].iloc[0] == pytest.approx(
        4 + 1.96 * 5, abs=1e-3
    )
    assert moved_figures(Figures(table.drop(columns="previous"), {}), "clv", "region", REGIONS)["change"].isna().all()

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from workbench.clv import fit_bg_nbd, fit_mbg_nbd, fit_pareto_nbd, purchase_summary, retention_curve
from workbench.core import InputError, use_language


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=3, max_size=60))
@settings(max_examples=40)
def test_kaplan_meier_agrees_with_statsmodels(rows):
    data = pd.DataFrame(rows, columns=["duration", "ended"])
    if not data["ended"].any():
        return
    other = SurvfuncRight(data["duration"], data["ended"].astype(int))
    own = retention_curve(data).table.set_index("age")
    np.testing.assert_allclose(own.loc[other.surv_times, "retained"], other.surv_prob, rtol=1e-12)
    np.testing.assert_allclose(own.loc[other.surv_times, "customers"], other.n_risk)
    inside = (other.surv_prob > 0) & (other.surv_prob < 1)
    greenwood = other.surv_prob_se[inside]
    error = greenwood / (other.surv_prob[inside] * np.abs(np.log(other.surv_prob[inside])))
    low = other.surv_prob[inside] ** np.exp(1.959964 * error)
    np.testing.assert_allclose(own.loc[other.surv_times[inside], "ci_low"], low, rtol=1e-6)


def test_counts_stand_for_contracts_and_groups_for_themselves():
    data = pd.DataFrame({"duration": [1, 2, 2, 3], "ended": [1, 0, 1, 0], "count": [3, 2, 1, 4], "kind": list("aabb")})
    whole = retention_curve(data).table
    long = data.loc[data.index.repeat(data["count"])].drop(columns="count")
    pd.testing.assert_frame_equal(whole, retention_curve(long).table)
    parts = retention_curve(data, by="kind").table
    one = retention_curve(data[data["kind"] == "b"]).table
    np.testing.assert_allclose(parts[parts["group"] == "b"]["retained"], one["retained"])


def test_purchases_end_at_the_mean_probability_of_being_alive(cdnow):
    fit = fit_pareto_nbd(cdnow)
    same_day = cdnow.patterns["T"] == cdnow.patterns["T"].max()
    found = retention_curve(cdnow, model=fit, cohort="quarter")
    assert found.table["group"].unique().tolist() == ["1997 Q1"]
    curve = retention_curve(cdnow, model=fit).table
    assert curve["retained"].iloc[0] == 1
    assert (np.diff(curve["retained"].head(5)) <= 0).all()
    assert ((curve["ci_low"] <= curve["retained"]) & (curve["retained"] <= curve["ci_high"])).all()
    assert same_day.any()
    assert not found.table["retained"].isna().any()


def test_beta_geometric_customers_leave_at_their_last_purchase(cdnow):
    fit = fit_mbg_nbd(cdnow)
    curve = retention_curve(cdnow, model=fit).table
    rows, alive = cdnow.table, fit.model.probability_alive(*cdnow.table[["frequency", "recency", "T"]].to_numpy().T)
    age = float(curve["age"].iloc[3]) * 365.25 / 12 / 7
    seen = rows["T"] >= age
    expected = np.where(rows["recency"] >= age, 1.0, alive)[seen].mean()
    assert curve["retained"].iloc[3] == pytest.approx(expected)
    assert curve["customers"].iloc[3] == seen.sum()


def test_bg_nbd_carries_its_warning(cdnow):
    found = retention_curve(cdnow, model=fit_bg_nbd(cdnow))
    assert [n.severity for n in found.notes] == ["info", "caution"]
    assert "for ever" in str(found.notes[1].message)
    assert len(retention_curve(cdnow, model=fit_mbg_nbd(cdnow)).notes) == 1


def test_intervals_hold_the_truth(simulate):
    """Customers drawn from MBG/NBD: the model's curve covers the share who really had not left."""
    rng, inside = np.random.default_rng(1), []
    end = dt.date(2026, 6, 30)
    truth = []
    for _ in range(12):
        n, T = 1500, 360.0
        rate, p = rng.gamma(0.8, 40.0 / 1, n) / 1600, rng.beta(1.2, 3.0, n)
        orders, alive_until = [], np.zeros(n)
        for i in range(n):
            now = 0.0
            days = [0]
            while rng.random() > p[i]:
                now += rng.exponential(1 / rate[i])
                if now > T:
                    alive_until[i] = np.inf
                    break
                days.append(int(np.ceil(now)))
                alive_until[i] = now
            orders += [(f"{i:05d}", end - dt.timedelta(days=int(T) - d), 1.0) for d in sorted({*days})]
        frame = pd.DataFrame(orders, columns=["customer_id", "ordered_at", "amount"])
        frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
        purchases = purchase_summary(frame, observed_until=end)
        curve = retention_curve(purchases, model=fit_mbg_nbd(purchases), level=0.9).table
        last = curve.iloc[-1]
        share = (alive_until >= last["age"] * 365.25 / 12).mean()
        truth.append((last["ci_low"], share, last["ci_high"]))
        inside.append(last["ci_low"] <= share <= last["ci_high"])
    assert np.mean(inside) >= 0.75, truth


def test_segments_and_shows(cdnow):
    people = cdnow.table[["customer_id"]].assign(region=np.resize(["east", "west"], cdnow.customers))
    found = retention_curve(cdnow, model=fit_mbg_nbd(cdnow), by=(people, "region"))
    assert found.table["group"].unique().tolist() == ["east", "west"]
    assert found.plot().axes
    with use_language("zh-CN"):
        assert "客户" in found._repr_html_()
    both = retention_curve(cdnow, model=fit_mbg_nbd(cdnow), by=(people, "region"), cohort="year")
    assert both.table["group"].unique().tolist() == ["east · 1997", "west · 1997"]


@pytest.mark.parametrize(
    ("data", "options", "rule"),
    [
        ({"duration": [1, -1], "ended": [1, 0]}, {}, "duration of 0 or more"),
        ({"duration": [1, 2], "ended": [1, 2]}, {}, "ended or not"),
        ({"duration": [1, 2]}, {}, "'ended' is needed"),
        ({"duration": [1, 2], "ended": [1, 0]}, {"level": 95}, "level is between"),
        ({"duration": [1, 2], "ended": [1, 0]}, {"cohort": "month"}, "one of none, year, quarter"),
    ],
)
def test_refuses_contracts(data, options, rule):
    with pytest.raises(InputError, match=rule):
        retention_curve(pd.DataFrame(data), **options)


def test_refuses_purchases_without_a_model_of_their_unit(cdnow):
    with pytest.raises(InputError, match="through a model"):
        retention_curve(cdnow)
    other = fit_bg_nbd(pd.DataFrame({"x": [0, 1, 3], "t_x": [0, 2.0, 9], "T": 9.0}))
    with pytest.raises(InputError, match="unit of time"):
        retention_curve(cdnow, model=other)

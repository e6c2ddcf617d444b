import numpy as np
import pytest

from workbench.clv import BgNbd, check_holdout, fit_bg_nbd, fit_gamma_gamma, fit_pareto_nbd, purchase_summary
from workbench.core import InputError, use_language


def test_cdnow_holdout(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]
    found = check_holdout(cdnow, fit_bg_nbd(cdnow))
    assert found.actual == known["holdout_39w_transactions"]
    assert found.predicted == pytest.approx(known["predictions"]["bgnbd"]["cet"]["39.0"]["sum"], rel=1e-7)
    assert found.notes[0].severity == "caution"  # 12 % too few
    assert found.table["customers"].sum() == cdnow.customers
    assert found.ranking > 0.4
    with use_language("zh-CN"):
        assert "预测" in found._repr_html_()
        assert found.plot().axes


def test_groups_against_the_customers_rows(cdnow):
    fit = fit_pareto_nbd(cdnow)
    found, rows = check_holdout(cdnow, fit), cdnow.table
    expected = rows.groupby(np.minimum(rows["frequency"], 7))["holdout_frequency"].mean()
    np.testing.assert_allclose(found.table["actual"], expected)
    predicted = fit.model.expected_purchases(39, rows["frequency"], rows["recency"], rows["T"])
    by_group = rows.assign(p=predicted).groupby(np.minimum(rows["frequency"], 7))["p"].mean()
    np.testing.assert_allclose(found.table["predicted"], by_group)


def test_refuses(cdnow, cdnow_orders):
    import datetime as dt

    bare = purchase_summary(cdnow_orders, observed_until=dt.date(1998, 6, 30))
    with pytest.raises(InputError, match="holdout to check"):
        check_holdout(bare, BgNbd(r=1, alpha=1, a=1, b=1))
    with pytest.raises(InputError, match="unit of time"):
        check_holdout(cdnow, fit_bg_nbd(bare))
    with pytest.raises(InputError, match="model of purchases|unit of time"):
        check_holdout(cdnow, fit_gamma_gamma(cdnow))


def test_rules_are_held_against_the_model(cdnow):
    found = check_holdout(cdnow, fit_pareto_nbd(cdnow), fit_gamma_gamma(cdnow))
    rules = found.rules.set_index(["target", "method"])
    assert rules.index.get_level_values("target").unique().tolist() == ["purchases", "amount", "active"]
    assert rules.loc[("purchases", "model"), "mae"] < rules.loc[("purchases", "rate"), "mae"]
    tests = found.rule_tests.set_index(["target", "method", "criterion"])
    assert tests.loc[("purchases", "rate", "mae"), "p_value"] < 0.001
    assert tests.loc[("active", "hiatus", "correct"), "p_value"] > 0.1
    gains = rules.loc[("purchases", "rate"), "mae"] - rules.loc[("purchases", "model"), "mae"]
    assert tests.loc[("purchases", "rate", "mae"), "gain"] == pytest.approx(gains)
    assert found.rules_table.columns[0] == "target"
    assert found.plot_tracking().axes
    assert found.plot_calibration().axes


def test_tracking_adds_up(cdnow):
    found = check_holdout(cdnow, fit_bg_nbd(cdnow))
    track = found.tracking
    repeats = (cdnow.patterns["x"] * cdnow.patterns["count"]).sum()
    assert track.loc[~track["holdout"], "actual"].sum() == repeats
    assert track.loc[track["holdout"], "actual"].sum() == found.actual
    model, p = fit_bg_nbd(cdnow).model, cdnow.patterns
    whole = (model.new_customer_purchases(p["T"] + 39) * p["count"]).sum()
    assert track["predicted_cumulated"].iloc[-1] == pytest.approx(whole)
    assert not track["end"].duplicated().any()


def test_calibration_adds_up(cdnow):
    found = check_holdout(cdnow, fit_bg_nbd(cdnow)).calibration
    assert found["customers"].sum() == cdnow.customers
    assert (found["actual"] * found["customers"]).sum() == pytest.approx((cdnow.table["holdout_frequency"] > 0).sum())
    assert ((found["ci_low"] <= found["actual"]) & (found["actual"] <= found["ci_high"])).all()
    assert (np.diff(found["predicted"]) >= 0).all()


def test_calibrated_where_the_model_is_true(simulate):
    """Customers drawn from BG/NBD over two years; the model of the first tells the second."""
    import datetime as dt

    import pandas as pd

    rng, n, end = np.random.default_rng(5), 6000, dt.date(2026, 12, 31)
    rate, p = rng.gamma(0.8, 1 / 60, n), rng.beta(0.8, 3.0, n)
    rows = [(f"{i:05d}", 0) for i in range(n)]
    for i in range(n):
        now = 0.0
        while True:
            now += rng.exponential(1 / rate[i])
            if now > 700:
                break
            rows.append((f"{i:05d}", int(np.ceil(now))))
            if rng.random() < p[i]:
                break
    frame = pd.DataFrame(rows, columns=["customer_id", "day"]).drop_duplicates()
    start = pd.Timestamp(end) - pd.Timedelta(days=700)
    frame = frame.assign(ordered_at=start + pd.to_timedelta(frame["day"], unit="D"), amount=1.0)
    purchases = purchase_summary(frame, observed_until=end, holdout_from=dt.date(2026, 1, 1))
    found = check_holdout(purchases, fit_bg_nbd(purchases))
    inside = (found.calibration["ci_low"] <= found.calibration["predicted"]) & (
        found.calibration["predicted"] <= found.calibration["ci_high"]
    )
    assert inside.mean() >= 0.7
    assert found.predicted == pytest.approx(found.actual, rel=0.06)

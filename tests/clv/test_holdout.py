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

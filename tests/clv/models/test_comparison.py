import pandas as pd
import pytest
from scipy.stats import chi2

from workbench.clv import (
    compare_models,
    fit_bdw,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_nbd,
    fit_pareto_nbd,
    fit_sbg,
    likelihood_ratio,
)
from workbench.core import InputError, use_language


def test_the_smallest_aic_first(cdnow):
    table = compare_models(fit_pareto_nbd(cdnow), fit_bg_nbd(cdnow), fit_mbg_nbd(cdnow))
    assert [str(m) for m in table.table["model"]] == ["MBG/NBD", "BG/NBD", "Pareto/NBD"]
    assert table.table["weight"].sum() == pytest.approx(1)
    assert (table.table["aic"] == 8 - 2 * table.table["log_likelihood"]).all()
    with use_language("zh-CN"):
        assert "模型比较" in table._repr_html_()


def test_only_fits_of_the_same_purchases(cdnow):
    other = fit_bg_nbd(pd.DataFrame({"x": [0, 1, 4], "t_x": [0, 3.0, 8], "T": 9.0}))
    for fits in ([other], [other, fit_bg_nbd(cdnow)], [fit_bg_nbd(cdnow), fit_gamma_gamma(cdnow)]):
        with pytest.raises(InputError, match="same purchases"):
            compare_models(*fits)


def test_likelihood_ratio_on_the_edge(cdnow):
    found = likelihood_ratio(fit_nbd(cdnow), fit_bg_nbd(cdnow))
    row = found.table.iloc[0]
    assert row["statistic"] == pytest.approx(2 * (fit_bg_nbd(cdnow).log_likelihood - fit_nbd(cdnow).log_likelihood))
    assert row["p_value"] == pytest.approx(chi2.sf(row["statistic"], 1) / 2)
    assert "edge" in str(found.notes[0].message)


def test_likelihood_ratio_refuses_models_that_are_not_nested(cdnow):
    with pytest.raises(InputError, match="special case"):
        likelihood_ratio(fit_bg_nbd(cdnow), fit_nbd(cdnow))
    with pytest.raises(InputError, match="special case"):
        likelihood_ratio(fit_sbg([10, 8, 7, 6]), fit_bdw([11, 8, 7, 6]))

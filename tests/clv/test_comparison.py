import pandas as pd
import pytest

from workbench.clv import compare_models, fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd, fit_pareto_nbd
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

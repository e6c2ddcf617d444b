import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.weighting import rake, weight_report
from workbench.weighting.result import kish_deff


def test_kish_of_r_survey(reference):
    ref = reference("apistrat_calibration")
    for name in ("rake2", "rake4", "poststrat_stype"):
        weights = ref.data("apistrat_calibration_weights")[name].to_numpy()
        assert kish_deff(weights) == pytest.approx(ref.results[f"{name}__weights_summary"]["kish_deff"], rel=1e-8)


def test_steps_ratios_and_margins():
    data = pd.DataFrame({"g": ["m", "f", "f"], "w": [1.0, 1.0, 2.0]})
    answered = pd.Series([1.0, 0.0, 3.0])
    raked = rake(data, {"g": {"m": 3, "f": 3}})
    report = weight_report({"base": data["w"], "answered": answered})
    assert report.table["n"].tolist() == [3, 2]
    assert report.table["max_ratio"].tolist()[1] == 1.5
    report = weight_report({"base": data["w"], "raked": raked})
    assert report.margins["step"].unique().tolist() == ["raked"]
    assert report.largest["ratio"].iloc[0] == 3.0
    assert report.plot("zh-CN").axes and "customer" not in report.to_html("en")


def test_errors():
    with pytest.raises(InputError, match="at least one step"):
        weight_report({})
    with pytest.raises(InputError, match="zero or above"):
        weight_report({"base": pd.Series([1.0, np.nan])})
    with pytest.raises(InputError, match="has not"):
        weight_report({"base": pd.Series([1.0]), "next": pd.Series([1.0, 2.0])})

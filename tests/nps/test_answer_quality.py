import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import answer_quality


def test_straight_lining_and_speeding():
    data = pd.DataFrame({c: [5, 5, 1, np.nan] for c in "abcd"}, index=[9, 8, 7, 6]).assign(t=[10, 100, 110, 120])
    data.loc[7, "d"] = 2
    quality = answer_quality(data, list("abcd"), seconds="t")
    assert quality.flags["straight_lining"].tolist() == [True, True, False, False]
    assert quality.flags["speeding"].tolist() == [True, False, False, False]
    assert quality.table["n"].tolist() == [3, 4]
    assert "明显快于他人" in quality.to_html("zh-CN")
    with pytest.raises(InputError, match="at least 4 items"):
        answer_quality(data, ["a", "b"])

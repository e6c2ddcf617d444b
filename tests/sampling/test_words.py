import pandas as pd

from workbench.sampling import Frame, SimpleRandom, allocate, draw, frame_summary
from workbench.sampling.words import in_words


def test_codes_are_words_only_where_shown():
    strata = pd.DataFrame({"stratum": ["a", "b"], "population": [1, 50]})
    allocation = allocate(strata, 10)
    assert allocation.table["bound"].tolist() == ["ceiling", ""]
    assert "处于上限" in allocation.to_html("zh-CN")
    assert "at its maximum" in allocation.to_html("en")
    assert allocation.table["bound"].tolist() == ["ceiling", ""]


def test_whole_and_missing_strata_are_named():
    customers = pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", None, "n"]})
    assert "全部" in draw(customers, SimpleRandom(2), salt="s").to_html("zh-CN")
    summary = frame_summary(Frame(customers, stratum="region", eligible={"no region": "region = 'n'"}))
    assert "排除" in summary.to_html("zh-CN")
    shown = in_words(pd.DataFrame({"stratum": ["x | (missing)"], "n": [3]}), "zh-CN")
    assert shown["stratum"].tolist() == ["x | （缺失）"]
    assert shown["n"].tolist() == [3]

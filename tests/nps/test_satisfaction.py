import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import satisfaction


@pytest.mark.parametrize("year", [2017, 2018])
@pytest.mark.parametrize("item", ["Q7ALL", "Q9ALL", "Q10SAFE", "Q7FOOD", "Q7WIFI", "Q14FIND"])
def test_sfo(reference, year, item):
    expected = reference.numbers("csat")[f"sfo{year}"][item]
    data = reference.data(f"sfo_{year}")
    codes = [c for c in data[item].dropna().unique() if not 1 <= c <= 5]
    row = satisfaction(data, item, not_answered=codes).table.iloc[0]
    top = expected["top2"]
    assert [row["top_box"], row["ci_low"], row["ci_high"], row["mean"]] == pytest.approx(
        [top["p"], top["wilson"]["lo"], top["wilson"]["hi"], expected["mean"]], rel=1e-9
    )
    assert row["n"] == top["n"]
    one = satisfaction(data, item, top=1, not_answered=codes).table.iloc[0]
    assert one["top_box"] == pytest.approx(expected["top1"]["p"], rel=1e-9)
    w = expected["weighted_top2"]
    data = data[data[item].between(1, 5)]
    row = satisfaction(data, item, Design(weight="WEIGHT")).table.iloc[0]
    assert [row["top_box"], row["std_error"], row["n_effective"], row["ci_low"], row["ci_high"]] == pytest.approx(
        [w["p"], w["se"], w["n_eff_from_se"], w["wilson_with_n_eff"]["lo"], w["wilson_with_n_eff"]["hi"]], rel=1e-8
    )


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=50))
def test_distribution_and_limits(values):
    result = satisfaction(pd.DataFrame({"satisfaction": values}))
    row = result.table.iloc[0]
    assert result.distribution["share"].sum() == pytest.approx(1)
    assert row["ci_low"] - 1e-12 <= row["top_box"] <= row["ci_high"] + 1e-12
    assert row["mean"] == pytest.approx(np.mean(values))
    assert row["top_box"] == pytest.approx(result.distribution.tail(2)["share"].sum())


def test_groups_and_languages():
    data = pd.DataFrame({"satisfaction": [5, 4, 1, 2] * 20, "g": ["a", "b"] * 40})
    result = satisfaction(data, by="g")
    assert result.table["g"].tolist() == ["a", "b"]
    assert "高分占比" in result.to_html("zh-CN") and result.plot("en").axes
    assert len(result.distribution) == 10


@pytest.mark.parametrize("bad", [0, 6, 3.5])
def test_answers_outside_the_scale(bad):
    with pytest.raises(InputError, match="whole numbers from 1 to 5"):
        satisfaction(pd.DataFrame({"satisfaction": [5, bad]}))
    with pytest.raises(InputError, match="part of the scale"):
        satisfaction(pd.DataFrame({"satisfaction": [5]}), top=5)


@pytest.mark.filterwarnings("ignore::workbench.core.errors.UntrustedWarning")
@pytest.mark.parametrize("design", [None, Design()])
def test_nobody_and_a_single_answer(design):
    data = pd.DataFrame({"g": ["a"] * 4 + ["one", "none"], "satisfaction": [5, 4, 1, 3, 5, np.nan]})
    result = satisfaction(data, design=design, by="g")
    table = result.table.set_index("g")
    assert table["n"].to_dict() == {"a": 4, "none": 0, "one": 1}
    assert table.loc["none", ["top_box", "std_error", "ci_low", "mean", "mean_low", "n_effective"]].isna().all()
    assert table.loc["one", "top_box"] == 1
    assert table.loc["one", ["std_error", "ci_low", "ci_high", "mean_std_error", "mean_low"]].isna().all()
    assert table.loc["a", "ci_low"] < 0.5 < table.loc["a", "ci_high"]
    assert any("g = none" in n.message.text("en") for n in result.notes)
    assert result.distribution.query("g == 'none'")["share"].isna().all()

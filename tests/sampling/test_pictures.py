import pandas as pd

from workbench.core.language import message
from workbench.sampling.pictures import allocation_bars, shares, size_curve, waterfall


def _labels(figure):
    return [t.get_text() for t in figure.axes[0].get_yticklabels()]


def test_waterfall_rows():
    reasons = [message("Region"), "opted out", "x"]
    table = pd.DataFrame({"step": ["population", "excluded", "eligible"], "reason": reasons})
    table = table.assign(customers=[10, 4, 6], left=[10, 6, 6])
    assert _labels(waterfall(table, "zh-CN")) == ["地区", "opted out", "x"]


def test_curve_has_one_line_where_everybody_answers():
    table = pd.DataFrame({"margin": [1.0, 2.0], "completes": [40, 10], "invitations": [40, 10]})
    assert len(size_curve(table, margin=1.0, style="dec1", language="en").axes[0].lines) == 2


def test_bars_and_shares():
    table = pd.DataFrame({"stratum": ["a", "b"], "n": [3, 5], "x": [0.1, 0.9], "y": [0.2, 0.8]})
    names = [t.get_text() for t in allocation_bars(table, "en").axes[0].texts]
    assert names == ["a", "b", "3", "5"]
    figure = shares(table, label="stratum", series={"x": message("Region"), "y": message("City")}, language="en")
    assert len(figure.axes[0].patches) == 4

import numpy as np
import pandas as pd

from workbench.nps import MEASURES, Figures, Scored
from workbench.nps.scorecard_lines import measure_lines


def test_ready_figures_are_compared_with_all_others():
    table = pd.DataFrame(
        {
            "region": ["a", "b", "c"],
            "measure": "clv",
            "estimate": [10.0, 20.0, 40.0],
            "std_error": [1.0, 2.0, 2.0],
            "n": [100, 100, 200],
        }
    )
    found = measure_lines(Figures(table, {"clv": MEASURES["clv"]}), "region", ["a", "b", "c"], 0.95, 30)
    first = found.lines.iloc[0]
    assert first["difference"] == 10 - (100 * 20 + 200 * 40) / 300
    others = np.hypot(2 / 3, 4 / 3)
    assert np.isclose((first["difference_high"] - first["difference_low"]) / 2, 1.959964 * np.hypot(1, others))
    assert found.summary["estimate"].item() == (1000 + 2000 + 8000) / 400


def test_a_suppressed_region_keeps_its_steadied_estimate():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"region": ["a"] * 200 + ["b"] * 200 + ["c"] * 200 + ["d"] * 8})
    data["recommend"] = rng.integers(0, 11, len(data))
    lines = measure_lines(Scored(data), "region", list("abcd"), 0.95, 30).lines.set_index("region")
    assert np.isnan(lines.loc["d", "estimate"]) and lines.loc["d", "rank"] == 0 and lines.loc["d", "n"] == 8
    assert np.isfinite(lines.loc["d", "shrunken"]) and lines.loc["d", "own_weight"] <= lines.loc["a", "own_weight"]

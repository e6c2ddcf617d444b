import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import MEASURES
from workbench.nps.regions import against_targets, context_columns, read_regions


def test_regions_are_put_in_order_and_mismatches_are_told():
    given = pd.DataFrame({"region": ["b", "z"], "staff": [4, 9], "target_nps": [20, 30]})
    table, notes = read_regions(given, "region", ["a", "b"])
    assert table["region"].tolist() == ["a", "b"] and np.isnan(table["staff"].iloc[0])
    told = " ".join(n.message.text("en") for n in notes)
    assert "z" in told and "does not name: a" in told
    assert context_columns(table, "region") == ["staff"]


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (pd.DataFrame({"region": ["a", "a"]}), "one row"),
        (pd.DataFrame({"region": ["a"], "target_nps": ["thirty"]}), "holds numbers"),
        (pd.DataFrame({"area": ["a"]}), "is needed"),
    ],
)
def test_a_wrong_table_is_refused(table, rule):
    with pytest.raises(InputError, match=rule):
        read_regions(table, "region", ["a"])


def test_a_target_is_met_or_missed_only_beyond_doubt():
    lines = pd.DataFrame(
        {
            "region": list("abca"),
            "measure": ["nps"] * 3 + ["churn"],
            "ci_low": [20.0, 5, 0, 0.1],
            "ci_high": [30.0, 25, 9, 0.2],
        }
    )
    given = pd.DataFrame(
        {
            "region": list("abc"),
            "target_nps": [15, 15, 15],
            "target_churn": [0.3] * 3,
            "competitor_nps": [11.0, 12.0, 13.0],
        }
    )
    table = against_targets(lines, given, "region", MEASURES)
    assert table["target_verdict"].tolist() == ["met", "unclear", "missed", "met"]
    assert table["competitor"].tolist()[:3] == [11.0, 12.0, 13.0]

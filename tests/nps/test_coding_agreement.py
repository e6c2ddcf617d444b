import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import coding_agreement
from workbench.nps.code_frame import read_frame
from workbench.nps.coding_agreement import cohens_kappa

FRAME = read_frame("retail")


def hand(staff, price, texts=None):
    texts = texts or ["服务很好"] * 25 + ["价格太贵"] * 25
    return pd.DataFrame({"comment": texts, "staff": staff, "price": price})


def test_kappa_and_its_error_of_a_table_known_from_print():
    # Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, chapter 18: two raters, 100 units
    a = np.repeat([True, True, False, False], [40, 9, 6, 45])
    b = np.repeat([True, False, True, False], [40, 9, 6, 45])
    assert cohens_kappa(a, b) == pytest.approx(0.70, abs=0.001)
    texts = ["服务很好" if x else "嗯" for x in b]
    row = coding_agreement(hand(a.astype(int), 0, texts), "comment", FRAME).table.set_index("topic").loc["staff"]
    # a jackknife of the same table gives the same error
    each = np.array([cohens_kappa(np.delete(a, i), np.delete(b, i)) for i in range(100)])
    error = np.sqrt(99 / 100 * ((each - each.mean()) ** 2).sum())
    assert (row["ci_high"] - row["ci_low"]) / 2 / 1.96 == pytest.approx(error, rel=0.03)
    assert row["by_hand"] == 49 and row["by_frame"] == 46 and row["agreement"] == pytest.approx(0.85)


def test_all_topics_come_first_and_the_interval_holds_them():
    found = coding_agreement(hand([1] * 25 + [0] * 25, [0] * 30 + [1] * 20), "comment", FRAME)
    assert found.table["topic"].tolist() == ["all", "staff", "price"]
    first = found.table.iloc[0]
    assert first["ci_low"] < first["kappa"] < first["ci_high"] <= 1
    assert found.plot("en").axes and "κ" in found.to_html("zh-CN")


def test_a_topic_that_nobody_gives_has_no_kappa():
    found = coding_agreement(hand(0, 0, ["嗯"] * 40), "comment", FRAME).table
    assert found["kappa"].isna().all() and found["ci_low"].isna().all()


def test_what_is_no_coding_is_refused():
    with pytest.raises(InputError, match="30 comments"):
        coding_agreement(hand(0, 0, ["嗯"] * 5), "comment", FRAME)
    with pytest.raises(InputError, match="1 where"):
        coding_agreement(hand("yes", 0, ["嗯"] * 40), "comment", FRAME)

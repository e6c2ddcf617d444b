import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.errors import InputError
from workbench.nps import complaint_themes

TODAY = dt.date(2026, 9, 30)


def cases(price, queue, seed=1):
    rng = np.random.default_rng(seed)
    texts = ["价格太贵"] * price + ["排队太久"] * queue + ["不好"] * 20
    opened = pd.Timestamp("2026-08-01") + pd.to_timedelta(rng.integers(0, 50, len(texts)), unit="D")
    closed = opened + pd.to_timedelta(rng.integers(1, 9, len(texts)), unit="D")
    data = pd.DataFrame({"opened_at": opened, "closed_at": pd.Series(closed), "text": texts, "kind": "complaint"})
    data.loc[::10, "closed_at"] = pd.NaT
    return data


def test_themes_owners_and_open_cases():
    now = cases(60, 40)
    other = pd.DataFrame({"opened_at": ["2026-08-01"], "closed_at": [None], "text": ["太贵"], "kind": ["enquiry"]})
    result = complaint_themes(pd.concat([now, other]), as_of=TODAY)
    table = result.table.set_index("topic")
    assert table.loc["price", "complaints"] == 60 and table.loc["other", "complaints"] == 20
    assert table.loc["price", "department"] == "商品部" and (table["n"] == 120).all()
    assert table.loc["price", "still_open"] == now["closed_at"].isna()[:60].sum()
    days = (now["closed_at"] - now["opened_at"]).dt.days[:60]
    assert table.loc["price", "days"] == pytest.approx(days.mean())
    assert table["previous"].isna().all() and (table["verdict"] == "").all()
    assert "商品部" in result.to_html("zh-CN") and "Merchandising" in result.to_html("en") and result.plot("en").axes


def test_what_grew_is_tested():
    result = complaint_themes(cases(90, 40), as_of=TODAY, previous=cases(40, 90))
    table = result.table.set_index("topic")
    assert table.loc["price", "verdict"] == "up" and table.loc["checkout", "verdict"] == "down"
    assert table.loc["other", "verdict"] == "no clear change"
    chi = stats.chi2_contingency([[90, 60], [40, 110]], correction=False)
    assert table.loc["price", "p_value"] == pytest.approx(chi.pvalue)


def test_complaints_without_text_have_no_theme():
    table = complaint_themes(cases(3, 0).assign(text=None), as_of=TODAY).table
    assert table["topic"].tolist() == ["other"]
    with pytest.raises(InputError, match="at least one complaint"):
        complaint_themes(cases(3, 0).assign(kind="visit"), as_of=TODAY)

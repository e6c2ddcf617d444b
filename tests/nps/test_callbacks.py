import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation.intervals import wilson
from workbench.nps import callback_status
from workbench.nps.callbacks import open_complaints

TODAY = dt.date(2026, 9, 30)


def cases():
    return pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", "d", "e"],
            "opened_at": ["2026-09-01", "2026-09-20", "2026-09-10", "2026-08-01", "2026-09-05", "2026-10-05"],
            "closed_at": [None, None, "2026-10-02", "2026-08-09", None, None],
            "kind": ["complaint", "complaint", "投诉", "complaint", "enquiry", "complaint"],
            "topic": list("xyzuvw"),
        }
    )


def test_open_complaints_are_those_open_today():
    found = open_complaints(cases(), TODAY)
    assert found["customer_id"].tolist() == ["a", "b"] and found["open_days"].tolist() == [29.0, 20.0]
    assert found["topic"].tolist() == ["x", "z"]


def test_status_of_the_last_list():
    listed = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "reason": ["both", "complaint", "detractor", "detractor"],
            "recommend": [2, np.nan, 5, 6],
        }
    )
    since = dt.date(2026, 9, 15)
    later = pd.DataFrame(
        {
            "customer_id": ["a", "c", "c"],
            "opened_at": ["2026-09-20", "2026-09-21", "2026-09-01"],
            "closed_at": [None, None, None],
            "kind": ["回访", "enquiry", "callback"],
        }
    )
    known = pd.concat([cases(), later], ignore_index=True)
    answers = pd.DataFrame({"customer_id": ["a", "c"], "recommend": [8, 4]})
    found = callback_status(listed, known, answers, since=since, as_of=dt.date(2026, 10, 10))
    people = found.customers.set_index("customer_id")
    assert people["called"].tolist() == [1, 0, 0, 0]
    assert people["solved"].tolist()[:2] == [0.0, 1.0] and people["solved"].isna().tolist()[2:] == [True, True]
    assert people["recovered"].tolist()[0] == 1.0 and people["recovered"].tolist()[2] == 0.0
    every = found.table.set_index("reason").loc["all"]
    low, high = wilson(np.array(0.25), np.array(4.0), 0.95)
    assert every["called"] == 0.25 and every["called_low"] == pytest.approx(float(low))
    assert every["called_high"] == pytest.approx(float(high)) and every["recovered_base"] == 2
    assert found.plot("zh-CN").axes and "全部" in found.to_html("zh-CN")


def test_a_list_of_the_future_is_refused():
    listed = pd.DataFrame({"customer_id": ["a"], "reason": ["detractor"]})
    with pytest.raises(InputError, match="older than today"):
        callback_status(listed, since=TODAY, as_of=TODAY)


def test_without_interactions_nobody_knows_who_was_called():
    listed = pd.DataFrame({"customer_id": ["a"], "reason": ["detractor"], "recommend": [2]})
    found = callback_status(listed, since=TODAY, as_of=dt.date(2026, 12, 31))
    assert found.table["called"].isna().all() and (found.table["called_base"] == 0).all()

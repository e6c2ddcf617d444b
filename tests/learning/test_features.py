from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.learning import customer_features, known_columns

CUT = dt.date(2025, 6, 30)


def everything(orders, later=False):
    """All features of a shop; with `later`, after everything that came after the cut was changed."""
    people = sorted(orders["customer_id"].unique())
    contacts = pd.DataFrame({"customer_id": people, "opened_at": pd.Timestamp("2025-06-01"), "kind": "complaint"})
    held = pd.DataFrame({"customer_id": people, "started_at": pd.Timestamp("2025-01-01"), "ended_at": pd.NaT})
    answers = pd.DataFrame({"customer_id": people, "recommend": 5})
    if later:
        after = orders["ordered_at"] > pd.Timestamp(CUT)
        changed = orders[after].sample(frac=1.7, replace=True, random_state=3).assign(amount=777.7, category="new")
        orders = pd.concat([orders[~after], changed]).sample(frac=1, random_state=4)
        contacts = pd.concat([contacts, contacts.assign(opened_at=pd.Timestamp("2025-07-01"))])
        held = held.assign(ended_at=pd.Timestamp("2025-07-01"))
        answers = answers.assign(recommend=10)
    return customer_features(
        orders,
        cut=CUT,
        items=["category"],
        interactions=contacts,
        contracts=held,
        known=[known_columns(answers, ["recommend"], since=dt.date(2025, 7, 1))],
    )


def test_nothing_after_the_cut_enters(orders):
    one, other = everything(orders), everything(orders, later=True)
    assert one.names == other.names
    a, b = one.table, other.table
    assert a["customer_id"].tolist() == b["customer_id"].tolist()
    assert one.matrix(a).tobytes() == other.matrix(b).tobytes(), "bit for bit"
    assert set(one.themes.values()) >= {"silence", "rhythm", "breadth", "contacts", "contracts", "profile", "refunds"}


def test_days_that_are_added_up_for_a_later_day_tell_the_same(orders):
    one, other = (customer_features(orders, cut=CUT, last=last) for last in (None, dt.date(2025, 12, 31)))
    assert orders["ordered_at"].max() > pd.Timestamp(CUT)
    assert one.matrix(one.table).tobytes() == other.matrix(other.table).tobytes()


def test_features_agree_with_counting_by_hand(orders):
    found = customer_features(orders, cut=CUT).table.set_index("customer_id")
    known = orders[orders["ordered_at"] <= pd.Timestamp(CUT)]
    days = known.groupby(["customer_id", "ordered_at"])["amount"].sum().round(4)
    days = days[days > 0].reset_index()
    assert len(found) == days["customer_id"].nunique()
    person = days.groupby("customer_id").filter(lambda g: len(g) > 4)["customer_id"].iloc[0]
    own = days[days["customer_id"] == person]
    waits = own["ordered_at"].diff().dt.days.dropna().to_numpy()
    row = found.loc[person]
    assert row["purchases"] == len(own) and row["silent_days"] == (pd.Timestamp(CUT) - own["ordered_at"].max()).days
    np.testing.assert_allclose([row["mean_wait"], row["wait_spread"]], [waits.mean(), waits.std() / waits.mean()])
    np.testing.assert_allclose(row["mean_amount"], own["amount"].mean())
    once = days.groupby("customer_id").filter(lambda g: len(g) == 1)["customer_id"].iloc[0]
    assert found.loc[once, ["mean_wait", "wait_spread", "silent_waits"]].isna().all()


def test_nobody_known_is_refused(orders):
    with pytest.raises(InputError, match="Somebody has bought"):
        customer_features(orders, cut=dt.date(2020, 1, 1))
    with pytest.raises(InputError, match="brand"):
        customer_features(orders, cut=CUT, items=["brand"])

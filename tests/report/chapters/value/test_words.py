from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import monthly, orders
from tests.report.chapters.value.test_chapter import from_orders
from tests.report.chapters.value.test_tables import summary
from workbench.clv import (
    RetentionCurve,
    Total,
    group_means,
    profit_contribution,
)
from workbench.core.findings import said
from workbench.report.chapters.value import staying, words
from workbench.report.chapters.value.chapter import best_worth


def ids(findings):
    return [f.id for f in said(findings)]


@pytest.fixture(scope="module")
def worth():
    return best_worth(from_orders(orders(900))[1], None)


def test_what_is_said_of_value(worth):
    left = Total(0.4, 0.38, 0.42, 0.95)
    assert ids(words.worth_findings(worth, summary(), left)) == ["value.total", "value.top", "value.left"]
    nothing = dict.fromkeys(("ci_low", "ci_high", "alive", "at_risk", "top_10_share"), float("nan"))
    last = best_worth(from_orders(orders(9))[1], None)
    assert ids(words.worth_findings(last, summary(basis="last year", **nothing), None)) == ["value.last_year"]
    zero = words.worth_findings(last, summary(basis="last year", **nothing, clv=0.0), None)
    assert ids(zero) == ["value.last_year"]
    # a forecast without an interval is not said
    assert "value.total" not in ids(words.worth_findings(worth, summary(ci_low=float("nan")), None))


def groups(shift=0.0, n=4000, seed=3):
    rng = np.random.default_rng(seed)
    region = np.repeat(["north", "south"], n // 2)
    clv = rng.gamma(2.0, 50.0, n) + np.where(region == "south", shift, 0.0)
    values = pd.DataFrame({"customer_id": range(n), "clv": clv})
    return group_means(values, pd.DataFrame({"customer_id": range(n), "region": region}), "region").table


def test_a_difference_is_only_told_where_it_is_clearer_than_chance():
    assert ids(words.group_findings(groups(), {})) == []
    assert ids(words.group_findings(groups(40.0), {})) == ["value.group:region=south", "value.group:region=north"]
    told = sum(bool(ids(words.group_findings(groups(0.0, 400, seed), {}))) for seed in range(100))
    assert told <= 20  # what is rare enough to be watched, with three standard errors
    assert words.group_findings(groups().head(1), {}) == []


def curve(shares, n):
    rows = [
        {"group": g, "age": float(a), "customers": n, "retained": 1 - (1 - s) * a / 12, "ci_low": 0.5, "ci_high": 0.6}
        for g, s in shares.items()
        for a in range(13)
    ]
    return RetentionCurve(table=pd.DataFrame(rows), source="purchases", level=0.9)


def test_groups_that_lose_more_are_told_where_it_is_clear():
    for n, told in ((40, []), (2000, ["staying.differs:region"])):
        by = {"region": curve({"north": 0.5, "south": 0.6, "–": 0.1}, n)}
        assert ids(words.staying_findings(curve({"–": 0.55}, n), by, {})) == [*told, "staying.after_12"]


def test_customers_who_are_all_alike_show_no_difference():
    """Groups made from how lately somebody bought are not compared at all; made at random they do not differ."""
    purchases, found = from_orders(orders(1500))
    listed = found.source.to_frame()[["customer_id"]]
    last = purchases.table.set_index("customer_id")["last_purchase"].reindex(listed["customer_id"])
    recent = np.where(last.to_numpy() > np.datetime64("2026-03-01"), "Frequent", "Lapsed")
    region = np.random.default_rng(1).choice(["n", "s"], len(listed))
    from workbench.core.engine import as_table

    people = as_table(listed.assign(segment=recent, region=region), found.source.engine)
    whole, _, by = staying.curves(found, purchases, people, 0.95)
    assert set(by) == {"region"}
    assert ids(words.staying_findings(whole, by, {})) == ["staying.after_12"]


def test_profit_in_words():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"revenue": rng.gamma(1, 100, 900), "goods": 30.0, "region": np.resize(["a", "b", "c"], 900)})
    found = words.profit_findings(profit_contribution(data, by=["region"]), {})
    assert ids(found) == ["profit.negative", "profit.top"]
    apart = data.assign(revenue=data["revenue"] + 90.0 * (data["region"] == "a"))
    assert "profit.differs:region" in ids(words.profit_findings(profit_contribution(apart, by=["region"]), {}))


def test_notes_say_by_what_value_is_told(worth):
    told = " ".join(str(n.message) for n in words.model_notes(worth.orders))
    assert "Purchases are told by" in told
    regular, runs = from_orders(monthly())[1], from_orders(monthly(), "mbg_nbd")[1]
    assert "more even than at random" in " ".join(str(n.message) for n in words.model_notes(regular))
    assert "as by calendar" in " ".join(str(n.message) for n in words.model_notes(runs))
    assert "holds here" in " ".join(str(n.message) for n in words.model_notes(from_orders(orders(9))[1]))

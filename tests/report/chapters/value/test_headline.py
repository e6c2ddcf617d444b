from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbench.clv import Total
from workbench.core.language import use_language
from workbench.report.chapters.value.checks import LastForecast
from workbench.report.chapters.value.headline import value_cards, value_findings
from workbench.report.chapters.value.keep import KeepList


def summary():
    return pd.DataFrame(
        [
            {
                "customers": 100,
                "alive": 60,
                "clv": 1e6,
                "ci_low": 9e5,
                "ci_high": 1.1e6,
                "level": 0.9,
                "gini": 0.6,
                "top_10_share": 0.5,
                "top_10_low": 0.45,
                "top_10_high": 0.55,
                "at_risk": 2e5,
                "horizon_months": 12,
            }
        ]
    )


def groups(shift=0.0, n=4000, seed=3):
    rng = np.random.default_rng(seed)
    region = np.repeat(["north", "south"], n // 2)
    clv = rng.gamma(2.0, 50.0, n) + np.where(region == "south", shift, 0.0)
    table = (
        pd.DataFrame({"group": region, "clv": clv}).groupby("group")["clv"].agg(["size", "sum", "std"]).reset_index()
    )
    return table.assign(
        breakdown="region",
        customers=table["size"],
        value=table["sum"],
        per_customer=table["sum"] / table["size"],
        std_error=table["std"] / np.sqrt(table["size"]),
    )


def test_a_difference_is_only_told_where_it_is_clearer_than_chance():
    alike, far = groups(0.0), groups(40.0)
    assert len(value_findings(summary(), alike)) == 2
    told = [f.text.text("en") for f in value_findings(summary(), far)]
    assert any("south" in t for t in told) and len(told) == 4


def test_luck_is_rarely_told():
    told = sum(len(value_findings(summary(), groups(0.0, 400, seed))) > 2 for seed in range(100))
    assert told <= 15


def test_cards_say_how_sure_they_are():
    cards = value_cards(summary(), summary().assign(clv=8e5))
    assert len(cards) == 4
    assert "25.0% more" in str(cards[0].change)
    assert "45.0% to 55.0%" in str(cards[3].detail)
    with use_language("zh-CN"):
        assert "万" in str(cards[0].value)


def test_whom_to_keep_is_said_without_naming_anybody():
    table = pd.DataFrame({"action": ["keep"], "customers": [7], "clv": [1.0], "at_risk": [500.0], "listed": [3]})
    kept = KeepList(pd.DataFrame({"customer_id": ["X9"] * 3}), table)
    said = [str(f.text) for f in value_findings(summary(), groups(), None, kept)]
    assert any("500 lie with 7 customers" in s and "the 3 with most" in s for s in said)
    assert not any("X9" in s for s in said)


def test_contracts_have_words_of_their_own():
    cards = value_cards(summary(), None, "contracts")
    assert "under contract" in str(cards[1].label) and "no contract ended" in str(cards[2].detail)
    assert "ever had a contract" in str(value_findings(summary(), groups(), basis="contracts")[1].text)
    assert value_cards(summary().head(0), None) == []
    assert "without amounts" in str(value_findings(summary().head(0), groups())[0].text)


def test_the_last_forecast_stands_second():
    total = Total(100.0, 90.0, 110.0, 0.9)
    last = LastForecast(dt.date(2026, 7, 1), dt.date(2026, 9, 30), total, total, 9.0, 105.0, pd.DataFrame())
    said = value_findings(summary(), groups(), checks=(last, None))
    assert "previous wave forecast" in str(said[1].text) and said[1].tone == "good"


def test_where_no_leaving_can_be_told_none_is():
    cards = value_cards(summary(), None, "silent")
    assert "cannot be told" in str(cards[1].detail) and str(cards[2].value) == "–"
    assert "cannot be told" in str(value_findings(summary(), groups(), basis="silent")[1].text)

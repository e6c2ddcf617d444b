from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clv import RetentionCurve, profit_contribution
from workbench.report.chapters.value.checks import LastForecast
from workbench.report.chapters.value.renewals import RenewalCheck
from workbench.report.chapters.value.words import (
    check_findings,
    contract_findings,
    leaving_findings,
    profit_findings,
)


def curve(shares, n):
    rows = [
        {"group": g, "age": float(a), "customers": n, "retained": 1 - (1 - s) * a / 12, "ci_low": 0.5, "ci_high": 0.6}
        for g, s in shares.items()
        for a in range(13)
    ]
    return RetentionCurve(table=pd.DataFrame(rows), source="purchases", level=0.9)


@pytest.mark.parametrize(("n", "told"), [(20, 1), (2000, 2)])
def test_groups_that_lose_more_are_told_where_it_is_clear(n, told):
    whole = curve({"–": 0.55}, n)
    by = {"region": curve({"north": 0.5, "south": 0.6, "–": 0.1}, n), "tier": curve({"A": 0.9, "B": 0.1}, n)}
    found = leaving_findings(whole, by, {})
    assert len(found) == told
    if told == 2:
        assert "50% of north still are customers, but 60% of south" in str(found[1].text)


def test_last_waves_forecast_is_judged_by_its_interval():
    import datetime as dt

    from workbench.clv import Total

    def total(low, high):
        return Total(100.0, float(low), float(high), 0.9)

    def last(spent):
        total = Total(100.0, 90.0, 110.0, 0.9)
        return LastForecast(dt.date(2026, 7, 1), dt.date(2026, 9, 30), total, total, 9.0, spent, pd.DataFrame())

    good, bad = (check_findings(None, last(s))[0] for s in (105.0, 150.0))
    close = check_findings(
        None,
        LastForecast(
            dt.date(2026, 7, 1), dt.date(2026, 9, 30), total(99, 101), total(99, 101), 9.0, 103.0, pd.DataFrame()
        ),
    )[0]
    assert (good.tone, close.tone, bad.tone) == ("good", "neutral", "bad")
    assert "inside the interval" in str(good.text) and "off by −2.9" in str(close.text)
    assert check_findings(None, None) == []


def test_profit_in_words():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"revenue": rng.gamma(1, 100, 900), "goods": 30.0, "region": np.resize(["a", "b", "c"], 900)})
    said = [str(f.text) for f in profit_findings(profit_contribution(data, by=["region"]), {})]
    assert "cost more than they brought" in said[0]
    assert "most profitable tenth" in said[1]
    assert len(said) == 2
    assert profit_findings(None, {}) == []


def stay(groups, ended):
    rows = {"group": groups, "contracts": 1000, "ended": ended, "after_12": 0.6, "ci_low": 0.5, "ci_high": 0.7}
    return pd.DataFrame(rows).assign(churn=lambda t: t["ended"] / 10_000)


@pytest.mark.parametrize(("ended", "told"), [([300, 310], 1), ([300, 500], 2)])
def test_kinds_of_contract_that_end_sooner_are_told_where_it_is_clear(ended, told):
    stays = {"": stay([""], [600]), "kind": stay(["basic", "gold"], ended)}
    found = contract_findings(stays, None, None, None, {})
    assert len(found) == told
    if told == 2:
        assert "Contracts of gold end at 5.0% a month, those of basic at 3.0%" in str(found[1].text)
    checked = contract_findings(stays, None, None, RenewalCheck(6.0, 900, 109.0, 100), {})
    assert checked[-1].tone == "good" and "109 ended contracts" in str(checked[-1].text)

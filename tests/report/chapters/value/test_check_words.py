from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END, orders
from workbench.clv import ForecastCheck, Total, check_holdout, fit_gamma_gamma, fit_pareto_nbd, purchase_summary
from workbench.core.findings import findings_from, findings_table, said
from workbench.report.chapters.value import check_words


def ids(findings):
    return [f.id for f in said(findings)]


def test_last_waves_forecast_is_judged_by_its_interval():
    def last(spent, low=90.0, high=110.0):
        total = Total(100.0, low, high, 0.95)
        return ForecastCheck(
            table=pd.DataFrame(),
            since=dt.date(2026, 7, 1),
            until=dt.date(2026, 9, 30),
            purchases=total,
            amount=total,
            bought=9.0,
            spent=spent,
            histories=None,
        )

    assert [check_words.forecast_finding(last(s)).tone for s in (105.0, 150.0)] == ["good", "bad"]
    assert check_words.forecast_finding(last(103.0, 99.0, 101.0)).tone == "neutral"
    assert check_words.forecast_notes(last(105.0)) == []
    assert len(check_words.forecast_notes(last(150.0))) == 1


def rules_of(gains, p):
    rows = [("purchases", "rate", "mae"), ("purchases", "rate", "gini"), ("active", "hiatus", "correct")]
    return pd.DataFrame(rows, columns=["target", "method", "criterion"]).assign(gain=gains, p_value=p)


@pytest.mark.parametrize(
    ("gains", "p", "told"),
    [
        ([0.1, 0.1, 0.1], [0.001, 0.001, 0.04], ["holdout.rules"]),
        ([0.1, -0.1, 0.1], [0.001, 0.001, 0.001], ["holdout.worse:purchases=rate"]),
        ([0.1, 0.1, 0.1], [0.001, 0.001, 0.5], ["holdout.alike:active=hiatus"]),
        ([0.1, -0.1, 0.1], [0.001, 0.4, 0.001], ["holdout.alike:purchases=rate"]),
        ([0.1, 0.1, 0.1], [np.nan] * 3, []),
    ],
)
def test_better_than_every_rule_is_said_only_where_it_holds_on_every_criterion(gains, p, told):
    assert ids(check_words.rule_findings(rules_of(gains, p))) == told


def test_a_model_is_held_against_rules():
    frame = orders(900)
    known = purchase_summary(frame, observed_until=END, holdout_from=dt.date(2026, 4, 1))
    found = check_words.holdout_findings(check_holdout(known, fit_pareto_nbd(known), fit_gamma_gamma(known)))
    assert found[0].id == "holdout.total"
    assert "holdout.rules" not in ids(found) or len(ids(found)) == 2
    assert [f.id for f in findings_from(findings_table(found))] == [f.id for f in found]

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clv.made import END
from workbench.clv import (
    check_by_kind,
    contract_renewals,
    contract_spells,
    contract_stay,
    renewals_by_kind,
    value_contracts,
)
from workbench.clv.contracts.kinds import plot_renewals
from workbench.core import InputError


def mixed(n=600, seed=1, rates=(0.024, 0.0), kinds=("monthly", "yearly")):
    """Contracts of two kinds that end at a rate of their own a month, on any day."""
    rng, parts = np.random.default_rng(seed), []
    for kind, rate in zip(kinds, rates, strict=True):
        start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 1200, n), unit="D")
        days = rng.exponential(30.4375 / rate, n) if rate else np.full(n, 1e5)
        ended = start + pd.to_timedelta(np.round(np.minimum(days, 1e5)), unit="D")
        part = pd.DataFrame({"kind": kind, "started_at": start, "ended_at": ended, "amount_per_month": 10.0})
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["customer_id"] = [f"{i:05d}" for i in range(len(frame))]
    return frame.assign(ended_at=frame["ended_at"].where(frame["ended_at"] <= pd.Timestamp(END)))


@pytest.fixture(scope="module")
def spells():
    return contract_spells(mixed(), observed_until=END)


def test_a_mix_is_told_kind_by_kind(spells):
    """One rate for the mix expects too many of those who end, and too few of the others, to stay."""
    parts = renewals_by_kind(spells)
    assert set(parts) == {"monthly", "yearly"}
    assert parts["monthly"].rate[0] == pytest.approx(0.024, rel=0.15)
    assert parts["yearly"].rate[0] == 0.0
    told = {
        name: value_contracts(spells, renewals, annual_discount_rate=0.0)
        for name, renewals in (("one", contract_renewals(spells)), ("kinds", parts))
    }
    running = spells.source.to_frame().query("running")["kind"].value_counts()
    truth = (running["monthly"] * np.exp(-12 * 0.024) + running["yearly"]) / running.sum()
    still = {n: float(w.table["still"] @ w.table["contracts"]) / w.running for n, w in told.items()}
    assert still["kinds"] == pytest.approx(truth, abs=0.01)
    rows = told["kinds"].source.to_frame().merge(spells.source.to_frame()[["customer_id", "kind", "running"]])
    mean = rows[rows["running"]].groupby("kind")["clv"].mean()
    assert mean["yearly"] == pytest.approx(120.0, rel=0.001)
    assert mean["monthly"] == pytest.approx(10 * (1 - np.exp(-12 * 0.024)) / 0.024, rel=0.02)
    assert rows["clv"].sum() == pytest.approx(told["kinds"].total.estimate)
    assert told["kinds"].total.ci_low < told["kinds"].total.estimate


def test_what_kaplan_meier_says_by_kind_is_what_the_model_says(spells):
    parts = renewals_by_kind(spells)
    observed = contract_stay(spells, "kind").table.set_index("group")["after_12"]
    for kind, renewals in parts.items():
        told = float(renewals.kept(np.array([12 / renewals.period]))[0])
        assert told == pytest.approx(observed[kind], abs=0.03)


def test_kinds_that_do_not_differ_stay_together():
    alike = contract_spells(mixed(rates=(0.02, 0.02), seed=3), observed_until=END)
    assert list(renewals_by_kind(alike)) == [""]
    small = mixed(rates=(0.03, 0.0), seed=2).assign(
        kind=lambda f: np.where(f.index % 100 == 0, "rare" + (f.index % 7).astype(str), f["kind"])
    )
    assert set(renewals_by_kind(contract_spells(small, observed_until=END))) == {"monthly", "yearly", "…"}


def test_kinds_are_held_against_the_last_days_one_by_one(spells):
    found = check_by_kind(spells, renewals_by_kind(spells), 182)
    assert found.told == pytest.approx(found.happened, rel=0.3)
    assert len(plot_renewals(spells, renewals_by_kind(spells), 0.9).axes[0].lines) == 2
    none = contract_spells(mixed(40).assign(ended_at=None), observed_until=END)
    with pytest.raises(InputError, match="none of which has ended"):
        renewals_by_kind(none)


def test_the_interval_of_a_kind_without_an_end_allows_for_some(spells):
    yearly = renewals_by_kind(spells)["yearly"]
    drawn = np.array([yearly.kept(np.array([12.0]), i)[0] for i in range(200)])
    assert yearly.kept(np.array([12.0]))[0] == 1.0
    assert (drawn < 1).all()
    assert drawn.min() > 0.99
    assert "None has ended yet" in str(yearly.notes[0].message)

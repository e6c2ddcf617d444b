from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.report.chapters.value.contracts import NEAR, contracts_of, durations, stay_table, stay_tables
from workbench.store import Wave

END = pd.Timestamp("2026-06-30")
YAML = WAVE.replace("tables:\n", "tables:\n  contracts: {file: raw/contracts.csv}\n")
LINES = """customer_id,started_at,ended_at,kind,amount_per_month
a,2025-01-01,2025-06-30,x,10
a,2025-07-05,,x,12
b,2025-01-01,2025-06-30,x,10
b,2025-03-01,2025-08-31,x,5
b,2025-10-15,,y,7
c,2025-01-01,2025-06-30,x,10
c,2025-09-01,2026-06-20,x,10
d,2026-08-01,,x,10
e,2025-01-01,2025-12-31,x,10
e,2025-01-01,2025-12-31,x,10
f,2026-01-01,2026-12-31,y,9
"""


def made(n=3000, seed=1, *, period=1, alpha=1.0, beta=12.0, kinds="xy"):
    """Contracts renewed or not at each period with a chance θ ~ Beta(α, β) to end."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1500, n), unit="D")
    lasted = np.minimum(rng.geometric(rng.beta(alpha, beta, n)) * period, 600)
    ended = [s + pd.DateOffset(months=int(m)) for s, m in zip(start, lasted, strict=True)]
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:05d}" for i in range(n)],
            "started_at": start,
            "ended_at": ended,
            "kind": np.resize(list(kinds), n),
            "amount_per_month": 10.0,
        }
    )
    return frame.assign(ended_at=frame["ended_at"].where(frame["ended_at"] <= END))


def csv(frame):
    return frame.to_csv(index=False, date_format="%Y-%m-%d")


@pytest.fixture
def opened(make_wave):
    return lambda text, more="": Wave.open(make_wave(wave_yaml=YAML + more, contracts=text))


def test_what_goes_on_is_one_time_under_contract(opened):
    found = contracts_of(opened(LINES))
    rows = found.spells.to_frame().set_index(["customer_id", "kind"]).sort_index()
    assert len(rows) == 7  # a, b twice (two kinds), c twice (a long pause), e once, f
    assert rows.loc[("a", "x"), "running"].item() and rows.loc[("a", "x"), "amount"].item() == 12
    assert rows.loc[("b", "x"), "days"].item() == (dt.date(2025, 8, 31) - dt.date(2025, 1, 1)).days
    assert rows.loc[("c", "x"), "ended"].tolist() == [True, False]  # the second ended ten days before the last day
    assert rows.loc[("f", "y"), "running"].item()
    counts = (found.lines, found.repeated, found.later, found.overlapping, found.continued, found.recent)
    assert counts == (11, 1, 1, 1, 1, 1)
    assert len(found.notes()) == 5
    assert found.columns == ("started_in", "kind")


def test_without_a_gap_every_pause_is_an_end(opened):
    found = contracts_of(opened(LINES, "value: {contract_gap_days: 0}\n"))
    assert (found.continued, found.recent) == (0, 0)
    assert found.spells.to_frame()["ended"].sum() == 5


def test_no_contract_has_begun(opened, make_wave):
    assert contracts_of(opened("customer_id,started_at\na,2027-01-01\n")) is None
    assert contracts_of(Wave.open(make_wave(folder="w2"))) is None


def test_only_customers_and_starts_are_needed(opened):
    found = contracts_of(opened("customer_id,started_at\na,2026-01-01\nb,2026-02-01\n"))
    assert not found.priced and found.columns == ("started_in",)
    assert durations(found)["ended"].tolist() == [False, False]


def test_shares_and_rates_are_those_of_the_contracts_made(opened):
    frame = made(2000, alpha=30.0, beta=570.0)  # everybody ends at about one in twenty a month
    found = contracts_of(opened(csv(frame)))
    row = stay_table(durations(found), 0.95).iloc[0]
    assert row["ci_low"] < 0.95**12 < row["ci_high"]
    assert row["churn"] == pytest.approx(-np.log(0.95), rel=0.08)
    assert row["churn_low"] < row["churn"] < row["churn_high"]
    tables = stay_tables(found, None, (), 0.95)
    assert list(tables) == ["", "started_in", "kind"]
    assert tables["kind"]["contracts"].sum() == row["contracts"]
    assert tables["kind"]["ended"].sum() == row["ended"]


def test_kaplan_meier_as_another_library_has_it(opened):
    from statsmodels.duration.survfunc import SurvfuncRight

    found = contracts_of(opened(csv(made(400)), "value: {contract_gap_days: 0}\n"))
    rows = durations(found)
    wide = rows.loc[rows.index.repeat(rows["count"].astype(int))]
    other = SurvfuncRight(wide["duration"].to_numpy(), wide["ended"].to_numpy().astype(int))
    at = np.searchsorted(other.surv_times, 12 + NEAR, side="right") - 1
    assert stay_table(rows, 0.95)["after_12"].iloc[0] == pytest.approx(other.surv_prob[at], rel=1e-9)

"""Samples on every engine that is installed here; draws by every design are in tests/sampling/test_engines.py."""

from __future__ import annotations

import pandas as pd

from tests.engines.company import END, agree, everywhere, frames
from workbench.sampling import (
    Cluster,
    Frame,
    Stratified,
    Systematic,
    bin_strata,
    check_periodicity,
    cluster_counts,
    collapse_strata,
    compare_with_frame,
    coordinate,
    draw,
    duplicate_rows,
    frame_summary,
    limit_burden,
    plan_panel,
    score_risk,
    store_random_numbers,
    stratum_counts,
    with_activity,
    with_complaints,
    with_last_score,
)
from workbench.sampling.drawing import Draw


def _active(c):
    table = with_activity(c["customers"], c["transactions"], as_of=END, amount_bounds=[50, 200], frequency_bounds=[3])
    return with_last_score(with_complaints(table, c["interactions"], as_of=END), c["responses"])


def _frame(c):
    return Frame(_active(c), stratum=["region", "channel"], order_by="age", eligible="age < 75", psu="age")


def activity(c):
    table = _active(c)
    return table.rows("SELECT * FROM {table} AS t").sort_values("customer_id", ignore_index=True)


def counts(c):
    frame = _frame(c)
    return frame_summary(frame), stratum_counts(frame), collapse_strata(frame, 40), duplicate_rows(frame)


def cuts(c):
    methods = ("quantile", "cum_root_f", "least_variance")
    found = [bin_strata(_frame(c), "amount_12m", 3, method=m) for m in methods]
    return [(f.points, f.table) for f in found]


def drawn(c):
    frame = Frame(_active(c), stratum="region", psu="age", order_by=["channel", "age"])
    sizes = dict.fromkeys(["north", "North", "South", "东区", "O'Neill", "(missing)"], 4)
    designs = [Stratified(sizes), Systematic(30), Cluster(5)]
    return [[d.table, d.reserve] for d in (draw(frame, design, salt="s") for design in designs)]


def periods(c):
    return check_periodicity(_frame(c), Systematic(30), ["age", "amount_12m"], salt="s")


def clusters(c):
    return cluster_counts(Frame(c["customers"], psu="channel"))


def burden(c):
    contacts = (
        frames()["customers"][["customer_id"]].iloc[::5].assign(attempted_at=pd.Timestamp("2026-03-01"), wave="w")
    )
    found = limit_burden(_frame(c), contacts, as_of=END, do_not_contact="do_not_contact")
    return found.table, stratum_counts(found.frame)


def coordination(c):
    frame = Frame(c["customers"], stratum="channel")
    first = draw(frame, Stratified({"shop": 20, "App": 20}), salt="s")
    return [coordinate(frame, first, mode, salt="s").start for mode in ("spare", "rotate")]


def panel(c):
    return plan_panel(Frame(c["customers"], stratum="channel"), sizes=20, salt="p", wave="q1").members


def risks(c):
    scored = score_risk(_frame(c), {"late": ("days_since_order > 100", 2.0), "old": ("age > 60", 1.0)})
    return scored.table, stratum_counts(scored.frame)


def resemblance(c):
    frame = Frame(c["customers"], stratum="channel")
    chosen = draw(frame, Stratified({"shop": 20, "App": 20}), salt="s").table
    return compare_with_frame(frame, chosen, ["region", "channel"])


def stored_numbers(c):
    from workbench.core.bulk import scratch_file

    stored = store_random_numbers(Frame(c["customers"]), "study", scratch_file("numbers"))
    found = draw(stored, Systematic(20), salt="study")
    return stored.source.to_frame()[["customer_id", "prn"]], found.table, Draw.__name__


QUESTIONS = [
    activity,
    counts,
    cuts,
    drawn,
    periods,
    clusters,
    burden,
    coordination,
    panel,
    risks,
    resemblance,
    stored_numbers,
]


@everywhere(QUESTIONS)
def test_samples_are_the_same_on_every_engine(question, name):
    agree(question, name)

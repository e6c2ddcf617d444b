from __future__ import annotations

from tests.report.outside.conftest import reported
from workbench.connect import Order, Row
from workbench.connect.pushing import Sending
from workbench.report.outside.opening import opened
from workbench.report.outside.steps import Plan, Step, ledger_of
from workbench.store.config.connections import PushPlan


def test_the_first_rows_alone_run_over_several_steps(outside):
    outside.add("hub", "hubspot")
    wave = reported(outside.wave("tables: {customers: {file: raw/customers.csv}}\n"), ["a", "b"], calls=1)
    with opened(wave.config, "hub", outside.line) as system:
        ledger = ledger_of(system, wave, "lists-x")
    assert ledger.path == wave.folder / "push" / "hub-lists-x.jsonl"
    steps = tuple(
        Step(Sending(Order(a, "contacts", "id", "1"), [Row(f"{a}{i}") for i in range(3)], {}), ledger)
        for a in ("add", "remove")
    )
    plan = Plan("lists", PushPlan(to="hub", key="id"), "contacts", steps, {})
    assert plan.rows == 6 and plan.only(4).rows == 4 and len(plan.only(3).steps) == 1

from __future__ import annotations

from workbench.report.run.costs import COST, cost_of


def test_this_process_has_a_cost():
    seconds, memory = cost_of({"text/plain": repr(eval(COST))})
    assert seconds > 0 and memory > 10


def test_a_kernel_that_cannot_say_costs_nothing_known():
    assert cost_of({}) is None

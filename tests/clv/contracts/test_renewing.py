from __future__ import annotations

import numpy as np
import pytest

from tests.clv.made import END, contracts
from workbench.clv import check_renewals, contract_renewals, contract_spells
from workbench.clv.contracts.kinds import plot_renewals
from workbench.clv.contracts.renewing import how_often
from workbench.core import InputError


@pytest.mark.parametrize("period", [1, 12])
def test_parameters_are_recovered_and_the_period_is_found(period):
    found = contract_renewals(contract_spells(contracts(6000, period=period, alpha=1.5, beta=6.0), observed_until=END))
    assert found.period == period
    assert found.fit is not None
    assert found.fit is found.plain
    for name, truth in {"alpha": 1.5, "beta": 6.0}.items():
        assert abs(found.fit.parameters[name] - truth) < 3 * found.fit.std_errors[name]
    assert found.kept(np.array([0, 1]))[1] == pytest.approx(1 - 1.5 / 7.5, abs=0.02)
    assert "first renewal" in str(found.words)
    assert len(found.notes) == 2


def test_a_model_tells_what_ends_next():
    spells = contract_spells(contracts(4000), observed_until=END)
    found = contract_renewals(spells)
    check = check_renewals(spells, found, 182)
    assert check.told == pytest.approx(check.happened, rel=0.15)
    assert check.running > check.happened > 0
    assert len(plot_renewals(spells, {"": found}, 0.9, "zh-CN").axes[0].lines) == 2


def test_few_contracts_end_at_one_rate():
    found = contract_renewals(contract_spells(contracts(40), observed_until=END))
    assert found.fit is None
    assert found.words is None
    assert found.kept(np.array([12]))[0] == pytest.approx(np.exp(-12 * found.rate[0]))
    assert found.kept(np.array([12]), 3)[0] != found.kept(np.array([12]))[0]
    assert found.notes[0].severity == "caution"


def test_where_none_has_ended_nothing_is_told():
    with pytest.raises(InputError, match="none of which has ended"):
        contract_renewals(contract_spells(contracts(30).assign(ended_at=None), observed_until=END))


def test_periods_in_words():
    assert [str(how_often(p)) for p in (1, 6, 12)] == ["one every month", "one every 6 months", "one every year"]

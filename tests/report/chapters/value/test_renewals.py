from __future__ import annotations

import numpy as np
import pytest

from tests.report.chapters.value.test_contracts import YAML, csv, made
from workbench.core.engine import as_table
from workbench.report.chapters.value.contracts import contracts_of
from workbench.report.chapters.value.renewals import (
    check_renewals,
    how_often,
    plot_renewals,
    renewal_words,
    renewals_of,
)
from workbench.store import Wave


@pytest.fixture
def contracts(make_wave):
    return lambda frame: contracts_of(Wave.open(make_wave(wave_yaml=YAML, contracts=csv(frame))))


@pytest.mark.parametrize("period", [1, 12])
def test_parameters_are_recovered_and_the_period_is_found(contracts, period):
    found = renewals_of(contracts(made(6000, period=period, alpha=1.5, beta=6.0)), None)
    assert found.period == period
    assert found.fit is not None and found.fit is found.plain
    for name, truth in {"alpha": 1.5, "beta": 6.0}.items():
        estimate, error = found.fit.parameters[name], found.fit.std_errors[name]
        assert abs(estimate - truth) < 3 * error
    assert found.kept(np.array([0, 1]))[1] == pytest.approx(1 - 1.5 / 7.5, abs=0.02)
    assert "first renewal" in str(renewal_words(found)) and len(found.notes()) == 2


def test_a_model_tells_what_ends_next(contracts):
    data = contracts(made(4000))
    found = renewals_of(data, None)
    check = check_renewals(data, found, 182)
    assert check.told == pytest.approx(check.happened, rel=0.15)
    assert check.running > check.happened > 0
    picture = plot_renewals(data, found, 0.9, "zh-CN")
    assert len(picture.axes[0].lines) == 2


def test_few_contracts_end_at_one_rate(contracts):
    found = renewals_of(contracts(made(40)), None)
    assert found.fit is None and renewal_words(found) is None
    assert found.kept(np.array([12]))[0] == pytest.approx(np.exp(-12 * found.rate[0]))
    assert found.kept(np.array([12]), 3)[0] != found.kept(np.array([12]))[0]
    assert found.notes()[0].severity == "caution"


def test_where_none_has_ended_nothing_is_told(contracts):
    frame = made(30)
    assert renewals_of(contracts(frame.assign(ended_at=None)), None) is None


def test_periods_in_words():
    assert [str(how_often(p)) for p in (1, 6, 12)] == ["one every month", "one every 6 months", "one every year"]
    assert as_table is not None

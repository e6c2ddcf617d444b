from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.clv.models.regular_counting import State, discounted_in_rhythm, leaving_terms, purchases_in_rhythm

THETA = np.array([2.0, 8.0, 0.9, 9.0])


def state(shape=4, x=6.0, t_x=112.0, T=120.0):
    return State.of(THETA, shape, np.array([x]), np.array([t_x]), np.array([T]))


def test_right_after_a_purchase_no_event_has_passed():
    assert state(t_x=120.0).weights.ravel().tolist() == [1.0, 0.0, 0.0, 0.0]
    late = state(t_x=60.0).weights.ravel()
    assert (np.diff(late) > 0).all()
    assert late.sum() == pytest.approx(1)


def test_purchases_are_the_sum_over_how_many_events_may_come():
    """Term by term, with the negative binomial of scipy."""
    found, ahead = state(), 90.0
    total = 0.0
    for j in range(4):
        size, chance = found.events[j, 0], found.rate[0] / (found.rate[0] + ahead)
        stay = 1.0
        for n in range(1, 60):
            total += found.weights[j, 0] * stay * stats.nbinom(size, chance).sf(n * 4 - j - 1)
            stay *= (found.b[0] + n - 1) / (found.a + found.b[0] + n - 1)
    assert float(purchases_in_rhythm(found, np.array([ahead]))[0]) == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize("ahead", [5.0, 60.0, 365.0])
def test_many_events_are_counted_as_well_as_few(ahead):
    """Cube roots against the exact chances: regular customers with hundreds of events behind them."""
    many = State.of(np.array([8.0, 4.0, 1.2, 30.0]), 24, np.array([30.0]), np.array([410.0]), np.array([418.0]))
    total = 0.0
    for j in range(24):
        size, chance = many.events[j, 0], many.rate[0] / (many.rate[0] + ahead)
        n = np.arange(1, 200)
        stay = np.cumprod([1.0, *((many.b[0] + n[:-1] - 1) / (many.a + many.b[0] + n[:-1] - 1))])
        total += many.weights[j, 0] * float(stay @ stats.nbinom(size, chance).sf(n * 24 - j - 1))
    assert float(purchases_in_rhythm(many, np.array([ahead]))[0]) == pytest.approx(total, rel=2e-4)


def test_all_time_is_what_long_horizons_add_up_to():
    found, force = state(), 2e-3
    edges = np.linspace(0, 5000, 201)
    so_far = np.array([float(purchases_in_rhythm(found, np.array([e]))[0]) for e in edges])
    discounted = float(np.diff(so_far) @ np.exp(-force * (edges[1:] + edges[:-1]) / 2))
    assert float(discounted_in_rhythm(found, force)[0]) == pytest.approx(discounted, rel=6e-3)


def test_the_parts_add_up_to_a_chance():
    parts = leaving_terms(THETA, 1, np.array([0.0]), np.array([0.0]), np.array([30.0]))
    # without a purchase: left at once, or no event in 30 days
    assert np.exp(parts).ravel() == pytest.approx([0.9 / 9.9, 9 / 9.9 * (8 / 38) ** 2])

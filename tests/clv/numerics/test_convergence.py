import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clv.numerics.convergence import effective_size, r_hat


def moving(rng, chains, draws, keep):
    noise = rng.standard_normal((chains, draws))
    values = noise.copy()
    for i in range(1, draws):
        values[:, i] = keep * values[:, i - 1] + np.sqrt(1 - keep**2) * noise[:, i]
    return values


@pytest.mark.parametrize("keep", [-0.3, 0.0, 0.5, 0.8])
def test_effective_size_of_a_moving_average(keep):
    chains = moving(np.random.default_rng(4), 4, 20_000, keep)
    assert effective_size(chains) == pytest.approx(80_000 * (1 - keep) / (1 + keep), rel=0.1)


def test_chains_that_differ_in_place_or_in_spread_are_seen():
    rng = np.random.default_rng(5)
    same = rng.standard_normal((4, 1000))
    assert r_hat(same) < 1.01
    assert r_hat(same + np.array([0, 0, 0, 1.0])[:, None]) > 1.05
    assert r_hat(same * np.array([1, 1, 1, 4.0])[:, None]) > 1.05  # only the folded ranks see it
    assert r_hat(np.sort(same, axis=1)) > 1.5  # a chain that still moves


@given(st.integers(0, 10_000))
def test_only_ranks_matter(seed):
    chains = np.random.default_rng(seed).standard_normal((2, 50))
    assert effective_size(np.exp(chains)) == pytest.approx(effective_size(chains))
    assert r_hat(8 * chains) == pytest.approx(r_hat(chains))


def test_draws_that_never_move():
    assert effective_size(np.ones((4, 100))) == 1.0
    assert r_hat(np.ones((4, 100))) == 1.0


@pytest.mark.parametrize("keep", [0.0, 0.7])
def test_as_arviz(keep):
    arviz = pytest.importorskip("arviz", reason="ArviZ comes with the optional extra `bayes`")
    chains = moving(np.random.default_rng(6), 4, 1001, keep) + np.array([0, 0, 0.1, 0.1])[:, None]
    assert r_hat(chains) == pytest.approx(float(arviz.rhat(chains)), rel=1e-6)
    assert effective_size(chains) == pytest.approx(float(arviz.ess(chains)), rel=0.01)

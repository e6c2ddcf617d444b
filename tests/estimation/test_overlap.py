import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.estimation.overlap import cross_covariance, find_overlap
from workbench.estimation.sample import read_sample


def pair(a, b, **design):
    frames = [pd.DataFrame(f) for f in (a, b)]
    return frames, tuple(read_sample(f, Design(**design)) for f in frames)


def test_pairs_by_id_whatever_the_order():
    frames, samples = pair({"id": ["a", "b", "c"]}, {"id": ["c", "x", "a"]})
    overlap = find_overlap(*frames, samples, "id")
    assert list(zip(overlap.previous, overlap.current, strict=True)) == [(2, 0), (0, 2)]


def test_finite_population_makes_disjoint_information_cancel():
    """With n12 = n1 n2 / N, as for independent draws, the covariance is zero."""
    rng = np.random.default_rng(1)
    ids = np.arange(40)
    frames, samples = pair({"id": ids, "N": 400}, {"id": ids + 36, "N": 400}, population="N")
    overlap = find_overlap(*frames, samples, "id")
    z = rng.normal(size=(40, 1))
    assert cross_covariance(samples, (z, z), overlap) == pytest.approx(0, abs=1e-12)


def test_customers_who_changed_stratum_are_their_own_group():
    frames, samples = pair(
        {"id": range(6), "s": ["a", "a", "a", "a", "b", "b"]},
        {"id": range(6), "s": ["a", "a", "b", "b", "b", "b"]},
        stratum="s",
    )
    overlap = find_overlap(*frames, samples, "id")
    z = np.array([1.0, 3.0, 2.0, 8.0, 0.0, 1.0])[:, None]
    expected = 2 * (2.0 + 18.0 + 0.5)
    assert cross_covariance(samples, (z, z), overlap).item() == pytest.approx(expected)


def test_single_common_unit_says_nothing():
    frames, samples = pair({"id": [1, 2]}, {"id": [2, 3]})
    overlap = find_overlap(*frames, samples, "id")
    assert cross_covariance(samples, (np.ones((2, 1)), np.ones((2, 1))), overlap).tolist() == [0.0]


def test_kinds_of_units_must_agree():
    a, b = pd.DataFrame({"id": [1, 2], "p": [1, 2]}), pd.DataFrame({"id": [1, 2]})
    samples = read_sample(a, Design(psu="p")), read_sample(b, Design())
    with pytest.raises(InputError, match="same kind"):
        find_overlap(a, b, samples, "id")

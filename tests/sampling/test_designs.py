import dataclasses

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import SimpleRandom, Stratified, allocate
from workbench.sampling.designs import sizes_of

STRATA = pd.DataFrame({"stratum": ["a", "b"], "population": [100, 50]})


def test_designs_are_frozen_values():
    design = SimpleRandom(10)
    assert design == SimpleRandom(10)
    with pytest.raises(dataclasses.FrozenInstanceError):
        design.n = 3


def test_an_allocation_has_three_forms():
    allocation = allocate(STRATA, 15)
    expected = {"a": 10, "b": 5}
    assert Stratified(allocation).sizes == Stratified(allocation.table).sizes == Stratified(expected).sizes == expected


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_sizes_are_whole_and_positive(n):
    with pytest.raises(InputError, match="whole number"):
        SimpleRandom(n)


@pytest.mark.parametrize("reserve", [-0.1, 500])
def test_a_reserve_is_a_multiple(reserve):
    with pytest.raises(InputError, match="multiple"):
        SimpleRandom(10, reserve=reserve)


def test_bad_allocations_are_refused():
    with pytest.raises(InputError):
        Stratified({"a": -1})
    with pytest.raises(InputError):
        sizes_of(pd.DataFrame({"stratum": ["a", "a"], "n": [1, 2]}))
    with pytest.raises(InputError):
        sizes_of(pd.DataFrame({"stratum": ["a"]}))

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, SimpleRandom, Stratified, allocate, stratum_counts
from workbench.sampling.design import PlannedDraw

STRATA = pd.DataFrame({"stratum": ["a", "b"], "population": [100, 50]})


def test_an_allocation_has_three_forms():
    allocation = allocate(STRATA, 15)
    expected = {"a": 10, "b": 5}
    assert Stratified(allocation).sizes == Stratified(allocation.table).sizes == Stratified(expected).sizes == expected


def test_sizes_are_not_negative():
    with pytest.raises(InputError, match="not negative"):
        Stratified({"a": -1})


def test_without_strata_a_sample_by_strata_is_a_simple_one():
    frame = Frame(pd.DataFrame({"customer_id": [str(i) for i in range(50)]}))
    plan = PlannedDraw(allocate(stratum_counts(frame), 10), frame, Stratified.Settings(), 0.5)
    assert Stratified.of_plan(plan) == SimpleRandom(10, reserve=0.5)


def test_every_stratum_has_its_finite_population():
    assert Stratified.variance(Stratified.Settings()).populations == ("stratum_population",)

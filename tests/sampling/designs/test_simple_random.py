import dataclasses

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, SimpleRandom, allocate, draw, stratum_counts
from workbench.sampling.design import PlannedDraw

PEOPLE = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(200)], "region": ["n", "s", "s", "s"] * 50})


def test_designs_are_frozen_values():
    design = SimpleRandom(10)
    assert design == SimpleRandom(10)
    with pytest.raises(dataclasses.FrozenInstanceError):
        design.n = 3


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_sizes_are_whole_and_positive(n):
    with pytest.raises(InputError, match="whole number"):
        SimpleRandom(n)


def test_a_plan_by_strata_gives_its_sum():
    frame = Frame(PEOPLE, stratum="region")
    made = SimpleRandom.of_plan(PlannedDraw(allocate(stratum_counts(frame), 40), frame, SimpleRandom.Settings(), 0.5))
    assert made == SimpleRandom(40, reserve=0.5)
    sample = draw(frame, made, salt="s")
    assert sample.strata["stratum"].tolist() == ["all"] and sample.n == 40 and len(sample.reserve) == 20
    assert sample.table["stratum_population"].unique().tolist() == [200]

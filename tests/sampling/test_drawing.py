import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame
from workbench.sampling.drawing import Draw, cutoff, planned, smallest_numbers, whole_counts
from workbench.sampling.random_numbers import SPACE, permanent_random_number

COUNTS = pd.DataFrame({"stratum": ["a", "b"], "population": [10, 5]})


def test_sizes_must_fit_the_strata():
    plan = planned(COUNTS, {"a": 3, "b": 1}, 0.5)
    assert plan[["n", "reserve"]].to_numpy().tolist() == [[3, 2], [1, 1]]
    for sizes, words in [
        ({"a": 3}, "without a size"),
        ({"a": 3, "b": 1, "c": 1}, "not in the frame"),
        ({"a": 11, "b": 1}, "not larger than its population"),
    ]:
        with pytest.raises(InputError) as error:
            planned(COUNTS, sizes, 0.0)
        assert words in str(error.value)


def test_the_prefilter_keeps_enough():
    rng = np.random.default_rng(1)
    for population, n in [(1000, 10), (1000, 500), (50, 1), (100_000, 100)]:
        bound = cutoff(n, population)
        below = rng.binomial(population, bound / SPACE, 4000)
        assert below.min() >= n


def test_too_few_survivors_are_made_good(monkeypatch):
    frame = Frame(pd.DataFrame({"customer_id": [f"C{i}" for i in range(200)]}))
    monkeypatch.setattr("workbench.sampling.drawing.cutoff", lambda wanted, population: 1)
    plan = planned(whole_counts(frame), {"all": 7}, 0.0)
    rows = smallest_numbers(Draw(frame, "s", 0), plan, "'all'")
    numbers = permanent_random_number([f"C{i}" for i in range(200)], "s")
    assert sorted(rows["prn"]) == sorted(numbers)[:7]


def test_ties_go_to_the_smaller_id(tmp_path):
    frame = Frame(pd.DataFrame({"customer_id": ["b", "a", "Z", "é"], "k": [5, 5, 5, 5]}), prn="k")
    plan = planned(whole_counts(frame), {"all": 4}, 0.0)
    rows = smallest_numbers(Draw(frame, "s", 0), plan, "'all'").sort_values("order")
    assert rows["customer_id"].tolist() == ["Z", "a", "b", "é"]


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize(("start", "most"), [(0, SPACE // 3), (SPACE // 2, SPACE // 3), (SPACE // 5 * 4, SPACE // 3)])
def test_positions_below_a_bound_are_ranges_of_the_number(stored, start, most):
    ids = [f"C{i}" for i in range(300)]
    numbers = permanent_random_number(ids, "s")
    frame = Frame(pd.DataFrame({"customer_id": ids, "k": numbers}), prn="k" if stored else None)
    # bounds that numbers lie on belong to the range where it begins and not where it ends
    for first in (start, int(numbers[numbers >= start].min())):
        for reach in (most, int((numbers - first).mod(SPACE).loc[lambda p: p > most].min())):
            drawing = Draw(frame, "s", first)
            rows = frame.rows(f"SELECT k FROM {{table}} AS t WHERE {drawing.near(reach, chr(39) * 2)}")
            assert sorted(rows["k"]) == sorted(k for k in numbers if (k - first) % SPACE < reach)

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.sampling.order_sampling import (
    inclusion_probabilities,
    probabilities_given,
    ranking_numbers,
    ranking_sql,
    take_all_threshold,
)

SURVEY = Path(__file__).resolve().parents[1] / "reference" / "survey"


def _case(name):
    path = SURVEY / "cases" / f"{name}.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    return {r["name"]: r for r in json.loads(path.read_text(encoding="utf-8"))["results"]}


@pytest.mark.parametrize("n", [20, 60, 150])
def test_mu284_inclusion_probabilities(n):
    case = _case("mu284_sampling_pkg")[f"inclusionprobabilities_P75_n{n}"]
    sizes = pd.read_csv(SURVEY / "data" / "mu284_population.csv")["P75"].to_numpy()
    found = inclusion_probabilities(sizes, n)
    assert found == pytest.approx(case["pik"], rel=1e-12)
    assert int((found == 1).sum()) == case["n_certainty"]


def test_sequential_poisson_and_pareto_with_given_numbers():
    case = _case("sps_prn")
    data = pd.read_csv(SURVEY / "data" / "sps_frame.csv")
    everything = []
    for method, name in [("sequential_poisson", "sps"), ("pareto", "pareto")]:
        chosen = []
        for stratum, n in {"a": 20, "b": 12, "c": 8}.items():
            part = data[data["stratum"] == stratum]
            sizes = part["size"].to_numpy()
            pi = inclusion_probabilities(sizes, n)
            everything.append(pd.Series(pi, index=part["id"]))
            _, left, total = take_all_threshold(sizes, n)
            places = (part["prn"].to_numpy() * 2**52).astype(np.int64)
            rank = np.where(pi == 1, -1, ranking_numbers(places, sizes, left, total, method))
            chosen += part["id"].iloc[np.argsort(rank, kind="stable")[:n]].tolist()
        assert sorted(chosen) == sorted(case[name]["id"])
        pi = pd.concat(everything[-3:])
        assert (1 / pi.loc[case[name]["id"]]).to_numpy() == pytest.approx(case[name]["weights"], rel=1e-12)
    assert pd.concat(everything[:3]).loc[data["id"]].to_numpy() == pytest.approx(
        case["inclusion_prob"]["pi"], rel=1e-12
    )


@settings(max_examples=50)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.data())
def test_probabilities_add_up_and_follow_the_sizes(sizes, data):
    n = data.draw(st.integers(1, len(sizes)))
    values = np.array(sizes)
    found = inclusion_probabilities(values, n)
    assert found.sum() == pytest.approx(n)
    assert ((found > 0) & (found <= 1)).all()
    free = found < 1
    if free.any():
        assert np.ptp(found[free] / values[free]) < 1e-9 * (found[free] / values[free]).max()
        assert values[~free].min(initial=10**10) >= values[free].max()


def test_bad_sizes():
    with pytest.raises(InputError):
        inclusion_probabilities(np.array([1, 0]), 1)
    with pytest.raises(InputError):
        inclusion_probabilities(np.array([1, 2]), 3)


def test_probabilities_are_correctly_rounded():
    assert probabilities_given(np.array([1, 3]), np.array([False, False]), 1, 3).tolist() == [1 / 3, 1.0]


def test_the_engine_ranks_as_numpy_does():
    from workbench.core.engine import DuckDBEngine

    for method in ("pareto", "sequential_poisson"):
        sql = ranking_sql("CAST(0.25 AS DOUBLE)", "7", "3", "100", "DOUBLE", method)
        expected = ranking_numbers(np.array([2**50]), np.array([7]), 3, 100, method)[0]
        assert DuckDBEngine().rows(f"SELECT {sql} AS q")["q"][0] == pytest.approx(expected, rel=1e-12)

import numpy as np
import pytest

from workbench.clustering.scorers import Centres, Medoids, Prototypes, number
from workbench.core.engine import DuckDBEngine


@pytest.mark.parametrize(
    "scorer",
    [
        Centres(np.array([[1.0, -2.0], [0.5, 3.0]])),
        Prototypes(np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[0], [-1]]), (2,), 0.7),
        Medoids(np.array([[1.0, np.nan], [0.5, 3.0]]), np.array([[0], [1]]), np.array([2.0, 8.0])),
    ],
)
def test_costs_are_the_same_in_sql(scorer):
    z, g = np.array([[0.3, -1.2]]), np.array([[1]])
    row = "SELECT 0.3 AS z0, -1.2 AS z1, 1 AS g0"
    sql = ", ".join(f"{s} AS d{i}" for i, s in enumerate(scorer.sql(["z0", "z1"], ["g0"])))
    found = DuckDBEngine().rows(f"SELECT {sql} FROM ({row}) AS t").to_numpy(dtype=float)
    np.testing.assert_allclose(found, scorer.costs(z, g), rtol=1e-12)
    turned = scorer.reordered([1, 0])
    np.testing.assert_allclose(turned.costs(z, g), scorer.costs(z, g)[:, ::-1])
    read = type(scorer).from_json(scorer.to_json())
    np.testing.assert_array_equal(read.costs(z, g), scorer.costs(z, g))


def test_negative_numbers_stand_in_parentheses():
    assert number(-1.5) == "(-1.5)" and number(2) == "2.0"

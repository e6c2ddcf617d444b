import numpy as np
import pytest

from workbench.clustering.scorers_mixture import Gaussians, LatentClasses
from workbench.core.engine import DuckDBEngine

CLASSES = LatentClasses(np.array([0.7, 0.3]), (np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[0.5, 0.5], [0.0, 1.0]])))
NORMAL = Gaussians(np.array([0.4, 0.6]), np.array([[0.0, 1.0], [2.0, -1.0]]), np.array([np.eye(2), [[2.0, 1], [0, 3]]]))


@pytest.mark.parametrize("scorer", [CLASSES, NORMAL])
@pytest.mark.parametrize("g", [[1, -1], [0, 1], [2, 0]])
def test_costs_are_the_same_in_sql(scorer, g):
    z = np.array([[0.3, -1.2]])
    row = f"SELECT 0.3 AS z0, -1.2 AS z1, {g[0]} AS g0, {g[1]} AS g1"
    sql = ", ".join(f"{s} AS d{i}" for i, s in enumerate(scorer.sql(["z0", "z1"], ["g0", "g1"])))
    found = DuckDBEngine().rows(f"SELECT {sql} FROM ({row}) AS t").to_numpy(dtype=float)
    np.testing.assert_allclose(found, scorer.costs(z, np.array([g])), rtol=1e-10)
    read = type(scorer).from_json(scorer.to_json())
    np.testing.assert_array_equal(read.costs(z, np.array([g])), scorer.costs(z, np.array([g])))
    assert scorer.reordered([1, 0]).shares.tolist() == scorer.shares[::-1].tolist()


def test_chances_follow_from_bayes():
    # P(class 0 | first item = 1) = 0.7·0.1 / (0.7·0.1 + 0.3·0.8)
    assert CLASSES.posterior(np.array([[1, -1]]))[0, 0] == pytest.approx(0.07 / 0.31)

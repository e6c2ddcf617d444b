import math

import pytest

from workbench.core import InputError
from workbench.core.engine import DUCKDB, DuckDBEngine
from workbench.tiers.thresholds import Condition, Points, Relative, read_scores, read_threshold


class Configured:
    top, pareto = 0.2, None


def test_reads_numbers_mappings_and_objects():
    assert read_threshold(3, "A") == 3.0
    assert read_threshold({"top": 0.1}, "A") == Relative("top", 0.1)
    assert read_threshold(Configured(), "A") == Relative("top", 0.2)


@pytest.mark.parametrize("value", ["5", {"top": 1.5}, {"highest": 0.1}, {"top": 0.1, "pareto": 0.8}, math.inf, True])
def test_refuses_thresholds(value):
    with pytest.raises(InputError):
        read_threshold(value, "A")


@pytest.mark.parametrize(
    ("direction", "value", "slack", "expected"), [("from", 90, 0.1, True), ("up to", 105, 0.0, False)]
)
def test_conditions_in_sql(direction, value, slack, expected):
    made = Condition("v", direction, 100.0, {"north": 50.0})
    row = f"SELECT {value} AS v, 'south' AS region"
    sql = made.sql('"region"', DUCKDB, slack=slack)
    assert bool(DuckDBEngine().rows(f"SELECT {sql} AS x FROM ({row})")["x"][0]) is expected
    assert made.value_for("north") == 50 and made.value_for(None) == 100


@pytest.mark.parametrize("value", [-5.0, 0.0, 30.0, 60.0, 100.0])
def test_points_are_the_same_in_sql(value):
    for points in (Points(0.4, 60.0), Points(1.0, 0.0, 90.0)):
        in_engine = DuckDBEngine().rows(f"SELECT {points.sql('v')} AS p FROM (SELECT CAST({value} AS DOUBLE) AS v)")[
            "p"
        ][0]
        assert in_engine == pytest.approx(points.of(value))


@pytest.mark.parametrize(
    "scores",
    [
        {"s": {"a": {"weight": 0.5, "full": 1}}},
        {"s": {"a": {"weight": 1, "full": 0}}},
        {"s": {"a": {"weight": 1}}},
        {"s": {"a": {"weight": 1, "full": 1, "least": 2}}},
        {"s": {}},
    ],
)
def test_refuses_scores(scores):
    with pytest.raises(InputError):
        read_scores(scores)

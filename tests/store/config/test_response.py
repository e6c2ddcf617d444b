from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.store.config.response import ReplicatesPlan
from workbench.store.wave_file import parse_wave

LEAST = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


def plan_of(replicates, weight="w"):
    response = {"replicates": replicates} | ({"weight": weight} if weight else {})
    return parse_wave({**LEAST, "response": response}, where="wave.yaml").response


@pytest.mark.parametrize(
    ("replicates", "weight", "says"),
    [
        ({"columns": "w{r}", "type": "jk1"}, None, "main weight"),
        ({"columns": "w1", "type": "jk1"}, "w", "where the number stands"),
        ({"columns": "w{r}", "type": "fay"}, "w", "goes with type 'fay'"),
        ({"columns": "w{r}", "type": "brr", "rho": 0.3}, "w", "goes with type 'fay'"),
        ({"columns": "w{r}", "type": "jkn"}, "w", "a factor for each"),
        ({"columns": "w{r}", "type": "jackknife"}, "w", "type"),
        ({"columns": "w{r}", "type": "jk1", "scale": 0}, "w", "scale"),
    ],
)
def test_replicates_that_cannot_be_used_are_refused(replicates, weight, says):
    with pytest.raises(ConfigError, match=says):
        plan_of(replicates, weight)


def test_columns_come_in_the_order_of_their_numbers():
    plan = plan_of({"columns": "w{r}", "type": "fay", "rho": 0.3}).replicates
    assert plan.among(["w10", "w2", "x", "weight"]) == ["w2", "w10"]
    listed = ReplicatesPlan(columns=["b", "a", "gone"], type="jkn", rscales=[0.5, 0.5, 0.5])
    assert listed.among(["a", "b"]) == ["b", "a"]


def test_weights_are_told_from_answers():
    plan = plan_of({"columns": "w{r}", "type": "jk1"})
    assert plan.weights_among(["w", "w1", "w2", "y"]) == {"w", "w1", "w2"}
    assert parse_wave(LEAST, where="wave.yaml").response.weights_among(["w", "y"]) == set()

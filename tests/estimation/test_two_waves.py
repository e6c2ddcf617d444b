import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_change
from workbench.estimation.two_waves import TwoWaves

DESIGN = Design(weight="w", stratum="h", population="N")


@pytest.fixture(scope="module")
def waves():
    rng = np.random.default_rng(4)

    def wave(first):
        n = 240
        return pd.DataFrame(
            {
                "customer_id": [f"c{first + i}" for i in range(n)],
                "h": np.where(np.arange(n) % 2, "a", "b"),
                "g": rng.choice(["x", "y", "z"] if first else ["x", "y"], n),
                "N": 900.0,
                "w": rng.uniform(1, 3, n),
                "y": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(2, 1, n)),
                "z": rng.integers(0, 2, n).astype(float),
            }
        )

    return wave(0), wave(100)


@pytest.mark.parametrize("by", [None, "g"])
@pytest.mark.parametrize("id_column", [None, "customer_id"])
def test_columns_of_waves_read_once_change_as_each_does_by_itself(waves, by, id_column):
    both = TwoWaves.read(*waves, DESIGN, id=id_column, by=by)
    for column, statistic in (("y", "mean"), ("z", "proportion")):
        fits = both.fits(tuple(w[column].to_numpy() for w in waves), column)
        got = both.numbers(fits, confidence=0.9, minimum_base=30, share=statistic == "proportion")
        want = estimate_change(
            *waves, column, DESIGN, id=id_column, by=by, statistic=statistic, confidence=0.9, adjust=None
        ).table
        for name, numbers in got.items():
            np.testing.assert_array_equal(numbers, want[name])
        assert both.levels().columns.tolist() == ([by] if by else [])


def test_a_group_of_one_wave_is_left_out_and_counted(waves):
    both = TwoWaves.read(*waves, DESIGN, by="g")
    assert both.levels()["g"].tolist() == ["x", "y"] and both.left_out == 1


def test_customers_who_occur_twice_are_refused(waves):
    twice = pd.concat([waves[1], waves[1].head(1)], ignore_index=True)
    with pytest.raises(InputError, match="occurs once"):
        TwoWaves.read(waves[0], twice, DESIGN, id="customer_id")
    assert TwoWaves.read(waves[0], twice, DESIGN).overlap is None

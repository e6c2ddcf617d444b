import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.nps.agreement import krippendorff_alpha


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff_2011_example(reference, level):
    expected = reference.numbers("scales")["krippendorff_2011_example"]
    ratings = np.array(
        [[np.nan if v in (None, "NA") else v for v in row] for row in expected["matrix_raters_by_units"]], dtype=float
    )
    assert krippendorff_alpha(ratings, level=level) == pytest.approx(expected[level], rel=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_order_of_raters_and_units_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    ratings = rng.integers(1, 6, (4, 15)).astype(float)
    ratings[rng.random(ratings.shape) < 0.2] = np.nan
    shuffled = ratings[rng.permutation(4)][:, rng.permutation(15)]
    assert krippendorff_alpha(ratings) == pytest.approx(krippendorff_alpha(shuffled))
    assert krippendorff_alpha(ratings) <= 1


def test_errors():
    with pytest.raises(InputError, match="level is one of"):
        krippendorff_alpha(np.ones((2, 2)), level="metric")
    with pytest.raises(InputError, match="two ratings"):
        krippendorff_alpha(np.array([[1.0, np.nan], [np.nan, 1.0]]))

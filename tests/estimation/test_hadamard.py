import numpy as np
import pytest

from workbench.estimation.hadamard import hadamard_matrix


@pytest.mark.parametrize("minimum", [1, 2, 3, 4, 5, 9, 12, 13, 20, 24, 28, 33, 60, 100])
def test_rows_are_orthogonal_and_the_first_column_is_ones(minimum):
    h = hadamard_matrix(minimum)
    assert len(h) >= minimum
    np.testing.assert_array_equal(h @ h.T, len(h) * np.eye(len(h)))
    assert set(np.unique(h)) <= {-1, 1}
    assert (h[:, 0] == 1).all()

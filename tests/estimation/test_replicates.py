import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.estimation import ReplicateWeights


def test_scales_match_replicates():
    with pytest.raises(InputError, match="one scale per replicate"):
        ReplicateWeights(np.ones((3, 2)), 1.0, np.ones(3), 1)

import numpy as np
import pytest

from workbench.clv import BgNbd
from workbench.clv.model import histories
from workbench.core import InputError


def test_parameters_keep_their_order_and_are_frozen():
    model = BgNbd.of([0.2, 4.0, 0.8, 2.4])
    assert list(model.parameters) == ["r", "alpha", "a", "b"]
    assert BgNbd(**model.parameters) == model
    with pytest.raises(AttributeError):
        model.r = 1.0


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_refuses(bad):
    with pytest.raises(InputError, match="above zero"):
        BgNbd(r=bad, alpha=1, a=1, b=1)


def test_histories_broadcast_and_are_checked():
    _, t_x, _ = histories([1, 2], 3.0, [4.0, 5.0])
    assert t_x.tolist() == [3.0, 3.0]
    with pytest.raises(InputError):
        histories(1, 9.0, 5.0)

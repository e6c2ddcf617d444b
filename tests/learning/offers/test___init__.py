from workbench.learning import offers
from workbench.learning.offers.suggesting import METHODS


def test_the_bar_comes_first():
    assert offers.__doc__ and next(iter(METHODS)) == "popular"

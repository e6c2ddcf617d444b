from workbench.learning import candidates
from workbench.learning.training import FITS


def test_candidates_are_listed_from_the_simplest():
    assert candidates.__doc__ and list(FITS) == ["hiatus", "btyd", "logit", "trees"]

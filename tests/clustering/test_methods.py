import numpy as np
import pytest

from workbench.clustering.categories import CategoryRule
from workbench.clustering.feature_rules import FeatureRule
from workbench.clustering.methods import METHODS, Prepared, refuse_unfit
from workbench.core import InputError

RULE = FeatureRule("v", "none", None, -np.inf, np.inf, 0.0, 1.0)


def ready(values, codes):
    return Prepared((RULE,), np.array(values, dtype=float), (CategoryRule("c", ("a", "b")),), np.array(codes))


def test_levels_that_differ_are_one_apart():
    made = ready([[0.0], [0.0], [3.0]], [[0], [1], [0]])
    apart = ((made.comparable[0] - made.comparable) ** 2).sum(axis=1)
    assert apart.tolist() == pytest.approx([0, 1, 9])
    assert len(made.part(np.array([0, 2]))) == 2 and made.levels == (2,)


def test_every_method_has_a_name():
    assert set(METHODS) == {"kmeans", "kprototypes", "gower_pam", "latent_class", "gaussian_mixture"}


def test_missing_numbers_are_for_gower():
    with pytest.raises(InputError, match="finite"):
        refuse_unfit(ready([[np.nan], [1.0]], [[0], [1]]), "kprototypes", None)
    refuse_unfit(ready([[np.nan], [1.0]], [[0], [1]]), "gower_pam", None)


def test_weights_are_finite():
    with pytest.raises(InputError, match="Weights"):
        refuse_unfit(ready([[0.0], [1.0]], [[0], [1]]), "kprototypes", np.array([1.0, -1.0]))

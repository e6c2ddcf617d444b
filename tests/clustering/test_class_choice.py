import numpy as np
import pandas as pd
import pytest

from workbench.clustering import build_features, choose_k


def answers(seed, classes, n=500):
    rng = np.random.default_rng(seed)
    chance = np.array([0.9, 0.1, 0.5])[:classes]
    kind = rng.integers(0, classes, n)
    turned = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], [1, -1, 1, -1, 1, -1]])[:classes]
    p = np.where(turned[kind] > 0, chance[kind, None], 1 - chance[kind, None])
    p = np.where((kind == 2)[:, None], np.array([0.9, 0.1] * 3)[None, :], p)
    made = pd.DataFrame(np.where(rng.random((n, 6)) < p, "yes", "no"), columns=[f"q{i}" for i in range(6)]).astype(
        object
    )
    return made.mask(rng.random((n, 6)) < 0.05).assign(customer_id=[f"{i:04d}" for i in range(n)])


@pytest.mark.parametrize("classes", [2, 3])
def test_true_number_of_classes_by_bic(classes):
    made = build_features(answers(1, classes), categories=[f"q{i}" for i in range(6)])
    found = choose_k(made, range(2, 4), seed=1)
    assert (found.k, found.natural) == (classes, True)
    assert "stand apart" in str(found.verdict) and found.plot().axes
    assert found.table["k"].tolist() == [1, 2, 3]


def test_answers_that_do_not_go_together_are_no_classes():
    rng = np.random.default_rng(2)
    noise = pd.DataFrame(rng.choice(["a", "b", "c"], (300, 4)), columns=list("wxyz"))
    made = build_features(noise.assign(customer_id=[f"{i:04d}" for i in range(300)]), categories=list("wxyz"))
    found = choose_k(made, range(2, 4), seed=1)
    assert not found.natural and "stand apart" not in str(found.verdict)

from __future__ import annotations

import numpy as np
import pytest

from workbench.learning.candidates.candidate import THEMES, expit, logit, theme_index
from workbench.learning.training import FITS


@pytest.mark.parametrize("kind", list(FITS))
def test_contributions_add_up_to_what_is_told(sample, kind):
    fitted = FITS[kind](sample)
    told = fitted.contributions(sample.X)
    assert told.shape == (len(sample.X), len(THEMES)) and np.isfinite(told).all()
    np.testing.assert_allclose(expit(fitted.base + told.sum(axis=1)), fitted.probability(sample.X))
    assert fitted.contributions(sample.X[:0]).shape == (0, len(THEMES)), "an empty batch is one, too"


def test_log_odds_and_chances_are_one_another(sample):
    chances = np.array([0.01, 0.5, 0.99])
    np.testing.assert_allclose(expit(logit(chances)), chances)
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


def test_every_theme_of_features_is_known(sample):
    assert max(theme_index(sample.names, sample.themes)) < len(THEMES)

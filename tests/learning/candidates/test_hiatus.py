from __future__ import annotations

import numpy as np

from workbench.learning.candidates.candidate import Sample
from workbench.learning.candidates.hiatus import fit_hiatus
from workbench.learning.ranking import log_losses


def test_the_days_are_those_after_which_customers_stay_away():
    silent = np.arange(400.0)
    rng = np.random.default_rng(1)
    bought = (rng.random(400) < np.where(silent <= 120, 0.8, 0.1)).astype(float)
    found = fit_hiatus(Sample(silent[:, None], ("silent_days",), {"silent_days": "silence"}, bought, 90))
    assert 105 <= found.days <= 135
    near, far = found.probability(np.array([[1.0], [399.0]]))
    assert abs(near - 0.8) < 0.07 and abs(far - 0.1) < 0.07


def test_no_other_threshold_tells_better(sample):
    found = fit_hiatus(sample)
    best = log_losses(found.probability(sample.X), sample.bought).mean()
    silent = sample.column("silent_days")
    for days in np.quantile(silent, [0.1, 0.3, 0.5, 0.7, 0.9]):
        inside = silent <= days
        told = np.where(inside, sample.bought[inside].mean(), sample.bought[~inside].mean())
        assert best <= log_losses(told, sample.bought).mean() + 1e-3

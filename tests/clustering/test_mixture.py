import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from workbench.clustering.mixture import gaussian_mixture


def test_scores_as_scikit_learn_does():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 1, (80, 2)), rng.normal(4, 2, (120, 2))])
    found = gaussian_mixture(values, 2, seed=1)
    peer = GaussianMixture(2, n_init=5, random_state=1, reg_covar=1e-5, max_iter=300).fit(values)
    mine = found.gaussians.costs(values, np.empty((200, 0), dtype=int)).argmin(axis=1)
    assert (mine == peer.predict(values)).all()
    assert found.bic == pytest.approx(peer.bic(values))

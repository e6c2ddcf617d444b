import numpy as np
import pandas as pd

from workbench.estimation import Design
from workbench.estimation.domains import read_domains
from workbench.estimation.ratios import fit_ratio, fit_total
from workbench.estimation.sample import read_sample


def test_scores_add_up_to_zero_and_give_the_variance():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"w": rng.uniform(1, 2, 50), "g": rng.integers(0, 2, 50)})
    sample, domains = read_sample(data, Design(weight="w")), read_domains(data, "g")
    y = rng.normal(size=(50, 1))
    fit = fit_ratio(sample, domains, y, None, np.ones((50, 1), bool), ["y"])
    for g in (0, 1):
        rows = (data["g"] == g).to_numpy()
        z = np.where(rows, fit.scores(domains)[:, 0], 0) * data["w"]
        assert abs(z.sum()) < 1e-12
        np.testing.assert_allclose(fit.covariance[g, g], 50 / 49 * ((z - z.mean()) ** 2).sum())
        np.testing.assert_allclose(fit.estimate[g, 0], np.average(y[rows, 0], weights=data["w"][rows]))


def test_missing_answers_do_not_count():
    data = pd.DataFrame({"w": [1.0, 2.0, 3.0]})
    sample, domains = read_sample(data, Design(weight="w")), read_domains(data, None)
    seen = np.array([[True], [False], [True]])
    fit = fit_total(sample, domains, np.array([[1.0], [0.0], [2.0]]), seen, ["y"])
    assert fit.estimate.item() == 7 and fit.n.item() == 2 and fit.mass.item() == 4

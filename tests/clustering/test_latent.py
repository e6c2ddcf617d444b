import numpy as np
import pandas as pd
import pytest

from tests.clustering.conftest import NPS
from workbench.clustering.latent import latent_classes


def codes(name):
    path = NPS / "data" / name
    if not path.exists():
        pytest.skip(f"data file {path} is not here")
    frame = pd.read_csv(path)
    return np.nan_to_num(frame.drop(columns="RESPNUM", errors="ignore").to_numpy(float) - 1, nan=-1).astype(np.int64)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_carcinoma_agrees_with_r(latent_reference, k):
    known = latent_reference["carcinoma"][f"k{k}"]
    found = latent_classes(codes("polca_carcinoma.csv"), k, levels=(2,) * 7, seed=1)
    assert found.loglik == pytest.approx(known["loglik"], abs=1e-2)
    assert found.bic == pytest.approx(known["bic"], abs=2e-2)
    assert found.entropy == pytest.approx(known["entropy_r2"], abs=5e-3)
    np.testing.assert_allclose(sorted(found.classes.shares), sorted(known["class_share"]), atol=5e-3)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_missing_answers_reach_the_optimum_that_polca_missed(latent_reference, k):
    known = latent_reference["sfo2017_fiml_missing"][f"k{k}"]
    found = latent_classes(codes("lca_sfo2017.csv"), k, levels=(3,) * 6, seed=1)
    assert found.rows == known["n_used"]
    assert found.starts >= 20
    assert found.loglik == pytest.approx(known["loglik"], abs=1e-2)
    np.testing.assert_allclose(sorted(found.classes.shares), sorted(known["class_share"]), atol=5e-3)


def test_complete_answers_agree_with_r(latent_reference):
    data = codes("lca_sfo2017.csv")
    data = data[(data >= 0).all(axis=1)]
    known = latent_reference["sfo2017_complete"]["k3"]
    assert latent_classes(data, 3, levels=(3,) * 6, seed=2).loglik == pytest.approx(known["loglik"], abs=1e-2)


def test_no_answers_at_all_say_nothing():
    answers = np.concatenate([np.repeat([[0, 0, 0], [1, 1, 1]], 30, axis=0), np.full((10, 3), -1)])
    found = latent_classes(answers, 2, levels=(2, 2, 2), seed=1)
    np.testing.assert_allclose(found.classes.posterior(answers)[-1], found.classes.shares)
    assert found.rows == 60

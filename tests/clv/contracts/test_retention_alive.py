import numpy as np
import pytest

from workbench.clv import MbgNbd, ParetoNbd, fit_mbg_nbd
from workbench.clv.contracts.retention_alive import AliveCells, alive_curve
from workbench.clv.purchases.patterns import as_patterns


def cells_of(p, width=None):
    """Everybody in one group, in pieces of some histories."""
    at = np.arange(len(p.x))
    cuts = [at[i : i + (width or len(at))] for i in range(0, len(at), width or len(at))]
    pieces = [(c, np.zeros(len(c), dtype=np.int64), p.count[c]) for c in cuts]
    return AliveCells(p.x.astype(float), p.t_x, p.T, lambda: iter(pieces), 1, len(at))


@pytest.mark.parametrize(
    "model", [MbgNbd(r=0.5, alpha=6.0, a=0.9, b=1.6), ParetoNbd(r=0.55, alpha=10.6, s=0.6, beta=11.7)]
)
def test_means_of_the_customers(cdnow, model):
    p = as_patterns(cdnow)
    ages = np.array([0.0, 10.0, 30.0])
    found = alive_curve(model, cells_of(p), ages, 0.9)
    rows = cdnow.table
    seen = rows["T"] >= 30
    own = next(model.alive_over([30.0], *rows[["frequency", "recency", "T"]][seen].to_numpy(dtype=float).T))
    assert found["retained"][0, 2] == pytest.approx(own.mean(), rel=1e-9)
    assert found["customers"][0].tolist() == [2357, 2357, seen.sum()]
    assert found["retained"][0, 0] == 1


def test_a_fit_is_less_sure_than_known_parameters(cdnow):
    fit, p = fit_mbg_nbd(cdnow), as_patterns(cdnow)
    wide, narrow = (alive_curve(m, cells_of(p), np.array([20.0]), 0.9) for m in (fit, fit.model))
    assert np.diff([wide["ci_low"][0, 0], wide["ci_high"][0, 0]]) > np.diff(
        [narrow["ci_low"][0, 0], narrow["ci_high"][0, 0]]
    )
    assert wide["retained"] == narrow["retained"]


def test_pieces_tell_what_the_whole_tells(cdnow, monkeypatch):
    monkeypatch.setattr("workbench.clv.contracts.retention_alive._MOST", 100)
    fit, p = fit_mbg_nbd(cdnow), as_patterns(cdnow)
    whole, pieces = (alive_curve(fit, cells_of(p, width), np.array([5.0, 20.0]), 0.9) for width in (None, 37))
    for name, values in whole.items():
        np.testing.assert_allclose(pieces[name], values, rtol=1e-12)

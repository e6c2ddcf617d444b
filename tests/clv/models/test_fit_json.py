import numpy as np
import pandas as pd
import pytest

from workbench.clv import Fit, fit_bdw, fit_bg_bb, fit_bg_nbd, fit_gamma_gamma, fit_nbd, fit_pareto_nbd, fit_sbg
from workbench.core import InputError

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
DONORS = pd.DataFrame(
    {"x": [0, 1, 1, 2, 3, 2], "t_x": [0, 1, 3, 3, 3, 2], "n": 3, "count": [400, 150, 60, 90, 200, 100]}
)


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd, fit_nbd, fit_gamma_gamma])
def test_a_fit_read_again_answers_the_same(cdnow, fit):
    first = fit(cdnow)
    again = Fit.from_json(first.to_json())
    assert again.model == first.model
    assert again.to_json() == first.to_json()
    pd.testing.assert_frame_equal(again.table, first.table)
    pd.testing.assert_frame_equal(again.covariance, first.covariance)
    pd.testing.assert_frame_equal(again.draws(5, 1), first.draws(5, 1))
    assert [str(n.message) for n in again.notes] == [str(n.message) for n in first.notes]
    assert (again.log_likelihood, again.converged, again.condition) == (
        first.log_likelihood,
        first.converged,
        first.condition,
    )
    if first.patterns is not None:
        np.testing.assert_array_equal(again.expected_purchases(365), first.expected_purchases(365))
        np.testing.assert_array_equal(again.probability_alive(), first.probability_alive())


@pytest.mark.parametrize(
    "first", [fit_sbg(SURVIVORS), fit_bdw(SURVIVORS), fit_bg_bb(DONORS)], ids=["sBG", "BdW", "BG/BB"]
)
def test_other_models(first):
    assert Fit.from_json(first.to_json()).to_json() == first.to_json()


def test_parameters_alone_are_small_and_do_not_know_the_histories(cdnow):
    fit = fit_bg_nbd(cdnow)
    text = fit.to_json(keep="parameters")
    assert len(text) < 2000 < len(fit.to_json())
    again = Fit.from_json(text)
    assert again.model == fit.model
    with pytest.raises(InputError, match="carries its purchase histories"):
        again.probability_alive()
    with pytest.raises(InputError, match="carries what it was fitted to"):
        _ = again.evidence


def test_unknown_directions_survive():
    p = pd.DataFrame({"x": [0, 1, 2, 5], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 5]})
    fit = fit_bg_nbd(p)
    again = Fit.from_json(fit.to_json())
    np.testing.assert_array_equal(again.log_covariance, fit.log_covariance)
    assert [str(v) for v in again.verdicts] == [str(v) for v in fit.verdicts]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"form": "other/1"}'])
def test_refuses(text):
    with pytest.raises(InputError, match="JSON that Fit.to_json wrote"):
        Fit.from_json(text)


def test_refuses_an_unknown_model_and_choice(cdnow):
    fit = fit_bg_nbd(cdnow)
    with pytest.raises(InputError, match="known model"):
        Fit.from_json(fit.to_json().replace('"BgNbd"', '"BgNdb"'))
    with pytest.raises(InputError, match="`keep` is one of"):
        fit.to_json(keep="all")

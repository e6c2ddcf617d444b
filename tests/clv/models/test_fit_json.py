import numpy as np
import pandas as pd
import pytest

from workbench.clv import (
    fit_bdw,
    fit_bg_nbd,
    fit_from_json,
    fit_gamma_gamma,
    fit_nbd,
    fit_pareto_nbd,
    fit_sbg,
    fit_to_json,
)
from workbench.core import InputError

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd, fit_nbd, fit_gamma_gamma])
def test_a_fit_read_again_answers_the_same(cdnow, fit):
    first = fit(cdnow)
    again = fit_from_json(fit_to_json(first))
    assert again.model == first.model
    assert fit_to_json(again) == fit_to_json(first)
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


@pytest.mark.parametrize("first", [fit_sbg(SURVIVORS), fit_bdw(SURVIVORS)], ids=["sBG", "BdW"])
def test_other_models(first):
    assert fit_to_json(fit_from_json(fit_to_json(first))) == fit_to_json(first)


def test_parameters_alone_are_small_and_do_not_know_the_histories(cdnow):
    fit = fit_bg_nbd(cdnow)
    text = fit_to_json(fit, keep="parameters")
    assert len(text) < 2000 < len(fit_to_json(fit))
    again = fit_from_json(text)
    assert again.model == fit.model
    with pytest.raises(InputError, match="carries its purchase histories"):
        again.probability_alive()
    with pytest.raises(InputError, match="carries what it was fitted to"):
        _ = again.evidence


def test_unknown_directions_survive():
    p = pd.DataFrame({"x": [0, 1, 2, 5], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 5]})
    fit = fit_bg_nbd(p)
    again = fit_from_json(fit_to_json(fit))
    np.testing.assert_array_equal(again.log_covariance, fit.log_covariance)
    assert [str(v) for v in again.verdicts] == [str(v) for v in fit.verdicts]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"form": "other/1"}'])
def test_refuses(text):
    with pytest.raises(InputError, match="JSON that fit_to_json wrote"):
        fit_from_json(text)


def test_refuses_an_unknown_model_and_choice(cdnow):
    fit = fit_bg_nbd(cdnow)
    with pytest.raises(InputError, match="known model"):
        fit_from_json(fit_to_json(fit).replace('"BgNbd"', '"BgNdb"'))
    with pytest.raises(InputError, match="`keep` is one of"):
        fit_to_json(fit, keep="all")

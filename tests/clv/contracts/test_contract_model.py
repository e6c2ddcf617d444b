import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clv import Bdw, Sbg, fit_bdw, fit_sbg
from workbench.clv.contracts.contract_model import ContractModel, checked_survivors, rows_of, whole_periods
from workbench.core import InputError

SHAPES = st.floats(0.05, 50)
MODELS = st.one_of(
    st.builds(lambda a, b: Sbg(alpha=a, beta=b), SHAPES, SHAPES),
    st.builds(lambda a, b, c: Bdw(alpha=a, beta=b, c=c), SHAPES, SHAPES, st.floats(0.3, 2.0)),
)


@given(MODELS)
def test_what_holds_of_every_model_of_contracts(model):
    t = np.arange(1, 25)
    assert model.survival(0) == pytest.approx(1.0)
    np.testing.assert_allclose(np.cumprod(model.retention(t)), model.survival(t), rtol=1e-9)
    assert ((model.retention(t) > 0) & (model.retention(t) <= 1)).all()
    left = np.exp(model.log_likelihood(t, 1)).sum()
    assert left + model.survival(24) == pytest.approx(1.0)  # every customer leaves in some period, or is still there


@given(MODELS, st.floats(0.02, 1.0))
def test_a_renewal_now_is_worth_the_next_and_what_follows_it(model, rate):
    """DERL(m) = retention(m + 1) · (1 + DERL(m + 1) / (1 + d))."""
    now, later = model.residual_lifetime([2, 3], rate)
    assert now == pytest.approx(float(model.retention(3)) * (1 + later / (1 + rate)), rel=1e-7)


def test_closed_forms_of_the_shifted_beta_geometric_are_those_of_all():
    model, t = Sbg(alpha=0.7, beta=3.8), np.arange(1, 12)
    for name, asked in (("retention", (t,)), ("log_likelihood", (t, t % 2)), ("_residual_lifetime", (t * 1.0, 0.1))):
        plain = getattr(ContractModel, name)(model, *asked)
        np.testing.assert_allclose(getattr(model, name)(*asked), plain, rtol=1e-9)


def test_very_many_periods():
    assert 0 < Sbg(alpha=0.7, beta=3.8).survival(10**8) < 1e-4


@pytest.mark.parametrize("periods", [1.5, -1, float("nan"), float("inf")])
def test_periods_are_whole(periods):
    with pytest.raises(InputError, match="whole numbers"):
        Sbg(alpha=1, beta=1).survival(periods)
    with pytest.raises(InputError, match="whole numbers, 1 or more"):
        whole_periods(0, least=1)


@pytest.mark.parametrize("fit", [fit_sbg, fit_bdw])
def test_all_alike_and_at_once_or_never_are_said(fit):
    alike = 100_000 * 0.8 ** np.arange(8)
    assert any("same rate" in str(v) for v in fit(np.round(alike)).verdicts) or fit is fit_bdw
    assert any("at once or never" in str(v) for v in fit_sbg([1000, 600, 600, 600, 600]).verdicts)


@pytest.mark.parametrize(("fit", "kind"), [(fit_sbg, Sbg), (fit_bdw, Bdw)])
def test_a_start_leads_to_the_same_maximum(fit, kind):
    counts = [1000, 869, 743, 653, 593, 551, 517, 491]
    best = fit(counts)
    again = fit(counts, start=kind.of(best.model.theta * 1.3))
    np.testing.assert_allclose(again.model.theta, best.model.theta, rtol=1e-7)


def test_survivors_as_rows_and_what_is_refused():
    rows = rows_of(checked_survivors([10, 7, 7, 6]))
    assert rows["count"].sum() == 10
    assert rows["period"].tolist() == [1, 3, 3]
    with pytest.raises(InputError, match="Survivors fall"):
        checked_survivors([10, 11])

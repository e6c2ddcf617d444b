import numpy as np
import pytest
from scipy.integrate import quad

from workbench.clv import BgNbd, MbgNbd, Nbd, ParetoNbd
from workbench.clv.models.model import Model, histories
from workbench.core import InputError


def test_parameters_keep_their_order_and_are_frozen():
    model = BgNbd.of([0.2, 4.0, 0.8, 2.4])
    assert list(model.parameters) == ["r", "alpha", "a", "b"]
    assert BgNbd(**model.parameters) == model
    with pytest.raises(AttributeError):
        model.r = 1.0


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_refuses(bad):
    with pytest.raises(InputError, match="above zero"):
        BgNbd(r=bad, alpha=1, a=1, b=1)


def test_histories_broadcast_and_are_checked():
    _, t_x, _ = histories([1, 2], 3.0, [4.0, 5.0])
    assert t_x.tolist() == [3.0, 3.0]
    with pytest.raises(InputError):
        histories(1, 9.0, 5.0)


MODELS = [
    BgNbd(r=0.6, alpha=5.0, a=0.8, b=2.4),
    MbgNbd(r=0.6, alpha=5.0, a=0.8, b=2.4),
    ParetoNbd(r=0.6, alpha=10.0, s=0.7, beta=12.0),
    Nbd(r=0.6, alpha=10.0),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_draws_of_purchases_agree_with_what_is_expected(model):
    rng = np.random.default_rng(1)
    for x, age in ((0, 30.0), (4, 50.0)):
        drawn = model.simulate_if_alive(26.0, np.full(200_000, float(x)), np.full(200_000, age), rng)
        spread = drawn.std() / np.sqrt(len(drawn))
        assert drawn.mean() == pytest.approx(float(model.purchases_if_alive(26.0, x, age)), abs=4 * spread)
        assert (drawn == 0).mean() == pytest.approx(float(model.no_purchase_if_alive(26.0, x, age)), abs=0.005)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_probability_alive_at_an_age_falls_to_that_at_the_end(model):
    ages = np.linspace(0, 40, 81)
    curve = np.array(list(model.alive_over(ages, 3, 20.0, 40.0)))
    assert (curve[ages <= 20] == 1).all()
    assert (np.diff(curve) <= 1e-12).all()
    assert curve[-1] == pytest.approx(float(model.probability_alive(3, 20.0, 40.0)), rel=1e-12)


def test_pareto_alive_at_an_age_is_bayes_rule():
    """Alive at age u and silent until T: alive at T, or left between u and T."""
    model = MODELS[2]
    x, last, end, u = 3, 20.0, 40.0, 31.0
    r, alpha, s, beta = model.theta

    def left_between(start, stop):
        density = lambda t: (alpha + t) ** -(r + x) * s * beta**s / (beta + t) ** (s + 1)  # noqa: E731
        return quad(density, start, stop)[0]

    stayed = (alpha + end) ** -(r + x) * (beta / (beta + end)) ** s
    expected = (stayed + left_between(u, end)) / (stayed + left_between(last, end))
    assert float(next(model.alive_over([u], x, last, end))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_a_horizon_is_ahead(model):
    with pytest.raises(InputError, match="time from now on"):
        model.expected_purchases(-1.0, 1, 2.0, 3.0)
    with pytest.raises(InputError, match="time from now on"):
        model.new_customer_purchases(np.nan)
    assert float(model.probability_of_purchase(0.0, 1, 2.0, 3.0)) == pytest.approx(0.0, abs=1e-12)


def test_models_are_found_by_name():
    assert Model.named("BgNbd") is BgNbd
    with pytest.raises(InputError, match="known model"):
        Model.named("Model")


KINDS = {"bgnbd": BgNbd, "mbgnbd": MbgNbd, "pnbd": ParetoNbd}


def test_every_question_has_an_answer_at_the_extremes(extremes):
    rng = np.random.default_rng(1)
    for row in extremes:
        model = KINDS[row["model"]].of(row["params"])
        own = row["x"], row["t_x"], row["T"]
        chance = float(model.probability_of_purchase(row["t"], *own))
        alive = float(model.probability_alive(*own))
        assert 0 <= chance <= alive + 1e-12
        middle = float(next(model.alive_over([(row["t_x"] + row["T"]) / 2], *own)))
        assert alive - 1e-9 <= middle <= 1 + 1e-12
        lasting = float(model.lifetime_if_alive(0.002, row["x"], row["T"]))
        assert np.isfinite(lasting) and lasting >= 0
        drawn = model.simulate_if_alive(row["t"], np.full(3, float(row["x"])), np.full(3, float(row["T"])), rng)
        assert np.isfinite(drawn).all() and (drawn >= 0).all()

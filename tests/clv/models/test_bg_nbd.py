import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clv import BgNbd, fit_bg_nbd
from workbench.core import InputError

TRUE = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 3.0}


def test_cdnow_to_the_last_digit(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]["bgnbd"]
    fit = fit_bg_nbd(cdnow)
    assert fit.converged
    assert fit.verdicts == ()
    assert fit.log_likelihood == pytest.approx(known["ll"], abs=1e-9)
    for name, value in known["params"].items():
        assert fit.parameters[name] == pytest.approx(value, rel=1e-8)
        assert fit.std_errors[name] == pytest.approx(known["se"][name], rel=1e-5)


def test_cdnow_predictions(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]["predictions"]["bgnbd"]
    fit, count = fit_bg_nbd(cdnow), cdnow.patterns["count"].to_numpy(dtype=float)
    assert fit.probability_alive() @ count == pytest.approx(known["palive_sum"], rel=1e-8)
    for weeks in ("39.0", "52.0"):
        assert fit.expected_purchases(float(weeks) * 7) @ count == pytest.approx(known["cet"][weeks]["sum"], rel=1e-8)


def test_new_customers_expectation(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]["expected_new_customer"]
    found = fit_bg_nbd(cdnow).model.new_customer_purchases(np.array(known["t"]))
    np.testing.assert_allclose(found, known["bgnbd"], rtol=1e-7)


def test_apparel_and_published_cdnow(reference):
    p = reference["cdnow_btyd"]["est"]["bgnbd"]["par"]
    model = BgNbd.of(p)
    pred = reference["cdnow_btyd"]["pred"]
    found = float(model.expected_purchases(52, 26, 30.86, 31))
    assert found == pytest.approx(pred["bgnbd_cet39_x26_tx30.86_T31"], rel=1e-9)
    assert float(model.probability_alive(26, 30.86, 31)) == pytest.approx(pred["bgnbd_palive"], rel=1e-9)
    assert float(model.new_customer_purchases(52)) == pytest.approx(pred["bgnbd_exp52"], rel=1e-9)


def test_extremes(extremes):
    rows = [row for row in extremes if row["model"] == "bgnbd"]
    assert len(rows) == 85
    for row in rows:
        model = BgNbd.of(row["params"])
        history = row["x"], row["t_x"], row["T"]
        assert float(model.log_likelihood(*history)) == pytest.approx(row["loglik"], rel=1e-9, abs=1e-15)
        assert float(model.probability_alive(*history)) == pytest.approx(row["palive"], rel=1e-9, abs=1e-300)
        assert float(model.expected_purchases(row["t"], *history)) == pytest.approx(row["cet"], rel=1e-9, abs=1e-300)


positive = st.floats(1e-3, 1e4)


@given(positive, positive, positive, positive, st.integers(0, 300), st.floats(0, 1), st.floats(0, 2000), positive)
@settings(max_examples=60)
def test_never_nan_infinite_or_negative(r, alpha, a, b, x, part, T, horizon):
    model = BgNbd(r=r, alpha=alpha, a=a, b=b)
    t_x = T * part if x else 0.0
    if x and t_x == 0:
        return
    alive = float(model.probability_alive(x, t_x, T))
    bought = float(model.expected_purchases(horizon, x, t_x, T))
    assert 0 <= alive <= 1
    assert 0 <= bought <= alive * horizon * (r + x) / (alpha + T) * (1 + 1e-9)
    assert np.isfinite(model.log_likelihood(x, t_x, T))
    assert float(model.expected_purchases(2 * horizon, x, t_x, T)) >= bought * (1 - 1e-12)


def test_likelihood_sums_to_one_over_all_first_gaps():
    # P(no repeat purchase by T) plus the density of the first one over (0, T] is 1
    from scipy.integrate import quad

    model = BgNbd(r=0.5, alpha=3.0, a=0.9, b=2.0)
    none = float(np.exp(model.log_likelihood(0, 0, 10.0)))
    density = quad(lambda t: 0.5 / 3.0 * (1 + t / 3.0) ** -1.5, 0, 10.0)[0]
    assert none + density == pytest.approx(1.0, rel=1e-9)


def test_unit_of_time_does_not_matter(simulate):
    data = simulate(3000, seed=3, T=80, **TRUE)
    weeks, days = fit_bg_nbd(data), fit_bg_nbd(data.assign(t_x=data["t_x"] * 7, T=data["T"] * 7))
    for name, factor in {"r": 1, "alpha": 7, "a": 1, "b": 1}.items():
        assert days.parameters[name] == pytest.approx(factor * weeks.parameters[name], rel=1e-7)


def test_counts_are_the_same_as_repeated_rows(simulate):
    data = simulate(500, seed=4, T=60, **TRUE).round(0)
    data.loc[(data["x"] > 0) & (data["t_x"] == 0), "t_x"] = 1.0
    grouped = data.groupby(["x", "t_x", "T"]).size().rename("count").reset_index()
    one, other = fit_bg_nbd(data), fit_bg_nbd(grouped)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    assert one.parameters["a"] == pytest.approx(other.parameters["a"], rel=1e-6)


def test_intervals_cover_the_truth(simulate):
    runs, inside = 60, dict.fromkeys(TRUE, 0)
    for seed in range(runs):
        table = fit_bg_nbd(simulate(1500, seed=seed, T=60, **TRUE)).table.set_index("parameter")
        for name, value in TRUE.items():
            inside[name] += table["ci_low"][name] <= value <= table["ci_high"][name]
    # binomial(60, 0.95): fewer than 50 has a chance under 0.001
    assert min(inside.values()) >= 50, inside


def test_no_leaving_is_said_in_words():
    rng = np.random.default_rng(0)
    rate = rng.gamma(2.0, 1 / 20.0, 4000)
    counts = rng.poisson(rate * 50)
    last = 50 * rng.random(4000) ** (1 / np.maximum(counts, 1))
    data = pd.DataFrame({"x": counts, "t_x": np.where(counts > 0, last, 0), "T": 50.0})
    fit = fit_bg_nbd(data)
    assert "No leaving can be identified" in str(fit.verdicts[0])
    assert fit.notes[0].severity == "caution"


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ({"x": [2], "t_x": [40.0], "T": [38.0]}, "not after the end of observation"),
        ({"x": [0, 2], "t_x": [38.0, 5.0], "T": [38.0, 38.0]}, "days since the last purchase"),
        ({"x": [1], "t_x": [0.0], "T": [38.0]}, "t_x > 0"),
        ({"x": [1.5], "t_x": [3.0], "T": [38.0]}, "0, 1, 2"),
        ({"x": [-1], "t_x": [3.0], "T": [38.0]}, "0, 1, 2"),
        ({"x": [1], "t_x": [np.nan], "T": [38.0]}, "are numbers"),
        ({"x": [0, 0], "t_x": [0.0, 0.0], "T": [38.0, 0.0]}, "second time"),
        ({"x": [1], "t_x": [3.0], "T": [38.0], "count": [0]}, "above zero"),
        ({"x": [], "t_x": [], "T": []}, "at least one customer"),
        ({"x": [1], "t_x": [3.0]}, "'T' is needed"),
    ],
)
def test_refuses_histories_that_cannot_be(rows, rule):
    with pytest.raises(InputError, match=rule):
        fit_bg_nbd(pd.DataFrame(rows))


def test_refuses_parameters_that_cannot_be():
    with pytest.raises(InputError, match="above zero"):
        BgNbd(r=0.2, alpha=-1, a=1, b=1)


def test_one_customer_and_everybody_the_same():
    fit = fit_bg_nbd(pd.DataFrame({"x": [3], "t_x": [20.0], "T": [30.0]}))
    assert all(np.isfinite(v) and v > 0 for v in fit.parameters.values())
    assert fit.verdicts

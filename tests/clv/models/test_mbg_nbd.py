import numpy as np
import pytest

from workbench.clv import MbgNbd, fit_mbg_nbd


def test_cdnow_to_the_last_digit(cdnow, reference):
    known = reference["cdnow_sample_exact_weeks"]["computed"]["mbgnbd"]
    fit, count = fit_mbg_nbd(cdnow), cdnow.patterns["count"].to_numpy(dtype=float)
    assert fit.log_likelihood >= known["ll"] - 1e-10
    for name, value in known["params"].items():
        assert fit.parameters[name] == pytest.approx(value, rel=1e-6)
        assert fit.std_errors[name] == pytest.approx(known["se"][name], rel=1e-4)
    predicted = reference["cdnow_sample_exact_weeks"]["computed"]["predictions"]["mbgnbd"]
    assert fit.probability_alive() @ count == pytest.approx(predicted["palive_sum"], rel=1e-6)
    assert fit.expected_purchases(273) @ count == pytest.approx(predicted["cet"]["39.0"]["sum"], rel=1e-6)


def test_extremes(extremes):
    rows = [row for row in extremes if row["model"] == "mbgnbd"]
    assert len(rows) == 88
    for row in rows:
        model = MbgNbd.of(row["params"])
        history = row["x"], row["t_x"], row["T"]
        assert float(model.log_likelihood(*history)) == pytest.approx(row["loglik"], rel=1e-9, abs=1e-15)
        assert float(model.probability_alive(*history)) == pytest.approx(row["palive"], rel=1e-9, abs=1e-300)
        assert float(model.expected_purchases(row["t"], *history)) == pytest.approx(row["cet"], rel=1e-9, abs=1e-300)


def test_recovers_its_parameters_and_a_new_customers_expectation(simulate):
    true = {"r": 0.7, "alpha": 9.0, "a": 0.9, "b": 2.5}
    data = simulate(20_000, seed=1, T=60, first=True, **true)
    fit = fit_mbg_nbd(data)
    for name, value in true.items():
        error = fit.std_errors[name]
        assert abs(fit.parameters[name] - value) < 4 * error
    mean = data["x"].mean()
    expected = float(MbgNbd(**true).new_customer_purchases(60))
    assert abs(mean - expected) < 4 * data["x"].std() / np.sqrt(len(data))


def test_one_time_buyers_are_not_alive_for_certain():
    model = MbgNbd(r=0.5, alpha=6.0, a=0.9, b=1.6)
    alive = model.probability_alive([0, 0, 0], [0, 0, 0], [0, 30, 300])
    assert alive[0] == pytest.approx(1.6 / 2.5)
    assert (np.diff(alive) < 0).all()

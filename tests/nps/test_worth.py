import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from workbench.core.errors import InputError
from workbench.estimation import Design
from workbench.nps import driver_worth


def ratings(n=3000, seed=1):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {"staff": rng.integers(1, 6, n), "price": rng.integers(1, 6, n), "noise": rng.integers(1, 6, n)}
    )
    latent = 1.0 * data["staff"] + 0.4 * data["price"] + rng.logistic(size=n)
    data["recommend"] = np.digitize(latent, np.linspace(-1, 6.5, 10))
    return data


def truth(data, column):
    line = 1.0 * data["staff"] + 0.4 * data["price"]
    slope = {"staff": 1.0, "price": 0.4, "noise": 0.0}[column]
    cuts = np.linspace(-1, 6.5, 10)

    def nps(at):
        return 100 * (1 - expit(cuts[8] - at) - expit(cuts[6] - at)).mean()

    return nps(line + slope * (data[column] < 5)) - nps(line)


def test_a_point_is_worth_what_the_model_says():
    data = ratings()
    table = driver_worth(data, "recommend", ["noise", "price", "staff"], bootstrap=200, seed=1).table
    assert table["driver"].tolist() == ["staff", "price", "noise"]
    for row in table.itertuples():
        assert row.ci_low <= truth(data, row.driver) <= row.ci_high
        assert row.ci_low <= row.worth <= row.ci_high
    assert table["below_top"].iloc[0] == pytest.approx((data["staff"] < 5).mean())


def test_intervals_cover():
    population = ratings(40_000, 9)
    aim = truth(population, "price")
    hits = 0
    for i in range(120):
        part = population.sample(400, random_state=i)
        row = driver_worth(part, "recommend", ["staff", "price"], bootstrap=120, seed=i).table.set_index("driver")
        hits += row.loc["price", "ci_low"] <= aim <= row.loc["price", "ci_high"]
    assert 0.88 <= hits / 120 <= 0.99


def test_weights_and_clusters_count():
    data = ratings(600)
    data = pd.concat([data] * 3, ignore_index=True).assign(who=np.tile(np.arange(600), 3))
    plain, clustered = (
        driver_worth(data, "recommend", ["staff", "price"], d, bootstrap=200, seed=1).table["std_error"]
        for d in (None, Design(psu="who"))
    )
    assert (clustered > 1.4 * plain).all()


def test_missing_answers_are_counted_and_both_languages_read():
    data = ratings(500)
    data.loc[:49, "staff"] = np.nan
    result = driver_worth(data, "recommend", ["staff", "price"], bootstrap=30, seed=1)
    assert (result.table["n"] == 450).all() and any("450" in n.message.text("en") for n in result.notes)
    assert result.plot("zh-CN").axes and "NPS" in result.to_html("zh-CN")


def test_what_is_outside_the_scale_is_refused():
    with pytest.raises(InputError, match="from 1 to 5"):
        driver_worth(ratings(200).assign(staff=7), "recommend", ["staff", "price"], seed=1)
    with pytest.raises(InputError, match="from 0 to 10"):
        driver_worth(ratings(200).assign(recommend=11), "recommend", ["staff", "price"], seed=1)


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_a_reversed_rating_is_worth_the_opposite_sign(seed):
    data = ratings(300, seed)
    turned = data.assign(staff=6 - data["staff"])
    one, two = (driver_worth(d, "recommend", ["staff", "price"], bootstrap=20, seed=1).table for d in (data, turned))
    first, second = (t.set_index("driver").loc["staff", "worth"] for t in (one, two))
    assert first > 0 > second

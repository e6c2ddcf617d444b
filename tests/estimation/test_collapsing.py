from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_change, estimate_mean, estimate_total, replicate_weights


def total(data, column, design):
    return estimate_total(data, column, design).table["std_error"].item()


@pytest.mark.parametrize(
    ("case", "columns"),
    [("systematic_cycle", ["y", "score"]), ("systematic_sorted_api", ["api", "mealsf", "npsf"])],
)
def test_units_in_pairs_of_their_order_agree_with_the_reference(reference, case, columns):
    found = reference(case)
    data = found.data(case).sample(frac=1, random_state=2)
    pairs = Design(weight="w", order="position", collapse="pairs")
    for column in columns:
        expected = found.results[f"collapsed_equal_{column}"]
        assert total(data, column, pairs) == pytest.approx(expected["se_total"], rel=1e-9)
        finite = Design(weight="w", order="position", collapse="pairs", population="N")
        assert total(data, column, finite) == pytest.approx(expected["se_total_fpc"], rel=1e-9)
        mean = estimate_mean(data, column, pairs)
        assert mean.table["std_error"].item() == pytest.approx(expected["se_mean"], rel=1e-9)
        assert mean.degrees_of_freedom.tolist() == [len(data) // 2]
        named = Design(weight="w", stratum="position", collapse="collapsed")
        assert total(data, column, named) == pytest.approx(expected["se_total"], rel=1e-9)


@pytest.mark.parametrize("case", ["systematic_cycle", "systematic_sorted_api"])
def test_strata_of_one_unit_are_joined_equally_or_by_their_sizes(reference, case):
    expected = reference(case).results["collapsed_unequal_total"]
    data = reference(case).data(f"{case}_onepsu").rename(columns={"total": "t"}).assign(w=1.0)
    equal = Design(weight="w", stratum="stratum", collapse="collapsed")
    assert total(data, "t", equal) == pytest.approx(expected["se_total_equal"], rel=1e-9)
    sized = Design(weight="w", stratum="stratum", collapse="collapsed", collapse_size="size")
    assert total(data, "t", sized) == pytest.approx(expected["se_total_by_size"], rel=1e-9)


def test_a_jackknife_of_joined_strata_gives_the_same_error(reference):
    data = reference("systematic_cycle").data("systematic_cycle")
    design = Design(weight="w", stratum="position", collapse="collapsed")
    jackknife = replicate_weights(data, design, method="jkn")
    by_half = Design(weight="w", replicates=jackknife)
    assert total(data, "y", by_half) == pytest.approx(total(data, "y", design), rel=1e-9)
    pairs = Design(weight="w", order="position", collapse="pairs")
    assert (replicate_weights(data, pairs, method="jkn").weights == jackknife.weights).all()


def test_groups_are_domains_and_an_odd_unit_goes_to_the_last_pair():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.normal(size=11), "place": rng.permutation(11), "g": rng.integers(0, 2, 11)})
    design = Design(order="place", collapse="pairs")
    line = data.sort_values("place")["y"].to_numpy()
    parts = [line[0:2], line[2:4], line[4:6], line[6:8], line[8:11]]
    exact = sum(len(p) / (len(p) - 1) * ((p - p.mean()) ** 2).sum() for p in parts)
    assert total(data, "y", design) ** 2 == pytest.approx(exact)
    by = estimate_total(data, "y", design, by="g").table["std_error"]
    zero = [total(data.assign(z=data["y"].where(data["g"] == g, 0.0)), "z", design) for g in (0, 1)]
    assert by.tolist() == pytest.approx(zero)


def test_clusters_and_later_stages_stay():
    data = pd.DataFrame({"h": np.repeat(range(6), 4), "store": np.repeat(range(6), 4), "H": 8, "M": 10})
    data["y"], data["pair"] = np.arange(24.0) ** 1.3, data["h"] // 2
    design = Design(stratum="h", psu=["store"], population=["H", "M"], collapse="pair")
    t = data.groupby("store")["y"].sum().to_numpy().reshape(3, 2)
    s = data.groupby("store")["y"].var().sum()
    exact = (1 - 1 / 8) * 2 * (t.var(axis=1, ddof=1)).sum() + 1 / 8 * (1 - 4 / 10) * 4 * s
    assert total(data, "y", design) ** 2 == pytest.approx(exact)


@pytest.mark.parametrize(
    "given",
    [
        {"collapse": "pairs"},
        {"collapse": "g"},
        {"collapse_size": "size", "stratum": "h"},
        {"collapse": "pairs", "order": "place", "collapse_size": "size"},
        {"collapse": "g", "stratum": "h", "order": "place"},
    ],
)
def test_what_joins_nothing_is_refused(given):
    with pytest.raises(InputError, match="joined by a column"):
        Design(**given)


def test_a_stratum_in_two_groups_is_refused():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "h": [1, 1, 2, 2], "g": [1, 2, 2, 2], "size": [5, 5, 0, 0]})
    with pytest.raises(InputError, match="one group"):
        estimate_total(data, "y", Design(stratum="h", collapse="g"))
    with pytest.raises(InputError, match="one size"):
        estimate_total(data.assign(g=1), "y", Design(stratum="h", collapse="g", collapse_size="size"))


def test_a_change_follows_the_list_whatever_pairs_it_had():
    rng = np.random.default_rng(4)
    wave = pd.DataFrame({"customer_id": range(40), "place": range(40), "y": np.arange(40) + rng.normal(size=40)})
    again = wave.assign(y=wave["y"] + rng.normal(size=40))
    plain = estimate_change(wave, again, "y", Design(order="place")).table
    pairs = estimate_change(wave, again, "y", Design(order="place", collapse="pairs")).table
    pd.testing.assert_frame_equal(plain, pairs)
    step = np.diff(again["y"] - wave["y"])
    assert plain["std_error"].item() ** 2 == pytest.approx((step**2).sum() / (2 * 39 * 40))
    assert Design(order="place", collapse="pairs").as_random().collapse is None

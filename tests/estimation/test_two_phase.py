from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import (
    Design,
    SecondPhase,
    estimate_change,
    estimate_mean,
    estimate_quantile,
    estimate_ratio,
    estimate_total,
    replicate_weights,
)
from workbench.weighting import adjust_nonresponse

CASES = ["twophase_api", "twophase_api_small"]
PHASE = SecondPhase("phase2", stratum="stratum")


@pytest.mark.parametrize("case", CASES)
def test_two_phases_agree_with_the_reference(reference, case):
    found, data = reference(case).results, reference(case).data(case)
    design = Design(weight="w1", population="N", second_phase=PHASE)
    for column in ("y", "yes"):
        mean = estimate_mean(data, column, design)
        expected = found[f"full_fpc_mean_{column}"]
        assert mean.table["estimate"].item() == pytest.approx(expected["estimate"][column], rel=1e-10)
        assert mean.table["std_error"].item() == pytest.approx(expected["se"][column], rel=1e-9)
    taken = int(data["phase2"].sum())
    assert mean.table["n"].item() == taken and mean.degrees_of_freedom.tolist() == [taken - data["stratum"].nunique()]
    total = estimate_total(data, "y", design).table
    assert total["std_error"].item() == pytest.approx(found["full_fpc_total_y"]["se"]["y"], rel=1e-9)
    ratio = estimate_ratio(data, "y", "x", design).table
    assert ratio["std_error"].item() == pytest.approx(found["full_fpc_ratio"]["se"]["y/x"], rel=1e-9)
    by_hand = found["by_hand_rao_1973_mean_y"]["se"]
    assert estimate_mean(data, "y", design).table["std_error"].item() == pytest.approx(by_hand, rel=1e-10)
    # without a population the reference leaves out n / (n - 1) of phase one
    open_ = estimate_mean(data, "y", Design(second_phase=PHASE)).table["std_error"].item()
    n = len(data)
    assert open_ == pytest.approx(found["full_nofpc_mean_y"]["se"]["y"] * (n / (n - 1)) ** 0.5, rel=2e-4)


def test_a_second_phase_that_takes_everybody_is_none():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"h": np.repeat(["a", "b"], 20), "N": 100, "y": rng.normal(size=40), "all": True, "w": 5.0})
    data["g"] = rng.integers(0, 2, 40)
    one = Design(weight="w", stratum="h", population="N")
    two = Design(weight="w", stratum="h", population="N", second_phase=SecondPhase("all", stratum="g"))
    for method in (estimate_mean, estimate_total):
        plain, phased = (method(data, "y", d, by="g").table for d in (one, two))
        columns = ["estimate", "std_error", "n"]
        pd.testing.assert_frame_equal(plain[columns], phased[columns])


def drawn(rng, people):
    """A stratified first phase, and a second one of a third of those who said no and half of the others."""
    first = pd.concat([people[people["h"] == h].sample(n, random_state=rng) for h, n in (("a", 80), ("b", 60))])
    first = first.assign(N=first["h"].map(people["h"].value_counts()))
    first["w"] = first["N"] / first["h"].map({"a": 80, "b": 60})
    first["in"] = False
    for g, share in ((0, 1 / 3), (1, 1 / 2)):
        rows = first.index[first["g"] == g]
        first.loc[rng.choice(rows, int(len(rows) * share), replace=False), "in"] = True
    return first.assign(y=first["y"].where(first["in"]))


def test_the_variance_is_unbiased_over_both_phases():
    rng = np.random.default_rng(4)
    people = pd.DataFrame({"h": np.repeat(["a", "b"], [400, 200]), "g": rng.integers(0, 2, 600)})
    people["y"] = 10 * people["g"] + 4 * (people["h"] == "b") + rng.normal(0, 2, 600)
    design = Design(weight="w", stratum="h", population="N", second_phase=SecondPhase("in", stratum="g"))
    rows = [estimate_mean(drawn(rng, people), "y", design).table.iloc[0] for _ in range(400)]
    estimates = np.array([r["estimate"] for r in rows])
    variances = np.array([r["std_error"] for r in rows]) ** 2
    # 400 samples: a variance is known to 7 %
    assert variances.mean() == pytest.approx(estimates.var(ddof=1), rel=0.2)
    assert estimates.mean() == pytest.approx(people["y"].mean(), abs=4 * estimates.std() / 20)


def test_answering_is_a_second_phase():
    """The weights are those of weighting classes, and the error counts what silence adds."""
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"c": np.repeat([0, 1, 2], 60), "N": 900, "base_weight": 5.0})
    data["responded"] = rng.random(180) < np.array([0.3, 0.6, 0.8])[data["c"]]
    data["y"] = (3.0 * data["c"] + rng.normal(size=180)).where(data["responded"])
    design = Design(weight="base_weight", population="N", second_phase=SecondPhase("responded", stratum="c"))
    found = estimate_mean(data, "y", design).table.iloc[0]
    final = adjust_nonresponse(data, classes="c").weights
    assert found["estimate"] == pytest.approx((final * data["y"].fillna(0)).sum() / final.sum())
    parts = data.groupby("c")["y"].agg(["mean", "var", "count"])
    # Rao (1973): 180 of 900, 60 in each class
    share = 59 / 179 - (parts["count"] - 1) / 899
    within = float(899 / 900 * (share * parts["var"] / parts["count"] / 3).sum())
    between = (900 - 180) / (900 * 179) * float(parts["mean"].var(ddof=0))
    assert found["std_error"] ** 2 == pytest.approx(within + between, rel=1e-9)


def test_what_others_said_does_not_count(reference):
    data = reference("twophase_api").data("twophase_api")
    design = Design(weight="w1", population="N", second_phase=PHASE)
    known = data.assign(y=data["y"].fillna(1e6))
    for method in (estimate_mean, estimate_total):
        plain, more = (method(d, "y", design, by="stratum").table for d in (data, known))
        pd.testing.assert_frame_equal(plain, more)
    quantile = [estimate_quantile(d, "y", design).table["estimate"].tolist() for d in (data, known)]
    assert quantile[0] == quantile[1]


def test_groups_add_up_to_the_whole(reference):
    data = reference("twophase_api").data("twophase_api").assign(half=lambda d: np.arange(len(d)) % 2)
    design = Design(weight="w1", population="N", second_phase=PHASE)
    whole = estimate_total(data, "y", design)
    by = estimate_total(data, "y", design, by="half")
    assert by.table["estimate"].sum() == pytest.approx(whole.table["estimate"].item())
    assert by.covariance.to_numpy().sum() == pytest.approx(whole.table["std_error"].item() ** 2)


@pytest.mark.parametrize(
    "more", [{"psu": "store"}, {"order": "place"}, {"collapse": "g", "stratum": "h"}, {"without_replacement": "hajek"}]
)
def test_what_does_not_go_with_two_phases_is_refused(more):
    with pytest.raises(InputError, match="second phase follows"):
        Design(weight="w", second_phase=PHASE, **more)


def test_phases_that_cannot_be_are_refused():
    data = pd.DataFrame({"in": [1, 1, 1, 0, 0], "g": [1, 1, 2, 2, 3], "y": 1.0, "id": range(5)})
    design = Design(second_phase=SecondPhase("in", stratum="g"))
    with pytest.raises(InputError, match=r"g = 2 \(1\); g = 3 \(0\)"):
        estimate_mean(data, "y", design)
    certain = Design(second_phase=SecondPhase("in", stratum="g"), lonely_psu="certainty")
    assert estimate_mean(data.head(4), "y", certain).table["n"].item() == 3
    with pytest.raises(InputError, match="one phase"):
        replicate_weights(data.head(3), certain, method="jk1")
    with pytest.raises(InputError, match="says yes or no"):
        estimate_mean(data.assign(**{"in": 2}), "y", design)
    with pytest.raises(InputError, match="name of a column"):
        SecondPhase(["in"])
    with pytest.raises(InputError, match="second phase follows"):
        Design(second_phase="in")
    with pytest.raises(InputError, match="two phases"):
        estimate_change(data.head(4), data.head(4), "y", certain, id="id")

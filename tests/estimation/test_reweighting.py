from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_change, estimate_mean, estimate_total, reweight
from workbench.weighting import adjust_nonresponse, post_stratify, trim


def asked_of(n=240, seed=1, rate=0.5):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"h": np.repeat(["a", "b"], n // 2), "N": n * 2, "base_weight": 4.0})
    data["g"] = rng.integers(0, 3, n)
    data["responded"] = rng.random(n) < rate
    data["y"] = rng.normal(data["g"] * 2.0, 1)
    return data


def by_stratum(data, weight):
    return adjust_nonresponse(data, classes="h", weight=weight)


def every(data, weight):
    return adjust_nonresponse(data, classes="h", weight=weight, minimum=1)


def cut(data, weight):
    return trim(data, weight=weight, upper=2.5, times="times")


DRAWN = Design(weight="base_weight", stratum="h", population="N")


def test_silence_alike_in_a_stratum_is_a_smaller_sample():
    """Chances to answer that are equal in a stratum: those who answer are a simple random sample of it."""
    data = asked_of()
    made = reweight(data, DRAWN, [by_stratum], replicates=400, seed=2)
    found = estimate_mean(made.answers, "y", made.design).table["std_error"].item()
    parts = made.answers.groupby("h")["y"].agg(["var", "size"])
    exact = float((0.25 * (1 - parts["size"] / 480) * parts["var"] / parts["size"]).sum()) ** 0.5
    assert found == pytest.approx(exact, rel=0.08)
    assert made.design.replicates.degrees_of_freedom == min(len(made.answers) - 2, 399)


def test_a_census_of_whom_not_all_answer_is_not_certain():
    data = asked_of().assign(base_weight=1.0, N=120)
    made = reweight(data, DRAWN, [by_stratum], replicates=300, seed=2)
    parts = made.answers.groupby("h")["y"].agg(["var", "size"])
    exact = float((0.25 * (1 - parts["size"] / 120) * parts["var"] / parts["size"]).sum()) ** 0.5
    assert estimate_mean(made.answers, "y", made.design).table["std_error"].item() == pytest.approx(exact, rel=0.12)


def test_what_calibration_gains_is_counted_and_margins_hold_in_each_replicate():
    data = asked_of()
    totals = {0: 300.0, 1: 330.0, 2: 330.0}

    def classes(table, weight):
        return post_stratify(table, pd.Series(totals), by="g", weight=weight)

    made = reweight(data, DRAWN, [by_stratum, classes], replicates=200, seed=3)
    for level, total in totals.items():
        rows = (made.answers["g"] == level).to_numpy()
        np.testing.assert_allclose(made.design.replicates.weights[rows].sum(axis=0), total, rtol=1e-9)
    fixed = estimate_mean(made.answers, "y", Design(weight="weight", stratum="h")).table["std_error"].item()
    found = estimate_mean(made.answers, "y", made.design).table["std_error"].item()
    record = Design(weight="weight", stratum="h", calibration=made.steps[-1])
    gained = estimate_mean(made.answers, "y", record).table["std_error"].item()
    assert found < 0.75 * fixed and found == pytest.approx(gained, rel=0.15)


def test_answers_whose_weights_were_cut_still_vary():
    data = asked_of().assign(base_weight=lambda d: np.where(d["g"] == 2, 12.0, 4.0))
    made = reweight(data, DRAWN, [by_stratum, cut], replicates=200, seed=3)
    highest = made.answers["weight"] >= made.answers["weight"].max() * (1 - 1e-9)
    assert highest.sum() > 20
    varied = made.design.replicates.weights[highest.to_numpy()].std(axis=1) / made.answers["weight"].max()
    # half of the bootstrap's factor: that of a unit drawn 0, 1, 2 … times
    assert varied.mean() == pytest.approx(0.5, abs=0.1)


def test_rows_in_another_order_and_groups_keep_their_replicates():
    made = reweight(asked_of(), DRAWN, [by_stratum], replicates=60, seed=1)
    whole = estimate_total(made.answers, "y", made.design, by="g").table
    mixed = estimate_total(made.answers.sample(frac=1, random_state=1), "y", made.design, by="g").table
    pd.testing.assert_frame_equal(whole, mixed)


def test_changes_take_waves_weighed_by_themselves_as_independent():
    waves = [reweight(asked_of(seed=s), DRAWN, [by_stratum], replicates=40, seed=1) for s in (1, 2)]
    answers = [w.answers.assign(customer_id=np.arange(len(w.answers))) for w in waves]
    designs = (waves[0].design, waves[1].design)
    errors = [estimate_mean(a, "y", d).table["std_error"].item() for a, d in zip(answers, designs, strict=True)]
    change = estimate_change(*answers, "y", designs).table["std_error"].item()
    assert change == pytest.approx(np.hypot(*errors), rel=1e-9)


def test_two_stages_resample_both():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"store": np.repeat(np.arange(20), 12), "S": 60, "M": 40, "base_weight": 10.0})
    data["responded"] = rng.random(240) < 0.6
    data["y"] = rng.normal(size=20)[data["store"]] + rng.normal(size=240)
    drawn = Design(weight="base_weight", psu="store", population=["S", "M"])

    def by_store(table, weight):
        return adjust_nonresponse(table, classes="store", weight=weight, minimum=1)

    made = reweight(data, drawn, [by_store], replicates=200, seed=4)
    found = estimate_mean(made.answers, "y", made.design).table["std_error"].item()
    stages = estimate_mean(made.answers, "y", Design(weight="weight", psu="store", population=["S", "M"])).table
    assert found == pytest.approx(stages["std_error"].item(), rel=0.12)


@pytest.mark.parametrize(
    ("data", "steps", "says"),
    [
        (asked_of(), [], "at least one step"),
        (asked_of().assign(times=1), [by_stratum], "'times'"),
        (asked_of().set_axis([0] * 240), [by_stratum], "occur twice"),
    ],
)
def test_what_cannot_be_weighed_again_is_refused(data, steps, says):
    with pytest.raises(InputError, match=says):
        reweight(data, DRAWN, steps, replicates=10, seed=1)


def test_a_unit_alone_in_its_stratum_adds_nothing_where_the_design_lets_it():
    data = pd.concat([asked_of(), asked_of().head(1).assign(h="c", responded=True)], ignore_index=True)
    made = reweight(data, replace(DRAWN, lonely_psu="average"), [every], replicates=20, seed=1)
    alone = (made.answers["h"] == "c").to_numpy()
    assert made.design.replicates.weights[alone].std() == pytest.approx(0, abs=1e-9)
    with pytest.raises(InputError, match="at least two units"):
        reweight(data, DRAWN, [every], replicates=20, seed=1)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.clv import compare_group_values, group_means
from workbench.core import InputError


@pytest.fixture
def made():
    rng = np.random.default_rng(1)
    ids = [f"{i:04d}" for i in range(900)]
    values = pd.DataFrame(
        {
            "customer_id": ids,
            "clv": rng.gamma(2, 50, 900),
            "probability_alive": rng.random(900),
            "at_risk": rng.gamma(1, 5, 900),
        }
    )
    return values, pd.DataFrame({"customer_id": ids[:600], "segment": np.resize([1, 2, 3], 600)})


def test_values_add_up_and_intervals_are_those_of_means(made):
    values, people = made
    found = group_means(values, people, "segment")
    assert found.table["value"].sum() == pytest.approx(values["clv"].sum(), rel=1e-6)
    assert found.table["group"].tolist() == ["1", "2", "3", "–"]
    first = values.merge(people[people["segment"] == 1], on="customer_id")
    row = found.table.iloc[0]
    reach = 1.959964 * first["clv"].std() / np.sqrt(len(first))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(
        (first["clv"].mean() - reach, first["clv"].mean() + reach), rel=1e-5
    )
    assert row["alive"] == pytest.approx(first["probability_alive"].mean(), rel=1e-5)
    assert row["leaving"] == (first["probability_alive"] < 0.5).sum()
    assert found.plot().axes


def test_values_alone_tell_nothing_of_leaving(made):
    found = group_means(made[0][["customer_id", "clv"]], made[1], ["segment"], level=0.8)
    assert found.table[["alive", "leaving", "at_risk"]].isna().all().all()
    assert "(80 %)" in found.to_html("en")
    assert list(group_means(made[0], made[1], []).table.columns) == list(found.table.columns)


def test_groups_that_are_alike_are_rarely_told_apart():
    rng = np.random.default_rng(3)
    # two hundred samples of eight groups at once: a group's line does not depend on the others
    values = pd.DataFrame({"customer_id": range(80_000), "clv": rng.gamma(2.0, 50.0, 80_000)})
    groups = np.resize([f"{i:03}{letter}" for i in range(200) for letter in "abcdefgh"], 80_000)
    table = group_means(values, pd.DataFrame({"customer_id": range(80_000), "region": groups}), "region").table
    apart = [compare_group_values(one.reset_index(drop=True)) for _, one in table.groupby(table["group"].str[:3])]
    told = sum(bool((t["p_value"] < 0.05).any()) for t in apart)
    assert len(apart) == 200
    assert told <= 18  # 5 % of 200 and three standard errors


def test_groups_apart_are_told_and_others_only_count_into_the_whole(made):
    values, people = made
    values = values.assign(clv=values["clv"] + 60.0 * values["customer_id"].isin(people["customer_id"][::3]))
    table = group_means(values, people, "segment").table
    tested = compare_group_values(table, table["group"] != "–").set_index("group")
    assert tested.loc["1", "p_value"] < 0.001
    assert tested.loc["1", "z"] > 0
    assert np.isnan(tested.loc["–", "p_value"])
    assert tested["overall"].iloc[0] == pytest.approx(values["clv"].mean())


def test_refuses(made):
    with pytest.raises(InputError, match="listed once"):
        group_means(made[0], pd.concat([made[1], made[1].head(2)]), "segment")
    with pytest.raises(InputError, match="clv"):
        group_means(made[0].drop(columns="clv"), made[1], "segment")

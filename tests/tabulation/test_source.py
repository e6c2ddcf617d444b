"""Joint tests and covariances of a table against R and against its own pairs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workbench.core import InputError
from workbench.estimation import Design
from workbench.tabulation import groups, multiple, nps, tabulate

from .test_reference import FOLDER, prepared


def test_joint_tests_are_those_of_r():
    case = json.loads((FOLDER / "tables_generated_effective_base.json").read_text("utf-8"))
    data, design = prepared(case)
    found = tabulate(data, design, rows="brand", columns=["region", "age", "tier"]).joint.set_index("group")
    told = {r["name"].split("_")[-1]: r for r in case["results"] if r["name"].startswith("joint")}
    assert set(told) == {"region", "age", "tier"}
    for group, theirs in told.items():
        ours = found.loc[group]
        for name, key in (("statistic", "statistic"), ("df", "ndf"), ("df_error", "ddf"), ("p_value", "p")):
            assert ours[name] == pytest.approx(theirs[key], rel=1e-7), (group, name)


def test_a_joint_test_says_why_there_is_none(answers):
    rows = ["brand", multiple({"app": "app", "web": "web"}, name="seen"), nps()]
    columns = ["region", groups({"c": "card", "l": "loan"}, name="uses")]
    found = tabulate(answers.assign(one="x"), rows=[*rows, "one"], columns=columns).joint
    overlap = found[found["group"] == "uses"]
    assert overlap["reason"].eq("groups overlap").all() and overlap["p_value"].isna().all()
    told = found[found["group"] == "region"].set_index(["question", "row"])
    assert told.loc[("brand", ""), "p_value"] < 1e-6
    # several answers a person: each choice is tested by itself
    assert {r for q, r in told.index if q == "seen"} == {"app", "web"}
    assert told.loc[("one", ""), "reason"] == "no spread"


def test_the_covariance_gives_the_errors_of_cells_and_pairs(answers):
    design = Design(weight="w", psu="store")
    found = tabulate(answers, design, rows="brand", columns="region", filter="visits > 0")
    v = found.covariance("brand", "b")
    cells = found.table.query("row == 'b'").set_index("column")
    np.testing.assert_allclose(np.sqrt(np.diag(v)), cells["std_error"], rtol=1e-9)
    north, south = ("region", "north"), ("region", "south")
    error = np.sqrt(v.loc[north, north] + v.loc[south, south] - 2 * v.loc[north, south])
    assert error == pytest.approx(found.pairs.query("row == 'b'")["std_error"].item(), rel=1e-9)
    with pytest.raises(InputError, match="There are a, b"):
        found.covariance("brand", "c")

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design, Replicates
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.sample import read_sample
from workbench.tabulation import groups, mean, multiple, nps, single
from workbench.tabulation.cells import CellMaker
from workbench.tabulation.columns import read_columns

BANNER = ["region", groups({"card": "card", "loan": "loan"}, name="uses"), "gender"]


def with_design(answers):
    sizes = answers.groupby("region")["region"].transform("size")
    stores = answers.assign(h=(answers["store"] % 4).astype(str), N=sizes * 5)
    units = stores.groupby("h")["store"].transform("nunique") * 3
    return stores.assign(M=units, m=stores.groupby("store")["store"].transform("size") * 4)


DESIGNS = {
    "weights": Design(weight="w"),
    "strata": Design(weight="w", stratum="region", population="N"),
    "clusters": Design(weight="w", stratum="h", psu="store"),
    "two stages": Design(weight="w", stratum="h", psu="store", population=["M", "m"]),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_sums_give_what_the_scores_of_every_row_give(answers, name):
    data = with_design(answers)
    sample = read_sample(data, DESIGNS[name])
    columns = read_columns(data, BANNER, np.ones(len(data), dtype=bool))
    for rows in (single("brand", asked="visits > 0"), nps(), mean("spend"), multiple({"app": "app", "web": "web"})):
        measured = rows.measure(data, "answered")
        fast, slow = CellMaker(sample, columns), CellMaker(sample, columns)
        slow.__dict__["plain"] = False
        a, b = fast.cells(measured), slow.cells(measured)
        assert fast.plain
        for field in a.__dataclass_fields__:
            np.testing.assert_allclose(getattr(a, field), getattr(b, field), rtol=1e-9, atol=1e-13, err_msg=field)


def test_degrees_of_freedom_are_those_of_each_column(answers):
    data = with_design(answers)
    columns = read_columns(data, BANNER, np.ones(len(data), dtype=bool))
    answered = (data["visits"] > 1).to_numpy()
    for design in DESIGNS.values():
        sample = read_sample(data, design)
        maker = CellMaker(sample, columns)
        each = [
            degrees_of_freedom(sample, np.where(m & answered, 0, -1).astype(np.int64), 1)[0] for m in columns.members.T
        ]
        assert maker._degrees(answered).tolist() == each


def test_replicate_weights_give_the_variances(answers):
    rng = np.random.default_rng(1)
    made = {f"r{i}": answers["w"] * rng.uniform(0.5, 1.5, len(answers)) for i in range(30)}
    data = pd.concat([answers, pd.DataFrame(made)], axis=1)
    sample = read_sample(data, Design(weight="w", replicates=Replicates(columns=list(made), type="bootstrap")))
    maker = CellMaker(sample, read_columns(data, ["region"], np.ones(len(data), dtype=bool)))
    cells = maker.cells(single("brand").measure(data, "answered"))
    assert not maker.plain and np.isfinite(cells.difference_variance).all() and (cells.variance > 0).all()

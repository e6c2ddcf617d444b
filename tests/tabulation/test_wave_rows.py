"""The covariance of waves against R: four waves with common customers and a finite population."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from workbench.estimation import Design, Replicates
from workbench.tabulation.columns import read_columns
from workbench.tabulation.ratings import mean, nps
from workbench.tabulation.wave_rows import WaveSamples
from workbench.tabulation.waves import WaveAnswers, WaveTables

from .test_reference import FOLDER

CASE = json.loads((FOLDER / "tables_generated_trend.json").read_text("utf-8"))
TRENDS = [r for r in CASE["results"] if r["name"].startswith("trend")]
DESIGN = Design(weight="w", stratum="stratum", population="stratum_population")


def fitted(frames, rows, by, design, id_="customer_id"):
    made = [WaveAnswers(str(i), d, design) for i, d in enumerate(frames)]
    tables = WaveTables(made)
    newest = read_columns(made[-1].data, by, np.ones(len(made[-1].data), dtype=bool))
    samples = WaveSamples(made, tables.columns(by, newest), id_)
    found = samples.fit(tables.align(rows, rows.measure(made[-1].data, "answered"), "answered"))
    return found, newest.key["column"].tolist(), samples


@pytest.fixture(scope="module")
def four():
    table = pd.read_csv(FOLDER / "data" / "tables_trend_a.csv")
    return [g.reset_index(drop=True) for _, g in table.groupby("wave")]


@pytest.mark.parametrize("row", ["top2", "recommend", "nps"])
def test_estimates_and_covariances_are_those_of_r(four, row):
    rows = nps("recommend") if row == "nps" else mean(row)
    found, columns, _ = fitted(four, rows, ["segment"], DESIGN)
    told = [r for r in TRENDS if r["row"] == row]
    assert len(told) == 4
    for theirs in told:
        j = columns.index("total" if theirs["column"] == "Total" else theirs["column"])
        np.testing.assert_allclose(found.estimate[:, j, -1], [*theirs["estimate"].values()], rtol=1e-10)
        np.testing.assert_allclose(found.covariance[:, :, j, -1], theirs["vcov"], rtol=1e-8, atol=1e-15)
        assert found.n[:, j, -1].tolist() == [*theirs["n"].values()]
        df = theirs["slope_per_wave"]["df"]
        assert found.degrees[j] == df if theirs["column"] == "Total" else found.degrees[j] < df


def test_waves_without_ids_or_with_other_units_are_independent(four):
    by = ["segment"]
    for design, id_ in ((DESIGN, None), (DESIGN, "nobody")):
        found, _, samples = fitted(four[:2], mean("top2"), by, design, id_)
        assert samples.in_common == 0 and not found.covariance[0, 1].any()
    clustered = [four[0].assign(store=np.arange(len(four[0])) % 40), four[1]]
    made = [
        WaveAnswers("0", clustered[0], Design(weight="w", psu="store")),
        WaveAnswers("1", clustered[1], Design(weight="w")),
    ]
    columns = [read_columns(d, [], np.ones(len(d), dtype=bool)) for d in clustered]
    assert WaveSamples(made, columns, "customer_id").in_common == 0


def test_replicates_of_both_waves_show_what_they_have_in_common(four):
    rng = np.random.default_rng(1)
    one = four[0].head(80).reset_index(drop=True)
    parts = rng.integers(0, 20, len(one))
    for r in range(20):
        one[f"r{r}"] = one["w"] * np.where(parts == r, 0.0, 20 / 19)
    design = Design(weight="w", replicates=Replicates(columns=[f"r{r}" for r in range(20)], type="jk1"))
    found, _, samples = fitted([one, one], mean("recommend"), [], design)
    assert samples.replicated == {(0, 1)}
    # the same people twice: the covariance is the variance
    np.testing.assert_allclose(found.covariance[0, 1], found.covariance[0, 0], rtol=1e-9)

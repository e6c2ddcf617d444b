from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import (
    Design,
    Replicates,
    estimate_change,
    estimate_mean,
    estimate_quantile,
    estimate_ratio,
    estimate_total,
)

CASES = {
    "repw_sdr80_api": "PWGTP",
    "repw_jack_api_jk1": "w",
    "repw_jack_api_jkn": "w",
    "repw_halves_api": "w",
}


def settings(reference):
    """Return the sets of replicates that a case names: prefix, the columns' stem, and how they are used."""
    for name, meta in reference.results.items():
        if name.endswith("_meta") and "WRONG" not in name:
            yield {"sdr_meta": "mseTRUE"}.get(name, name.removesuffix("_meta")), meta


def replicates_of(meta):
    kind, factors = meta["type"], meta["rscales"]
    kind = "bootstrap" if kind in ("subbootstrap", "other") else kind
    more = {"rho": float(meta["rho"])} if kind == "fay" and "rho" in meta else {"rho": 0.3} if kind == "fay" else {}
    stem = meta["columns"].removesuffix("1..")
    return Replicates(
        columns=stem + "{r}",
        type=kind,
        combined=meta["combined"],
        scale=meta["scale"],
        rscales=factors,
        centre="estimate" if meta["mse"] else "mean",
        df=meta["degf_R"],
        **more,
    )


@pytest.mark.parametrize(("case", "weight"), list(CASES.items()))
def test_delivered_weights_give_the_numbers_of_the_reference(reference, case, weight):
    found = reference(case)
    # shuffled rows are the same sample
    data = found.data(case).sample(frac=1, random_state=4)
    seen = 0
    for prefix, meta in settings(found):
        design = Design(weight=weight, replicates=replicates_of(meta))
        for what, method, column in (
            ("mean_y", estimate_mean, "y"),
            ("total_y", estimate_total, "y"),
            ("mean_nps", estimate_mean, "nps"),
            ("mean_y2_missing", estimate_mean, "y2"),
        ):
            row = found.results.get(f"{prefix}_{what}")
            if row is None:
                continue
            table = method(data, column, design).table
            (estimate,), (error,) = row["estimate"].values(), row["se"].values()
            assert table["estimate"].item() == pytest.approx(estimate, rel=1e-9), (prefix, what)
            assert table["std_error"].item() == pytest.approx(error, rel=1e-7), (prefix, what)
            low = next(iter(row["ci95_t"]["lower"].values()))
            assert table["ci_low"].item() == pytest.approx(low, rel=1e-7), (prefix, what)
            seen += 1
        row = found.results.get(f"{prefix}_mean_y_by_g")
        if row is not None:
            table = estimate_mean(data, "y", design, by="grp").table.set_index("grp")
            for group, error in row["se"].items():
                assert table.loc[group, "std_error"] == pytest.approx(error, rel=1e-7), (prefix, group)
        row = found.results.get(f"{prefix}_ratio_y_x")
        if row is not None:
            table = estimate_ratio(data, "y", "x", design).table
            assert table["std_error"].item() == pytest.approx(row["se"]["y/x"], rel=1e-7)
    assert seen >= 8


def test_defaults_are_those_of_the_methods(reference):
    data = reference("repw_sdr80_api").data("repw_sdr80_api")
    read = Replicates(columns="PWGTP{r}", type="sdr").read(data, data["PWGTP"].to_numpy(dtype=float))
    assert (read.scale, read.centre, read.degrees_of_freedom) == (4 / 80, "estimate", 79)
    jack = reference("repw_jack_api_jkn").data("repw_jack_api_jkn")
    scales = reference("repw_jack_api_jkn").data("repw_jack_api_jkn_rscales")
    factors = scales.iloc[:, -1].to_numpy()
    kept = Replicates(columns="jkn_w{r}", type="jkn", rscales=factors).read(jack, jack["w"].to_numpy())
    assert (kept.scale, kept.centre, kept.degrees_of_freedom) == (1.0, "mean", 45)


def test_two_stands_before_ten_and_gaps_are_refused():
    data = pd.DataFrame({f"w{r}": 1.0 + r for r in (10, 2, 1, 3, 4, 5, 6, 7, 8, 9)}, index=range(3))
    assert Replicates(columns="w{r}", type="jk1").names(data) == [f"w{r}" for r in range(1, 11)]
    with pytest.raises(InputError, match=r"missing: \[7\]"):
        Replicates(columns="w{r}", type="jk1").names(data.drop(columns="w7"))
    with pytest.raises(InputError, match="at least two"):
        Replicates(columns="v{r}", type="jk1").names(data)


def test_factors_and_full_weights_are_told_apart(reference):
    halves = reference("repw_halves_api").data("repw_halves_api")
    for stem, kind, truth in (("brr_f", "brr", False), ("jk2_w", "jk2", True), ("jk2_f", "jk2", False)):
        for combined in (True, False):
            design = Design(weight="w", replicates=Replicates(columns=stem + "{r}", type=kind, combined=combined))
            if combined == truth:
                assert estimate_mean(halves, "y", design).table["std_error"].item() > 0
            else:
                with pytest.raises(InputError, match=f"combined={truth}"):
                    estimate_total(halves, "y", design)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"type": "brs"}, "one of those known"),
        ({"columns": "w1"}, "where the number stands"),
        ({"columns": []}, "named"),
        ({"type": "fay"}, "Fay"),
        ({"type": "brr", "rho": 0.3}, "Fay"),
        ({"type": "fay", "rho": 1.0}, "Fay"),
        ({"type": "jkn"}, "factor for each replicate"),
        ({"scale": 0}, "scale is a number above 0"),
        ({"df": -1}, "df is a number above 0"),
        ({"centre": "median"}, "Choose one"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(given, match):
    with pytest.raises(InputError, match=match):
        Replicates(**{"columns": "w{r}", "type": "jk1", **given})


def test_a_design_says_what_its_replicates_need():
    data = pd.DataFrame({"y": [1.0, 2.0], "w": 1.0, "r1": [0.0, 2.0], "r2": [2.0, 0.0]})
    with pytest.raises(InputError, match="main weight"):
        Design(replicates=Replicates(columns="r{r}", type="jk1"))
    with pytest.raises(InputError, match="replicates= takes"):
        Design(weight="w", replicates=["r1", "r2"])
    with pytest.raises(InputError, match="one factor per replicate"):
        design = Design(weight="w", replicates=Replicates(columns="r{r}", type="jk1", rscales=[1.0, 1.0, 1.0]))
        estimate_mean(data, "y", design)
    with pytest.raises(InputError, match="r3"):
        estimate_mean(data, "y", Design(weight="w", replicates=Replicates(columns=["r1", "r3"], type="jk1")))
    gone = data.assign(r2=[np.nan, 0.0])
    with pytest.raises(InputError, match="number in every row"):
        estimate_mean(gone, "y", Design(weight="w", replicates=Replicates(columns="r{r}", type="jk1")))


def test_rows_of_main_weight_zero_count_in_their_replicates(reference):
    found = reference("repw_sdr80_api")
    data = found.data("repw_sdr80_api")
    design = Design(weight="PWGTP", replicates=Replicates(columns="PWGTP{r}", type="sdr"))
    whole = estimate_total(data, "y", design).table["std_error"].item()
    without = estimate_total(data[data["PWGTP"] > 0], "y", design).table["std_error"].item()
    assert whole == pytest.approx(141362.588, rel=1e-6) and without == pytest.approx(76504, rel=1e-4)


def test_quantiles_use_the_replicates(reference):
    found = reference("repw_sdr80_api")
    design = Design(weight="PWGTP", replicates=Replicates(columns="PWGTP{r}", type="sdr"))
    data, row = found.data("repw_sdr80_api"), found.results["mseTRUE_quantile_y_xlogit"]
    table = estimate_quantile(data, "y", design, probabilities=row["probabilities"], interval="xlogit").table
    assert table["estimate"].tolist() == row["estimate"]
    assert table["ci_low"].tolist() == row["lower"] and table["ci_high"].tolist() == row["upper"]


@pytest.mark.parametrize("mse", [True, False])
@pytest.mark.parametrize("column", ["y", "nps"])
def test_replicates_that_span_two_waves(reference, mse, column):
    found = reference("waves_rotation_replicates")
    data = found.data("waves_rotation_replicates").sample(frac=1, random_state=1)
    waves = [data[data["wave"] == w] for w in (1, 2)]
    centre = "estimate" if mse else "mean"
    design = Design(weight="w", replicates=Replicates(columns="rw{r}", type="jk1", centre=centre))
    prefix = f"replicates_mse{str(mse).upper()}_{column}"
    row = found.results[prefix]
    change = estimate_change(*waves, column, design, id="id").table
    assert change["estimate"].item() == pytest.approx(row["estimate"])
    assert change["std_error"].item() == pytest.approx(row["se"], rel=1e-8)
    assert change["n_overlap"].item() == 120
    apart = estimate_change(*waves, column, design, id=None).table["std_error"].item()
    assert apart == pytest.approx(row["se_if_independent"], rel=1e-8)
    groups = estimate_change(*waves, column, design, id="id", by="grp").table.set_index("grp")
    for group in ("E", "H", "M"):
        expected = found.results[f"{prefix}_domain_{group}"]["se"]
        assert groups.loc[group, "std_error"] == pytest.approx(expected, rel=1e-7)


def test_replicates_of_two_waves_that_do_not_belong_together(reference):
    data = reference("waves_rotation_replicates").data("waves_rotation_replicates")
    waves = [data[data["wave"] == w] for w in (1, 2)]
    whole = Design(weight="w", replicates=Replicates(columns="rw{r}", type="jk1"))
    fewer = Design(weight="w", replicates=Replicates(columns=[f"rw{r}" for r in range(1, 16)], type="jk1"))
    with pytest.raises(InputError, match="30 and 15 replicates"):
        estimate_change(*waves, "y", (whole, fewer), id="id")
    assert estimate_change(*waves, "y", (whole, fewer), id=None).table["std_error"].item() > 0
    with pytest.raises(InputError, match="Both waves have replicate weights"):
        estimate_change(*waves, "y", (whole, Design(weight="w")), id="id")

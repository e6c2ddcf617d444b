from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import (
    Design,
    ReplicateWeights,
    estimate_mean,
    estimate_ratio,
    estimate_total,
    replicate_weights,
)
from workbench.weighting import adjust_nonresponse, rake

MARGINS = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}
CASES = [
    ("apistrat_replication", "apistrat", Design(weight="pw", stratum="stype"), "JKn"),
    ("apistrat_replication_fpc", "apistrat", Design(weight="pw", stratum="stype", population="fpc"), "JKn"),
    ("apiclus1_replication", "apiclus1", Design(weight="pw", psu="dnum"), "JK1"),
    ("apiclus1_replication_fpc", "apiclus1", Design(weight="pw", psu="dnum", population="fpc"), "JK1"),
]


def agree(got, result, tolerance=1e-8):
    np.testing.assert_allclose(got.table["std_error"], list(result["se"].values()), rtol=tolerance)


@pytest.mark.parametrize(("case", "name", "design", "method"), CASES)
@pytest.mark.parametrize(("mse", "centre"), [("FALSE", "mean"), ("TRUE", "estimate")])
def test_jackknife_of_r_survey(reference, case, name, design, method, mse, centre):
    ref = reference(case)
    data = ref.data(name)
    made = replace(design, replicates=replicate_weights(data, design, method=method.lower(), centre=centre))
    prefix = f"{method}_mse{mse}_"
    for column in ("api00", "nps", "promoter"):
        agree(estimate_mean(data, column, made), ref.results[f"{prefix}mean_{column}"])
    agree(estimate_ratio(data, "api.stu", "enroll", made), ref.results[f"{prefix}ratio"])
    agree(estimate_mean(data, "nps", made, by="awards"), ref.results[f"{prefix}nps_by_awards"])


@pytest.mark.parametrize(("case", "name", "design", "method"), CASES)
def test_saved_bootstrap_weights_of_r_survey(reference, case, name, design, method):
    ref = reference(case)
    data = ref.data(name)
    weights = ref.data(f"{case}_subboot50_repweights").filter(like="rep").to_numpy(dtype=float)
    made = replace(design, replicates=ReplicateWeights(weights, 1 / 49, np.ones(50), 10))
    agree(estimate_mean(data, "api00", made), ref.results["subboot50_mean_api00"])
    agree(estimate_mean(data, "nps", made), ref.results["subboot50_mean_nps"])


@pytest.mark.parametrize(("case", "name", "design", "method"), CASES)
def test_bootstrap_keeps_the_finite_population(reference, case, name, design, method):
    data = reference(case).data(name)
    boot = replace(design, replicates=replicate_weights(data, design, replicates=3000, seed=5))
    for column in ("api00", "nps"):
        errors = [estimate_mean(data, column, d).table["std_error"].item() for d in (boot, design)]
        assert errors[0] == pytest.approx(errors[1], rel=0.06)


def test_jackknife_raked_anew_in_each_replicate(reference):
    ref = reference("apistrat_JKn_raked")
    data = ref.data("apistrat")
    raked = rake(data, MARGINS, weight="pw", tolerance=1e-12)
    data = data.assign(raked=raked.weights)
    design = Design(weight="raked", stratum="stype", calibration=raked)
    fast = replicate_weights(data, design, method="jkn")
    plain = Design(weight="pw", stratum="stype")
    slow = replicate_weights(data, plain, method="jkn", redo=lambda d, w: rake(d, MARGINS, weight=w))
    np.testing.assert_allclose(fast.weights, slow.weights, rtol=1e-7)
    made = replace(design, replicates=fast)
    agree(estimate_mean(data, "nps", made), ref.results["nps"])
    agree(estimate_mean(data, "api00", made), ref.results["api00"])
    agree(estimate_total(data, "enroll", made), ref.results["total_enroll"])


@pytest.mark.parametrize(
    ("prefix", "options"),
    [
        ("BRR_mseFALSE", {"method": "brr"}),
        ("BRR_mseTRUE", {"method": "brr", "centre": "estimate"}),
        ("Fay_rho0.3_mseFALSE", {"method": "fay", "rho": 0.3}),
        ("Fay_rho0.3_mseTRUE", {"method": "fay", "rho": 0.3, "centre": "estimate"}),
        ("JKn_mseFALSE", {"method": "jkn"}),
        ("JKn_mseTRUE", {"method": "jkn", "centre": "estimate"}),
    ],
)
def test_levy_lemeshow_scd(reference, prefix, options):
    ref = reference("scd_replication")
    data = ref.data("scd")
    design = Design(stratum="ESA", psu="ambulance", psu_labels="within_stratum")
    made = replace(design, replicates=replicate_weights(data, design, **options))
    agree(estimate_ratio(data, "alive", "arrests", made), ref.results[f"{prefix}_ratio"])
    total = ref.results.get(f"{prefix}_total") or ref.results.get(f"{prefix.replace('_rho0.3', '')}_total")
    agree(estimate_total(data, "alive", made), total)


def test_same_seed_same_numbers():
    data = pd.DataFrame({"y": np.arange(30.0), "s": np.repeat([0, 1, 2], 10)})
    design = Design(stratum="s")
    one, two, other = (replicate_weights(data, design, replicates=20, seed=s).weights for s in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()
    np.testing.assert_allclose(one.sum(axis=0), 30)


def test_redo_gets_only_rows_that_count():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"c": rng.choice(["a", "b"], 60), "responded": rng.random(60) < 0.6})
    made = replicate_weights(
        data, Design(), replicates=5, seed=1, redo=lambda d, w: adjust_nonresponse(d, classes="c", weight=w, minimum=1)
    )
    assert (made.weights[~data["responded"]] == 0).all()
    np.testing.assert_allclose(made.weights.sum(axis=0), 60)


def test_errors():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "s": [1, 1, 1, 2], "N": 9, "p": [1, 1, 2, 2]})
    cases = [
        (Design(stratum="s"), {"method": "jk1"}, "knows no strata"),
        (Design(stratum="s"), {"method": "jkn"}, "at least two units"),
        (Design(stratum="s"), {"method": "brr"}, "two PSUs in every stratum"),
        (Design(psu="p", population="N"), {"method": "brr"}, "no finite population"),
        (Design(), {"method": "bootstrap"}, "has a seed"),
        (Design(), {"method": "sdr"}, "method is one of"),
        (Design(psu="p"), {"method": "fay", "rho": 1.0}, "Fay"),
        (Design(psu="p", population=["N", "N"]), {"method": "jk1"}, "vary the first stage only"),
    ]
    for design, options, match in cases:
        with pytest.raises(InputError, match=match):
            replicate_weights(data, design, **options)

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_change, estimate_mean


@pytest.mark.parametrize("column", ["y_nps", "y_api"])
def test_exact_variance_of_overlapping_waves_apipop(reference, column):
    ref = reference("waves_overlap_apipop")
    data = ref.data("waves_overlap_apipop")
    waves = [data[data["wave"] == w] for w in (1, 2)]
    design = Design(weight="w", stratum="stype", population="N_h")
    row = estimate_change(*waves, column, design, id="cds").table.iloc[0]
    exact = ref.results[f"exact_{column}"]
    assert row["estimate"] == pytest.approx(exact["diff"], rel=1e-9)
    assert row["std_error"] == pytest.approx(exact["se_sample"], rel=1e-9)
    assert row["n_overlap"] == sum(exact["overlap"].values())
    # what others report: without the finite population, and as if independent
    stacked = ref.results[f"R_stacked_diff_{column}"]["se"]["contrast"]
    assert row["std_error"] < stacked
    free = Design(weight="w", stratum="stype")
    assert estimate_change(*waves, column, free, id="cds").table["std_error"].item() == pytest.approx(stacked, rel=6e-3)


def test_truth_by_monte_carlo_apipop(reference):
    """The estimated variance averages to the variance of the difference over redraws of coordinated samples."""
    ref = reference("waves_overlap_apipop")
    frame = ref.data("waves_overlap_apipop_frame")
    truth = ref.results["montecarlo_nps_20000"]
    sizes = {"E": (120, 150), "H": (60, 50), "M": (70, 80)}
    rng = np.random.default_rng(3)
    design = Design(weight="w", stratum="stype", population="N")
    variances, hits = [], 0
    for _ in range(120):
        parts = ([], [])
        for stratum, group in frame.groupby("stype"):
            u = rng.random(len(group))
            for wave, start in enumerate((0.0, 0.01)):
                order = np.argsort((u - start) % 1.0)[: sizes[stratum][wave]]
                part = group.iloc[order]
                parts[wave].append(part.assign(N=len(group), w=len(group) / len(order)))
        before, after = (pd.concat(p) for p in parts)
        row = estimate_change(
            before.assign(y=before["nps99"]), after.assign(y=after["nps"]), "y", design, id="cds"
        ).table.iloc[0]
        variances.append(row["std_error"] ** 2)
        hits += row["ci_low"] <= truth["true_diff"] <= row["ci_high"]
    assert np.sqrt(np.mean(variances)) == pytest.approx(truth["sd"], rel=0.05)
    assert hits / 120 > 0.9


def test_partial_overlap_of_simple_random_samples_in_closed_form():
    rng = np.random.default_rng(7)
    a = pd.DataFrame({"customer_id": np.arange(100), "y": rng.normal(0, 1, 100)})
    b = pd.DataFrame({"customer_id": np.arange(60, 180), "y": rng.normal(0, 1, 120)})
    b.loc[:39, "y"] += 2 * a["y"].to_numpy()[60:]
    row = estimate_change(a, b, "y", Design()).table.iloc[0]
    common = np.cov(a["y"][60:], b["y"][:40])[0, 1]
    expected = a["y"].var() / 100 + b["y"].var() / 120 - 2 * 40 * common / (100 * 120)
    assert row["std_error"] == pytest.approx(np.sqrt(expected), rel=1e-12)
    assert row["n_overlap"] == 40


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_the_same_wave_twice_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    wave = pd.DataFrame(
        {
            "customer_id": np.arange(60),
            "y": rng.normal(0, 1, 60),
            "s": np.repeat([0, 1], 30),
            "N": 500,
            "w": rng.uniform(1, 2, 60),
        }
    )
    table = estimate_change(wave, wave, "y", Design(weight="w", stratum="s", population="N"), by="s").table
    np.testing.assert_allclose(table["estimate"], 0, atol=1e-12)
    np.testing.assert_allclose(table["std_error"], 0, atol=1e-6)
    assert table["verdict"].tolist() == ["no clear change"] * 2


def test_independent_waves_add_their_variances():
    rng = np.random.default_rng(9)
    waves = [pd.DataFrame({"y": rng.normal(i, 1, 200), "g": rng.choice(["a", "b"], 200)}) for i in range(2)]
    change = estimate_change(*waves, "y", Design(), id=None, by="g").table
    errors = [estimate_mean(w, "y", Design(), by="g").table["std_error"] for w in waves]
    np.testing.assert_allclose(change["std_error"], np.hypot(*errors))
    assert change["verdict"].tolist() == ["up", "up"]
    assert (change["detectable"] > 2.8 * change["std_error"]).all()


def test_clusters_in_both_waves():
    rng = np.random.default_rng(11)
    store = np.repeat(np.arange(30), 10)
    effect = rng.normal(0, 2, 30)[store]
    ids = np.arange(300)
    a = pd.DataFrame({"customer_id": ids, "store": store, "y": effect + rng.normal(0, 1, 300)})
    b = a.assign(y=a["y"] + rng.normal(0, 0.2, 300))
    design = Design(psu="store")
    together = estimate_change(a, b, "y", design)
    # stores met again are found by their labels, whoever answered there and whether or not customers are named
    assert together.table.equals(estimate_change(a, b, "y", design, id=None).table)
    assert "30 sampling units are in both waves" in " ".join(n.message.text("en") for n in together.notes)
    apart = estimate_change(a, b.assign(store=b["store"] + 100), "y", design).table
    assert together.table["std_error"].item() < apart["std_error"].item() / 5
    assert together.table["n_overlap"].item() == 30


def test_groups_of_one_wave_only_and_small_bases_are_noted():
    a = pd.DataFrame({"y": np.arange(60.0), "g": ["x"] * 30 + ["y"] * 30})
    b = pd.DataFrame({"y": np.arange(40.0), "g": ["x"] * 31 + ["z"] * 9})
    change = estimate_change(a, b, "y", Design(), id=None, by="g")
    assert change.table["g"].tolist() == ["x"]
    assert any("one wave only" in n.message.text("en") for n in change.notes)
    small = estimate_change(a.head(20), b.head(31), "y", Design(), id=None)
    assert small.table["verdict"].tolist() == ["base too small"]
    assert "样本量不足" in small.to_html("zh-CN")
    assert small.plot("zh-CN").axes


def test_proportion_and_nps():
    a = pd.DataFrame({"c": ["p", "q"] * 50, "r": [10, 3] * 50})
    b = pd.DataFrame({"c": ["p", "p", "p", "q"] * 25, "r": [9, 9, 8, 99] * 25})
    share = estimate_change(a, b, "c", Design(), id=None, statistic="proportion", level="p").table
    assert share["estimate"].item() == pytest.approx(0.25)
    nps = estimate_change(a, b, "r", Design(), id=None, statistic="nps", not_answered=[99])
    assert nps.table["current"].item() == pytest.approx(200 / 3)
    assert nps.table["n"].item() == 75
    with pytest.raises(InputError, match="share is that of one answer"):
        estimate_change(a, b, "c", Design(), id=None, statistic="proportion")


def test_errors():
    a = pd.DataFrame({"customer_id": ["a", "a"], "y": [1.0, 2.0]})
    with pytest.raises(InputError, match="once per wave"):
        estimate_change(a, a, "y", Design())
    with pytest.raises(InputError, match="customer_id"):
        estimate_change(a[["y"]], a[["y"]], "y", Design())
    with pytest.raises(InputError, match="mean, proportion or nps"):
        estimate_change(a, a, "y", Design(), id=None, statistic="median")
    with pytest.raises(InputError, match="occurs in both"):
        estimate_change(a.assign(g="x"), a.assign(g="z"), "y", Design(), id=None, by="g")
    with pytest.raises(InputError, match="one design per wave"):
        estimate_change(a, a, "y", (Design(),), id=None)


@pytest.mark.parametrize("case", ["waves_same_psu_api", "waves_same_psu_disjoint_stores"])
@pytest.mark.parametrize("column", ["y", "nps"])
def test_stores_met_again_with_other_customers(reference, case, column):
    found = reference(case)
    data = found.data(case)
    design = Design(weight="w", stratum="stratum", psu="psu", population=["N", "M"])
    waves = [data[data["wave"] == w] for w in (1, 2)]
    row = found.results[f"psu_covariance_mean_{column}"]
    table = estimate_change(*waves, column, design, id=None).table
    assert table["estimate"].item() == pytest.approx(row["estimate"], rel=1e-9)
    assert table["std_error"].item() == pytest.approx(row["se"], rel=1e-8)


def test_running_numbers_of_clusters_say_nothing_from_wave_to_wave():
    rng = np.random.default_rng(3)
    waves = [
        pd.DataFrame(
            {"psu": np.tile(np.repeat(range(10), 6), 2), "s": np.repeat(["a", "b"], 60), "y": rng.normal(size=120)}
        )
        for _ in range(2)
    ]
    design = Design(psu="psu", stratum="s", psu_labels="within_stratum")
    change = estimate_change(*waves, "y", design, id=None)
    errors = [estimate_mean(w, "y", design).table["std_error"].item() for w in waves]
    assert change.table["std_error"].item() == pytest.approx(np.hypot(*errors))
    assert change.table["n_overlap"].item() == 0


def test_a_small_wave_beside_a_large_one_has_its_own_degrees_of_freedom():
    rng = np.random.default_rng(8)
    small, large = (pd.DataFrame({"y": rng.normal(size=n)}) for n in (35, 900))
    row = estimate_change(small, large, "y", Design(), id=None).table.iloc[0]
    parts = [w["y"].var() / len(w) for w in (small, large)]
    df = sum(parts) ** 2 / (parts[0] ** 2 / 34 + parts[1] ** 2 / 899)
    assert 34 < df < 40
    assert row["ci_high"] - row["estimate"] == pytest.approx(stats.t.ppf(0.975, df) * row["std_error"], rel=1e-9)
    alike = estimate_change(large, large.assign(y=large["y"] + 1), "y", Design(), id=None).table.iloc[0]
    assert alike["ci_high"] - alike["estimate"] == pytest.approx(
        stats.t.ppf(0.975, 2 * 899 - 1) * alike["std_error"], rel=1e-9
    )

import re
import warnings

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError, UntrustedWarning
from workbench.estimation import Design
from workbench.nps import net_promoter_score, nps_change


@pytest.mark.parametrize("year", [2017, 2018])
@pytest.mark.parametrize(
    ("interval", "name"),
    [
        ("wald", "wald_z"),
        ("adjusted_wald", "adjusted_wald_3"),
        ("score", "score_tango"),
        ("bootstrap", "exact_percentile_bootstrap"),
    ],
)
def test_sfo_unweighted(reference, year, interval, name):
    expected = reference.numbers("nps")[f"sfo{year}"]
    row = net_promoter_score(reference.data(f"sfo_{year}"), "NETPRO", interval=interval).table.iloc[0]
    assert row["nps"] == pytest.approx(expected["nps_points"], rel=1e-10)
    assert row["ci_low"] == pytest.approx(100 * expected[name]["lo"], rel=1e-7)
    assert row["ci_high"] == pytest.approx(100 * expected[name]["hi"], rel=1e-7)
    assert row["std_error"] == pytest.approx(100 * expected["se_wald"], rel=1e-10)
    assert row["n"] == expected["n"] and row["n_effective"] == expected["n"]


@pytest.mark.parametrize("year", [2017, 2018])
@pytest.mark.parametrize(
    ("name", "design"),
    [
        ("weights_only", Design(weight="WEIGHT")),
        (
            "weights_cluster_RUNID_strata_STRATA",
            Design(weight="WEIGHT", psu="flight", stratum="S", psu_labels="within_stratum"),
        ),
    ],
)
def test_sfo_under_a_design(reference, year, name, design):
    expected = reference.numbers("nps")["weighted"][f"sfo{year}_{name}"]
    row = net_promoter_score(reference.wave(year), "NETPRO", design).table.iloc[0]
    got = row[["nps", "std_error", "ci_low", "ci_high"]].to_numpy(dtype=float) / 100
    np.testing.assert_allclose(
        got, [expected["nps"], expected["se"], expected["ci_t"]["lo"], expected["ci_t"]["hi"]], rtol=1e-8
    )


def test_unknown_codes_never_become_promoters(reference):
    trap = reference.numbers("nps")["TRAP_sfo2017_blank11_as_promoter"]
    data = reference.data("sfo_2017")
    data["NETPRO"] = data["NETPRO"].fillna(11)
    with pytest.raises(InputError, match="11 "):
        net_promoter_score(data, "NETPRO")
    row = net_promoter_score(data, "NETPRO", not_answered=[11]).table.iloc[0]
    assert row["nps"] < 100 * trap["nps"] - 1.5


def test_bases_are_suppressed_and_flagged():
    data = pd.DataFrame({"recommend": [10] * 150, "region": ["a"] * 100 + ["b"] * 40 + ["c"] * 10})
    result = net_promoter_score(data, by="region")
    assert result.table["note"].tolist() == ["", "small base", "suppressed"]
    assert np.isnan(result.table["nps"].iloc[2]) and result.table["n"].tolist() == [100, 40, 10]
    assert result.table["ci_low"].iloc[0] < 100
    assert any("suppressed" in n.message.text("en") for n in result.notes)
    assert "样本过少" in result.to_html("zh-CN") and result.plot("zh-CN").axes
    settable = net_promoter_score(data, by="region", minimum_base=5, flag_base=20).table
    assert settable["note"].tolist() == ["", "", "small base"]
    with pytest.warns(UntrustedWarning):
        net_promoter_score(data.head(10))


def test_everybody_agrees_under_a_design():
    data = pd.DataFrame({"recommend": [9] * 200, "w": 1.0, "s": [1, 2] * 100})
    row = net_promoter_score(data, design=Design(weight="w", stratum="s")).table.iloc[0]
    assert row["ci_low"] < 100 and row["ci_high"] == 100


def test_groups_are_domains():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {"recommend": rng.integers(0, 11, 400), "g": rng.choice(["a", "b"], 400), "w": rng.uniform(1, 3, 400)}
    )
    table = net_promoter_score(data, design=Design(weight="w"), by="g").table
    for row in table.itertuples():
        part = data[data["g"] == row.g]
        points = np.where(part["recommend"] >= 9, 100, np.where(part["recommend"] <= 6, -100, 0))
        assert row.nps == pytest.approx(np.average(points, weights=part["w"]))
        assert row.promoters + row.passives + row.detractors == pytest.approx(1)


def test_clusters_widen_the_interval():
    rng = np.random.default_rng(2)
    flight = np.repeat(np.arange(40), 20)
    score = np.clip(np.round(8 + rng.normal(0, 2, 40)[flight] + rng.normal(0, 1, 800)), 0, 10)
    data = pd.DataFrame({"recommend": score, "flight": flight})
    plain, clustered = (
        net_promoter_score(data, design=d).table["std_error"].item() for d in (None, Design(psu="flight"))
    )
    assert clustered > 2 * plain


def test_errors():
    data = pd.DataFrame({"recommend": [10, 3]})
    with pytest.raises(InputError, match="needs a design"):
        net_promoter_score(data, interval="design")
    with pytest.raises(InputError, match="knows no weights"):
        net_promoter_score(data, design=Design(), interval="bootstrap")
    with pytest.raises(InputError, match="one of adjusted_wald"):
        net_promoter_score(data, interval="exact")


def test_coverage_under_a_clustered_design():
    rng = np.random.default_rng(8)
    effects = rng.normal(0, 1, 2000)
    probabilities = np.clip(0.5 + 0.15 * effects, 0.02, 0.95), np.clip(0.2 - 0.1 * effects, 0.02, 0.5)
    truth = 100 * float((probabilities[0] - np.minimum(probabilities[1], 1 - probabilities[0])).mean())
    hits = 0
    for _ in range(400):
        stores = rng.choice(2000, 40, replace=False)
        p = np.repeat(probabilities[0][stores], 15)
        d = np.repeat(np.minimum(probabilities[1], 1 - probabilities[0])[stores], 15)
        u = rng.random(600)
        data = pd.DataFrame(
            {"recommend": np.where(u < p, 10, np.where(u > 1 - d, 2, 8)), "store": np.repeat(stores, 15)}
        )
        row = net_promoter_score(data, design=Design(psu="store")).table.iloc[0]
        hits += row["ci_low"] <= truth <= row["ci_high"]
    assert 0.92 <= hits / 400 <= 0.98


def survey(n=200):
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "recommend": rng.integers(0, 11, n).astype(object),
            "region": rng.choice(["n", "s"], n),
            "service": rng.integers(1, 6, n),
        }
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (11, "11 \\(1 rows\\)"),
        (-1, "-1 \\(1 rows\\)"),
        (7.5, "7.5 \\(1 rows\\)"),
        ("十分", "十分"),
        (float("inf"), "infinite"),
    ],
)
def test_one_wrong_answer_is_named_and_the_others_are_unharmed(value, said):
    data = survey()
    good = net_promoter_score(data.iloc[1:]).table
    data.loc[0, "recommend"] = value
    with pytest.raises(InputError, match=said):
        net_promoter_score(data)
    # quarantined, that is missing, it changes nothing else
    data.loc[0, "recommend"] = None
    kept = net_promoter_score(data)
    pd.testing.assert_frame_equal(kept.table, good, rtol=1e-4)
    assert kept.table["nps"].item() == good["nps"].item() and kept.table["ci_low"].item() == good["ci_low"].item()
    assert any("1 row has no answer" in n.message.text("en") for n in kept.notes)


def test_a_scale_of_0_to_100_is_recognised():
    data = survey().assign(recommend=lambda t: t["recommend"].astype(float) * 10)
    with pytest.raises(InputError, match="0–100 scale"):
        net_promoter_score(data)


@pytest.mark.parametrize("answer", [0, 8, 10])
def test_a_wave_of_one_answer_has_an_interval_that_does_not_collapse(answer):
    data = survey().assign(recommend=answer, weight=1.0)
    for design in (None, Design(weight="weight"), Design(weight="weight", stratum="region")):
        row = net_promoter_score(data, design=design).table.iloc[0]
        assert row["ci_high"] - row["ci_low"] > 0.5 and -100 <= row["ci_low"] <= row["nps"] <= row["ci_high"] <= 100
    change = nps_change(data, data.assign(recommend=9)).table.iloc[0]
    assert np.isfinite(change["estimate"])


def test_the_plain_interval_says_that_it_is_too_short():
    data = pd.DataFrame({"recommend": [10] * 90 + [3] * 30})
    said = {
        kind: [n.message.template for n in net_promoter_score(data, interval=kind).notes] for kind in ("wald", "score")
    }
    assert any("too short" in s for s in said["wald"]) and not any("too short" in s for s in said["score"])


def test_nobody_and_a_single_answer():
    """Nobody: a base of 0 and nothing else; one answer: an NPS without an interval, so none that excludes it."""
    data = pd.DataFrame({"g": ["a"] * 40 + ["one", "none"], "recommend": [10, 9, 3, 8] * 10 + [10, np.nan]})
    for design in (None, Design()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UntrustedWarning)
            table = net_promoter_score(data, design=design, by="g", minimum_base=1).table.set_index("g")
        assert table["note"].to_dict() == {"a": "small base", "none": "no answers", "one": "small base"}
        assert table.loc["none", "n"] == 0
        assert table.loc["none", ["nps", "promoters", "std_error", "ci_low", "n_effective", "mean"]].isna().all()
        assert table.loc["one", "nps"] == 100
        assert table.loc["one", ["std_error", "ci_low", "ci_high", "mean_std_error"]].isna().all()
        assert table.loc["a", "ci_low"] < 25 < table.loc["a", "ci_high"]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("answer", [10, 8, 3])
def test_an_interval_holds_its_own_estimate(count, answer):
    line = net_promoter_score(pd.DataFrame({"recommend": [answer] * count}), minimum_base=1).table.iloc[0]
    assert line["ci_low"] <= line["nps"] <= line["ci_high"]
    assert line["ci_low"] < line["ci_high"]


def test_labels_say_the_level_of_the_interval():
    answers = pd.DataFrame({"recommend": [10, 9, 3, 8, 10] * 20})
    shown = net_promoter_score(answers, "recommend", confidence=0.8).to_html("en")
    assert "Low (80 %)" in shown
    assert "95" not in re.sub(r"data-value=\"[^\"]*\"", "", shown).split("</thead>")[0]

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError, UntrustedWarning
from workbench.sampling import sample_size

CASES = Path(__file__).resolve().parents[1] / "reference" / "survey" / "cases"


def _case(name):
    path = CASES / f"{name}.json"
    if not path.exists():
        pytest.skip("the shared reference folder is not here")
    return {r["name"]: r for r in json.loads(path.read_text(encoding="utf-8"))["results"]}


def test_krejcie_and_morgan():
    table = _case("krejcie_morgan_1970")["table"]
    for population, published, exact in zip(table["N"], table["s"], table["formula_unrounded"], strict=True):
        rule = sample_size(0.05, population=population).rule
        assert rule.completes(0.05) == pytest.approx(exact, rel=2e-4)  # they use chi-square 3.841 for 3.8415
        assert round(rule.completes(0.05)) == published


def test_practools():
    case = _case("samplesize_practools_open")
    curve = case["nPropMoe(moe.sw=1,e=seq(0.01,0.08,0.01),alpha=0.05,pU=0.5)"]["value"]
    found = [sample_size(e / 100).rule.completes(e / 100) for e in range(1, 9)]
    assert found == pytest.approx(curve, rel=1e-9)
    one = sample_size(0.01, proportion=0.04).rule.completes(0.01)
    assert one == pytest.approx(case["nPropMoe(moe.sw=1,e=0.01,alpha=0.05,pU=0.04,N=Inf)"]["value"], rel=1e-9)
    relative = sample_size(0.025, proportion=0.5).rule.completes(0.025)
    assert relative == pytest.approx(case["nPropMoe(moe.sw=2,e=0.05,alpha=0.05,pU=0.5)"]["value"], rel=1e-9)
    mean = sample_size(0.05, target="mean", std_dev=math.sqrt(2)).rule.completes(0.05)
    assert mean == pytest.approx(case["nContMoe(moe.sw=1,e=0.05,alpha=0.05,S2=2)"]["value"], rel=1e-9)
    finite = sample_size(0.05, target="mean", std_dev=math.sqrt(2), population=200).rule.completes(0.05)
    assert finite == pytest.approx(case["nContMoe(moe.sw=1,e=0.05,alpha=0.05,S2=2,N=200)"]["value"], rel=1e-9)
    total = sample_size(10, target="total", std_dev=2, population=200).rule.completes(10)
    assert total == pytest.approx(case["nContMoe(moe.sw=2,e=0.05,alpha=0.05,CVpop=2,N=200)"]["value"], rel=1e-9)
    paired = case["nDep2sam(S2x=200,S2y=200,g=0.75,r=1,rho=0.9,alt='one.sided',del=5,sig.level=0.05,pow=0.80)"]
    two_sided = sample_size(
        5, target="difference", std_dev=math.sqrt(200), confidence=0.90, power=0.8, overlap=0.75, correlation=0.9
    )
    assert two_sided.completes == paired["n1"]


def test_nps_worst_case_and_known_shares():
    # 1.96² · 100² · 1 / 5²
    assert sample_size(5, target="nps").completes == 1537
    # 1.96² · 100² · (0.65 − 0.25²) / 5²
    assert sample_size(5, target="nps", proportion=(0.45, 0.20)).completes == math.ceil(1536.584 * (0.65 - 0.0625))


@pytest.mark.parametrize(("margin", "target"), [(5, "proportion"), (1, "proportion"), (200, "nps"), (0, "nps")])
def test_a_margin_is_in_the_unit_of_its_target(margin, target):
    with pytest.raises(InputError, match=r"share below 1|in points|positive"):
        sample_size(margin, target=target)


def test_asking_everybody_has_no_margin():
    size = sample_size(0.001, population=500)
    assert size.margin_for(500) == pytest.approx(0, abs=1e-9)
    assert size.completes <= 500


def test_response_rate_and_impossible_margins():
    assert sample_size(0.03, response_rate=0.25).invitations == 4 * sample_size(0.03).completes
    with pytest.warns(UntrustedWarning, match="cannot be reached"):
        size = sample_size(0.03, population=1500, response_rate=0.25)
    assert [n.severity for n in size.notes] == ["warning"]


@given(
    st.floats(0.005, 0.2), st.integers(50, 10**8), st.floats(0.5, 4), st.sampled_from(["proportion", "nps", "total"])
)
def test_size_and_margin_are_inverse(margin, population, deff, target):
    scale = {"proportion": 1, "nps": 100, "total": population}[target]
    size = sample_size(
        margin * scale,
        target=target,
        population=population,
        design_effect=deff,
        **({"std_dev": 0.7} if target == "total" else {}),
    )
    exact = size.rule.completes(margin * scale)
    assert 0 < exact <= population
    assert size.rule.margin(exact) == pytest.approx(margin * scale, rel=1e-6)
    assert size.margin_for(size.completes) <= margin * scale * (1 + 1e-9)


def test_a_difference_holds_its_power():
    size = sample_size(0.08, target="difference", power=0.8, proportion=0.5)
    rng = np.random.default_rng(3)
    n = size.completes
    first, second = rng.binomial(n, 0.46, 8000) / n, rng.binomial(n, 0.54, 8000) / n
    error = np.sqrt((first * (1 - first) + second * (1 - second)) / n)
    assert np.mean(np.abs(second - first) > 1.96 * error) == pytest.approx(0.8, abs=0.02)


def test_a_margin_holds_its_coverage():
    size = sample_size(4, target="nps", proportion=(0.45, 0.2))
    rng = np.random.default_rng(5)
    counts = rng.multinomial(size.completes, [0.45, 0.35, 0.2], 8000)
    scores = 100 * (counts[:, 0] - counts[:, 2]) / size.completes
    assert np.mean(np.abs(scores - 25) <= 4) == pytest.approx(0.95, abs=0.01)


def test_overlap_in_a_finite_population_is_the_exact_variance():
    # two waves of 3 of 6 with 2 in both, by hand: 2 S² [(1 − γρ)/n − (1 − ρ)/N] · z²
    rule = sample_size(1, target="difference", std_dev=1, population=6, overlap=2 / 3, correlation=0.5).rule
    assert rule.margin(3) == pytest.approx(1.959964 * math.sqrt(2 * ((1 - 1 / 3) / 3 - 0.5 / 6)), rel=1e-6)


@pytest.mark.parametrize(
    "arguments",
    [
        {"margin": 0},
        {"margin": -1},
        {"target": "median"},
        {"confidence": 1.0},
        {"response_rate": 0},
        {"proportion": 1.2},
        {"target": "mean"},
        {"target": "total", "std_dev": 1},
        {"power": 0.8},
        {"population": 0},
        {"target": "nps", "proportion": (0.9, 0.3)},
        {"std_dev": 1.0},
        {"overlap": 0.5},
        {"target": "nps", "proportion": (0.0, 0.0)},
        {"design_effect": 0},
    ],
)
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(InputError):
        sample_size(**{"margin": 0.05, **arguments})


def test_table_cost_and_picture():
    size = sample_size(0.05, response_rate=0.5).with_cost(per_invitation=1, per_complete=10, fixed=100)
    row = size.table.set_index("margin").loc[0.05]
    assert row["cost"] == 100 + 770 + 3850
    assert size.table["completes"].is_monotonic_decreasing
    assert "±" in size.to_html("zh-CN")
    assert size.plot("zh-CN").axes
    assert sample_size(3, target="nps").plot("en").axes
    with pytest.raises(InputError):
        size.margin_for(0)

import pandas as pd
import pytest

from workbench.estimation import Design
from workbench.nps import nps_change


def test_sfo_three_ways(reference):
    """−8.9 unweighted, −5.3 weighted, and p just below 0.05 once flights are clusters."""
    numbers = reference.numbers("nps")
    waves = reference.wave(2017), reference.wave(2018)
    plain = nps_change(*waves, column="NETPRO").table.iloc[0]
    assert plain["estimate"] == pytest.approx(100 * numbers["two_wave_unweighted"]["diff"], rel=1e-9)
    assert plain["p_value"] == pytest.approx(numbers["two_wave_unweighted"]["welch_t"]["p"], rel=1e-2)
    designs = {
        "weights_only_strata_wave": Design(weight="WEIGHT"),
        "weights_cluster_RUNID_strata_wave_x_STRATA": Design(
            weight="WEIGHT", psu="flight", stratum="S", psu_labels="within_stratum"
        ),
    }
    for name, design in designs.items():
        expected = numbers["two_wave_weighted"][name]
        row = nps_change(*waves, design, column="NETPRO").table.iloc[0]
        assert row["estimate"] == pytest.approx(100 * expected["diff"], rel=1e-8)
        assert row["std_error"] == pytest.approx(100 * expected["se"], rel=1e-8)
        assert row["p_value"] == pytest.approx(expected["p"], rel=1e-7)
        assert row["ci_low"] == pytest.approx(100 * expected["lo"], rel=1e-7)


def test_sfo_by_destination_with_holm(reference):
    groups = reference.numbers("nps")["by_destmark_change"]["groups"]
    waves = (
        w.assign(market="DESTMARK" + w["DESTMARK"].astype("Int64").astype(str))
        for w in (reference.wave(2017), reference.wave(2018))
    )
    table = nps_change(*waves, column="NETPRO", by="market").table.set_index("market")
    for name, expected in groups.items():
        assert table.loc[name, "estimate"] == pytest.approx(100 * expected["diff"], rel=1e-8)
        assert table.loc[name, "n"] == expected["n2"]
    assert table.loc["DESTMARK2", "verdict"] == "down"
    assert table.loc["DESTMARK1", "verdict"] == "no clear change"


@pytest.mark.parametrize("measure", ["net", "mean", "top2"])
def test_same_respondents_twice(reference, measure):
    from workbench.estimation import estimate_change

    expected = reference.numbers("overlap")[measure]
    data = reference.data("sfo_2017")
    value = {
        "net": lambda v: (v == 5).astype(float) - (v < 4),
        "mean": lambda v: v,
        "top2": lambda v: (v >= 4).astype(float),
    }[measure]
    parts = [
        pd.DataFrame({"id": d["RESPNUM"], "y": value(d[c])})
        for c in ("Q7ALL", "Q9ALL")
        for d in [data[data[c].between(1, 5)]]
    ]
    row = estimate_change(*parts, "y", Design(), id="id").table.iloc[0]
    assert row["estimate"] == pytest.approx(expected["diff"], rel=1e-9)
    assert row["std_error"] == pytest.approx(expected["se_formula"], rel=1e-9)
    assert row["n_overlap"] == expected["n_overlap"]


def test_codes_for_no_answer():
    wave = pd.DataFrame({"recommend": [10, 0, 99] * 40})
    change = nps_change(wave, wave, not_answered=[99])
    assert change.table["n"].item() == 80
    assert any("not counted" in n.message.text("en") for n in change.notes)

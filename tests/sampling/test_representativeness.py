import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.errors import InputError
from workbench.sampling import Frame, Stratified, compare_with_frame, conditioning_check, draw, r_indicator
from workbench.sampling.representativeness import few_valued

CUSTOMERS = pd.DataFrame(
    {"customer_id": [f"C{i:03d}" for i in range(400)], "region": ["n", "n", "n", "s"] * 100, "kind": ["a", None] * 200}
)
FRAME = Frame(CUSTOMERS, stratum="region")


def test_weights_bring_a_stratified_sample_back_to_the_frame():
    sample = draw(FRAME, Stratified({"n": 20, "s": 60}), salt="s")
    raw = compare_with_frame(FRAME, sample.table, "region").table
    assert raw["share"].tolist() == [0.25, 0.75]
    weighted = compare_with_frame(FRAME, sample.table, "region", weight="base_weight")
    assert weighted.table["share"].to_numpy() == pytest.approx([0.75, 0.25])
    assert weighted.table["difference"].to_numpy() == pytest.approx([0, 0], abs=1e-12)
    assert raw["difference"][0] == pytest.approx((0.25 - 0.75) / np.sqrt(0.75 * 0.25))


def test_missing_values_and_strangers():
    chosen = pd.DataFrame({"customer_id": ["C000", "C001", "nobody"]})
    result = compare_with_frame(FRAME, chosen, ["kind", "region"])
    assert result.table.loc[result.table["variable"] == "kind", "n"].tolist() == [1, 1]
    assert any("1 of those compared" in n.message.text("en") for n in result.notes)
    assert result.plot("zh-CN").axes
    with pytest.raises(InputError, match="customers of the frame"):
        compare_with_frame(FRAME, chosen.tail(1), "region")
    with pytest.raises(InputError):
        compare_with_frame(FRAME, chosen, "nope")


def test_r_indicator_by_hand():
    groups = pd.DataFrame(
        {"stratum": ["a", "b", "c"], "population": [500, 300, 200], "invited": [50, 30, 0], "answered": [25, 6, 0]}
    )
    result = r_indicator(groups)
    mean = (500 * 0.5 + 300 * 0.2) / 800
    spread = (500 * (0.5 - mean) ** 2 + 300 * (0.2 - mean) ** 2) / 799
    assert result.r_indicator == pytest.approx(1 - 2 * np.sqrt(spread))
    assert result.table["partial"].iloc[0] == pytest.approx(np.sqrt(5 / 8) * (0.5 - mean))
    assert len(result.notes) == 1
    even = groups.assign(answered=[10, 6, 0])
    assert r_indicator(even).r_indicator == pytest.approx(1)
    with pytest.raises(InputError):
        r_indicator(groups.assign(answered=99))


def test_conditioning_is_welchs_test():
    rng = np.random.default_rng(2)
    answers = pd.DataFrame({"score": rng.normal(7, 2, 90), "joined_wave": ["q1"] * 60 + ["q2"] * 30})
    table = conditioning_check(answers, "score", wave="q2").table
    old, new = answers["score"][:60], answers["score"][60:]
    expected = stats.ttest_ind(old, new, equal_var=False)
    row = table.iloc[2]
    assert row["p_value"] == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    with pytest.raises(InputError):
        conditioning_check(answers.head(61), "score", wave="q2")


def test_columns_with_few_values_among_the_eligible():
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "region": ["n", "s", "w"]})
    assert few_valued(people, ["customer_id", "region"], most=2) == []
    assert few_valued(Frame(people, eligible="region <> 'w'"), ["region"], most=2) == ["region"]
    assert few_valued(people, []) == []


def test_without_variables_there_is_nothing_to_compare_and_that_is_said():
    customers = pd.DataFrame({"customer_id": ["a", "b"]})
    found = compare_with_frame(customers, customers.head(1), [])
    assert found.table.empty and "frame_share" in found.table
    assert "Nothing is known" in str(found.notes[0].message)

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.weighting import outcome_rates
from workbench.weighting.dispositions import DISPOSITIONS
from workbench.weighting.outcomes import RATES


def contacts_of(counts):
    rows = [code for code, n in counts.items() for _ in range(n)]
    return pd.DataFrame({"customer_id": [f"c{i:05d}" for i in range(len(rows))], "disposition": rows})


def test_aapor_readme_outcomerate(reference):
    case = reference("aapor_readme")
    rates = case.results["rates"]["rates"]
    table = outcome_rates(contacts_of(case.case["design"]["dispositions"])).table
    assert table["eligibility"].item() == pytest.approx(0.9, rel=1e-12)
    for name in RATES:
        assert table[name].item() == pytest.approx(rates[name], rel=1e-12), name


@settings(max_examples=40)
@given(st.lists(st.sampled_from(sorted(DISPOSITIONS)), min_size=1, max_size=60))
def test_rates_are_shares_and_ordered(codes):
    table = outcome_rates(
        contacts_of({})
        if not codes
        else pd.DataFrame({"customer_id": [str(i) for i in range(len(codes))], "disposition": codes})
    ).table
    values = table[list(RATES)].to_numpy(dtype=float)
    values = values[~np.isnan(values)]
    assert ((values >= 0) & (values <= 1)).all()
    row = table.iloc[0]
    if row["RR1"] == row["RR1"]:
        assert row["RR1"] <= row["RR2"] and not row["RR1"] > row["RR3"] + 1e-12
    if row["RR5"] == row["RR5"] and row["RR3"] == row["RR3"]:
        assert row["RR3"] <= row["RR5"] + 1e-12


def test_strongest_attempt_decides_then_the_latest():
    contacts = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", "c", "c"],
            "attempted_at": pd.to_datetime(
                ["2026-05-02", "2026-05-01", "2026-05-01", "2026-05-02", "2026-05-01", "2026-05-02"]
            ),
            "disposition": ["no answer", "completed", "refused", "空号", "完成", "拒访"],
            "mode": ["phone", "web", "phone", "phone", "web", "phone"],
        }
    )
    result = outcome_rates(contacts, by="mode")
    assert result.final.set_index("customer_id")["disposition"].to_dict() == {"a": "I", "b": "NE", "c": "I"}
    assert result.table.set_index("mode")["asked"].to_dict() == {"phone": 1, "web": 2}
    assert result.final["attempts"].tolist() == [2, 2, 2]


def test_groups_add_up_to_the_whole():
    contacts = contacts_of({"I": 7, "R": 5, "NC": 4, "UO": 3, "NE": 2}).assign(region=lambda d: d.index % 3)
    by, whole = outcome_rates(contacts, by="region").table, outcome_rates(contacts).table
    for code in DISPOSITIONS:
        assert by[code].sum() == whole[code].item()


def test_unknown_dispositions_are_named_and_never_counted_as_answers():
    contacts = pd.DataFrame({"customer_id": ["a", "b"], "disposition": ["completd", "1.1"]})
    with pytest.raises(InputError, match=r"(?s)'completd' \(1 rows\).*did you mean 'completed'"):
        outcome_rates(contacts)
    with pytest.raises(InputError, match="接通 does not say"):
        outcome_rates(pd.DataFrame({"customer_id": ["a"], "disposition": ["接通"]}))
    with pytest.raises(InputError, match="1 rows without a disposition"):
        outcome_rates(pd.DataFrame({"customer_id": ["a", "b"], "disposition": ["I", None]}))
    with pytest.raises(InputError, match=r"'5.1'"):
        outcome_rates(pd.DataFrame({"customer_id": ["a"], "disposition": ["5.1"]}))


def test_input_is_not_changed_and_result_shows_itself():
    contacts = contacts_of({"I": 3, "R": 1, "UH": 4})
    before = contacts.copy()
    result = outcome_rates(contacts)
    pd.testing.assert_frame_equal(contacts, before)
    assert "应答" in result.to_html("zh-CN") or "AAPOR" in result.to_html("zh-CN")
    assert result.plot("zh-CN").axes

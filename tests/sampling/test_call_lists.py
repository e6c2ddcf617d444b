import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.sampling import Frame, Stratified, call_lists, draw, invitation_ids, without_formulas

KEY = "0123456789abcdef"
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(100)],
        "region": ["n", "n", "n", "s"] * 25,
        "phone": [f"+86 1{i:03d}" for i in range(100)],
        "name": ["=cmd()", "李雷"] * 50,
    }
)
SAMPLE = draw(
    Frame(CUSTOMERS, stratum="region", carry=["phone", "name"]), Stratified({"n": 9, "s": 6}, reserve=0.5), salt="s"
)


def test_no_customer_id_leaves():
    lists = call_lists(SAMPLE, wave="q1", key=KEY, columns=["phone", "name"], interviewers=["Wang", "Zhao"])
    for table in (lists.calls, lists.reserve):
        text = table.to_csv()
        assert not any(i in text for i in CUSTOMERS["customer_id"])
    assert len(lists.calls) == 15
    assert len(lists.reserve) == 8
    back = lists.calls.merge(lists.key, on="invitation_id")
    assert back["customer_id"].tolist() == SAMPLE.table["customer_id"].tolist()
    assert lists.calls["phone"].str.startswith("'+86").all()
    assert sorted(lists.calls["interviewer"].value_counts()) == [7, 8]
    assert len(lists.for_interviewer("Wang")) in (7, 8)


def test_modes_by_stratum():
    lists = call_lists(SAMPLE, wave="q1", key=KEY, mode={"n": "phone", "s": "web"})
    assert set(lists.calls.loc[lists.calls["stratum"] == "s", "mode"]) == {"web"}
    with pytest.raises(InputError, match="has a mode"):
        call_lists(SAMPLE, wave="q1", key=KEY, mode={"n": "phone"})


@pytest.mark.parametrize(
    "arguments", [{"key": "short"}, {"wave": ""}, {"columns": ["customer_id"]}, {"columns": ["email"]}]
)
def test_bad_arguments(arguments):
    with pytest.raises(InputError):
        call_lists(SAMPLE, **{"wave": "q1", "key": KEY, **arguments})


def test_repeated_ids_are_refused():
    with pytest.raises(InputError, match="of his own"):
        invitation_ids(["a", "a"], wave="q1", key=KEY)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5))
def test_nothing_starts_a_formula(values):
    before = pd.DataFrame({"x": values})
    after = without_formulas(before)
    assert not any(str(v)[:1] in set("=+-@\t\r\n") and str(v) for v in after["x"])
    assert before["x"].tolist() == values


def test_a_table_with_its_reserve_serves_as_well():
    both = pd.concat([SAMPLE.table.assign(reserve=False), SAMPLE.reserve.assign(reserve=True)]).sample(
        frac=1, random_state=1
    )
    lists, same = call_lists(both, wave="q1", key=KEY), call_lists(SAMPLE, wave="q1", key=KEY)
    assert set(lists.calls["invitation_id"]) == set(same.calls["invitation_id"])
    assert set(lists.reserve["invitation_id"]) == set(same.reserve["invitation_id"])


def test_modes_by_customer():
    modes = pd.Series("web", index=CUSTOMERS["customer_id"])
    modes[SAMPLE.table["customer_id"].iloc[0]] = "phone"
    assert call_lists(SAMPLE, wave="q1", key=KEY, mode=modes).calls["mode"].tolist() == ["phone"] + ["web"] * 14

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.membership import among

IDS = st.lists(st.sampled_from(["C1", "C2", "客户", "", None]), max_size=8)


@given(IDS, IDS, st.sampled_from(["str", "object"]), st.sampled_from(["str", "object"]))
def test_it_is_what_pandas_says(ids, others, kind, other_kind):
    left, right = pd.Series(ids, dtype=kind), pd.Series(others, dtype=other_kind)
    # with texts of Python, pandas tells one kind of blank from another
    assert among(left, right).tolist() == left.astype("str").isin(right.astype("str")).tolist()


def test_the_rows_keep_their_index_and_others_may_be_any_texts():
    ids = pd.Series(["C1", "C2"], index=[7, 3], name="customer_id")
    for others in (["C2"], {"C2"}, iter(["C2", "C2"]), pd.Series(["C2"], index=[9])):
        found = among(ids, others)
        assert found.to_dict() == {7: False, 3: True} and found.name == "customer_id"


@pytest.mark.parametrize("others", [pd.Series([1, 2]), pd.Series([], dtype=object), []])
def test_ids_of_another_type_are_nobodys(others):
    assert not among(pd.Series(["1", "2"]), others).any()

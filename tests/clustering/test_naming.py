from hypothesis import given
from hypothesis import strategies as st

from workbench.clustering.naming import distinct, propose_name
from workbench.core.language import message

level = st.floats(-3, 3)


@given(st.fixed_dictionaries({"recency_days": level, "frequency": level, "monetary": level, "tenure_days": level}))
def test_every_profile_has_a_name_in_both_languages(levels):
    name = propose_name(levels)
    assert name.text("en")
    assert name.text("zh-CN") != name.text("en")


def test_names():
    assert str(propose_name({})) == "Regular customers"
    assert str(propose_name({"recency_days": 1, "frequency": 1})) == "Lapsed regulars"
    assert str(propose_name({"tenure_days": -1.5, "frequency": -0.2})) == "New customers"
    assert str(propose_name({"monetary": 1.0})) == "Occasional big spenders"


def test_names_are_distinct():
    same = [message("New customers")] * 3
    assert len({str(n) for n in distinct(same)}) == 3

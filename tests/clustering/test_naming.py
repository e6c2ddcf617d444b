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


def test_segments_of_ratings_are_named_by_what_sets_them_apart():
    assert str(propose_name({"staff": 1.0, "price": 0.8})) == "High throughout"
    assert str(propose_name({"staff": -1.0, "price": -0.8})) == "Low throughout"
    assert str(propose_name({"staff": 0.2, "price": -0.8})) == "price low"
    assert str(propose_name({"staff": 0.9})) == "staff high"
    assert str(propose_name({"staff": 0.5, "stock": 0.6, "price": -0.7})) == "stock high, price low"


def test_names_are_distinct():
    same = [message("New customers")] * 3
    assert len({str(n) for n in distinct(same)}) == 3


def test_names_hold_in_absolute_terms():
    """Relative levels alone called customers regular who had been silent for 932 days."""
    near = {"recency_days": 0.0, "frequency": 0.0}
    assert str(propose_name(near, {"recency_days": 932.0, "frequency": 1.0})) == "Lapsed occasional buyers"
    often = {"recency_days": -0.2, "frequency": 1.2, "monetary": 1.0}
    assert str(propose_name(often, {"recency_days": 221.0, "frequency": 9.0})) == "Lapsed regulars"
    assert str(propose_name(often, {"recency_days": 20.0, "frequency": 9.0})) == "Frequent big spenders"
    assert str(propose_name(often, {"recency_days": 20.0, "frequency": 1.0})) == "Occasional big spenders"
    assert "Lapsed" not in str(propose_name({"recency_days": 2.0, "frequency": 0.5}, {"recency_days": 25.0}))
    assert str(propose_name({"tenure_days": -1.5}, {"tenure_days": 1500.0})) != "New customers"


@given(
    st.fixed_dictionaries({"recency_days": level, "frequency": level, "monetary": level, "tenure_days": level}),
    st.floats(0, 2000),
    st.floats(1, 50),
)
def test_no_name_contradicts_what_the_segment_does(levels, days, times):
    name = str(propose_name(levels, {"recency_days": days, "frequency": times}))
    if name.startswith(("Regular", "Frequent")):
        assert days <= 180 and times >= 3
    if name.startswith("Lapsed"):
        assert days > 60

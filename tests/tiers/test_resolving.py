import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core import InputError
from workbench.core.engine import as_table
from workbench.tiers import TierRules, grade
from workbench.tiers.resolving import resolve


def rules(threshold, **more):
    return TierRules.of([{"name": "A", "minimum": {"v": threshold}}, {"name": "B"}], **more)


def people(values, **more):
    return pd.DataFrame({"customer_id": [f"{i:04d}" for i in range(len(values))], "v": values, **more})


@settings(max_examples=25)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=40), st.floats(0.05, 0.95))
def test_top_never_lets_in_more_than_the_share(values, share):
    frame = people(np.array(values, dtype=float))
    limit = resolve(rules({"top": share}), as_table(frame))["A"][0].value
    reached = (frame["v"] >= limit).sum()
    assert reached <= share * len(frame) + 1e-6 or limit == frame["v"].max()
    lower = frame.loc[frame["v"] < limit, "v"]
    if len(lower) and limit != frame["v"].max():  # the next lower value would let in too many
        assert (frame["v"] >= lower.max()).sum() > share * len(frame) - 1e-6


@settings(max_examples=25)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=40), st.floats(0.1, 0.95))
def test_pareto_brings_the_share_and_nobody_is_spare(values, share):
    frame = people(np.array(values, dtype=float))
    limit = resolve(rules({"pareto": share}), as_table(frame))["A"][0].value
    total, above = frame["v"].sum(), frame.loc[frame["v"] > limit, "v"].sum()
    assert frame.loc[frame["v"] >= limit, "v"].sum() >= share * total - 1e-6
    assert above < share * total + 1e-6


def test_shares_are_those_of_each_group():
    frame = people(np.arange(1.0, 101), region=["north"] * 50 + ["south"] * 50)
    found = grade(frame, rules({"top": 0.2}, by="region"))
    merged = found.table.merge(frame[["customer_id"]])
    assert (merged["tier"] == "A").groupby(merged["region"]).sum().tolist() == [10, 10]
    assert "among the highest 20%" in str(found.rules.tiers[0].requirement)


def test_one_group_of_its_own():
    frame = people([10.0, 10.0, 60.0], region=["north", "south", "south"])
    found = grade(frame, rules(50, by="region", variants={"north": {"A": {"v": 5}}}))
    assert found.table["tier"].tolist() == ["A", "B", "A"]
    assert "needs 50" in str(found.reasons()[1])


def test_refuses_totals_without_values_and_too_many_groups():
    with pytest.raises(InputError, match="needs values"):
        resolve(rules({"pareto": 0.8}), as_table(people([0.0, -5.0])))
    many = people(np.arange(300.0), region=[str(i) for i in range(300)])
    with pytest.raises(InputError, match="at most 200 groups"):
        resolve(rules({"top": 0.5}, by="region"), as_table(many))


@pytest.mark.parametrize(
    ("values", "share", "said"),
    [
        ([5.0] * 4 + [1.0] * 6, 0.4, True),
        ([0.0] * 10, 0.0, True),
        (list(range(10)), 0.1, False),
        ([3.0] + [0.0] * 9, 0.1, False),
    ],
)
def test_ties_are_not_parted_and_the_share_reached_is_told(values, share, said):
    """{top: 0.1} gave everybody the tier where all values were zero."""
    people = pd.DataFrame({"customer_id": [str(i) for i in range(10)], "v": values})
    rules = TierRules.of([{"name": "A", "minimum": {"v": {"top": 0.1}}}, {"name": "B"}])
    graded = grade(people, rules)
    assert graded.summary["share"].tolist()[0] == pytest.approx(share)
    told = [n for n in graded.notes if n.severity == "caution"]
    assert bool(told) == said
    if share == 0.4:
        assert told[0].message.values["reached"] == pytest.approx(0.4)
    if share == 0:
        assert "same" in str(graded.reasons()[0])


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_limit_is_reached_by_whom_it_was_taken_from(share):
    """To the last digit: a limit rounded to six of them lay above the best customer's value, and nobody was best."""
    values = [100.1234567, 100.12345649, 0.1 + 0.2, 0.12345678901234568, 1 / 3, 0.01, 0.02, 0.03, 0.04, 0.05]
    people = pd.DataFrame({"customer_id": [f"c{i}" for i in range(10)], "v": values})
    rules = TierRules.of([{"name": "A", "minimum": {"v": {"top": share}}}, {"name": "B"}])
    graded = grade(people, rules).table
    assert (graded["tier"] == "A").sum() == round(10 * share)


def test_values_beyond_any_decimal_have_a_limit():
    rules = TierRules.of([{"name": "A", "minimum": {"v": {"top": 0.25}}}, {"name": "B"}])
    found = resolve(rules, as_table(pd.DataFrame({"v": [1e24, 2e24, 3.0, 4.0]})))
    assert found["A"][0].value == 2e24

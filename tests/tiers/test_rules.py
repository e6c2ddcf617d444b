import pytest

from workbench.core import InputError
from workbench.tiers import TierRules


class Configured:
    """A tier as a configuration file gives it."""

    name, label, minimum, gets = "A", "High", {"amount_12m": 100.0}, "adviser"


def test_reads_objects_and_mappings():
    rules = TierRules.of([Configured(), {"name": "B"}])
    assert rules.names == ("A", "B")
    assert rules.tiers[0].gets == "adviser"
    assert str(rules.tiers[0].requirement) == "Spending in 12 months from 100"
    assert str(rules.tiers[1].requirement) == "everybody else"


@pytest.mark.parametrize(
    ("tiers", "rule"),
    [
        ([], "at least one tier"),
        ([{"name": "A", "minimum": {"x": 1}}, {"name": "A"}], "Names of tiers differ"),
        ([{"name": "A"}, {"name": "B", "minimum": {"x": 1}}], "takes everybody else"),
        ([{"name": "A"}, {"name": "B"}], "Only the last tier"),
        ([{"name": "A", "minimum": {"x": float("nan")}}, {"name": "B"}], "finite numbers"),
        ([{"name": "A", "minimum": {"x": "1"}}, {"name": "B"}], "finite number, "),
        ([{"name": "A", "minimum": {"x": 1}}, {"name": "B", "minimum": {"x": 2}}, {"name": "C"}], "ask for more"),
        (
            [{"name": "A", "minimum": {"x": 1}}, {"name": "B", "minimum": {"x": 1, "y": 2}}, {"name": "C"}],
            "can be reached",
        ),
        ([{"minimum": {"x": 1}}], "has a name"),
        ([{"name": "A", "minimun": {"x": 1}}], "has a name"),
    ],
)
def test_refuses_rules_that_are_not_sound(tiers, rule):
    with pytest.raises(InputError, match=rule):
        TierRules.of(tiers)


def test_unknown_is_one_of_two():
    with pytest.raises(InputError, match="passes or fails"):
        TierRules.of([{"name": "A"}], unknown="ignored")

import pytest

from workbench.core import InputError
from workbench.tiers import TierRules

A = {"name": "A", "minimum": {"amount_12m": 3000}}
B = {"name": "B", "minimum": {"amount_12m": 1000}}
C = {"name": "C"}


def test_bands_that_meet_are_sound():
    rules = TierRules.of([A, {**B, "below": {"amount_12m": 3000}}, {**C, "below": {"amount_12m": 1000}}])
    assert rules.names == ("A", "B", "C")


@pytest.mark.parametrize(
    ("tiers", "rule", "found"),
    [
        ([A, {**B, "below": {"amount_12m": 2500}}, C], "no gap", "2500 to 3000 is in neither B nor A"),
        ([A, {**B, "below": {"amount_12m": 3500}}, C], "do not overlap", "3000 to 3500 is in both B and A"),
        ([A, {**B, "below": {"orders_12m": 5}}, C], "next higher begins", "no fixed least value"),
        ([{**A, "minimum": {"x": {"top": 0.5}}}, {**B, "minimum": {"x": {"top": 0.2}}}, C], "ask for more", "top 0.2"),
        (
            [{**A, "maximum": {"days": 90}}, {"name": "B", "maximum": {"days": 30}, "minimum": {"z": 1}}, C],
            "ask for more",
            "up to 30",
        ),
        ([{"name": "A", "minimum": {"x": 5}, "maximum": {"x": 4}}, C], "not above its largest", "from 5 up to 4"),
        ([{**A, "maximum": {"days": {"top": 0.1}}}, C], "Only a least value", "maximum of days"),
    ],
)
def test_refuses(tiers, rule, found):
    with pytest.raises(InputError, match=rule) as error:
        TierRules.of(tiers)
    assert found in error.value.found


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"slack": 1.0}, "share below 1"),
        ({"grace_waves": -1}, "share below 1"),
        ({"variants": {"north": {"A": {"amount_12m": 5}}}}, "those of a column"),
        ({"by": "region", "variants": {"north": {"AA": {"amount_12m": 5}}}}, "a tier there is"),
        ({"by": "region", "variants": {"north": {"A": {"amount": 5}}}}, "the tier asks for"),
        ({"by": "region", "variants": {"north": {"A": {"amount_12m": 500}}}}, "ask for more"),
        ({"scores": {"s": {"x": {"weight": 0.3, "full": 1}}}}, "add up to 1"),
    ],
)
def test_refuses_options(options, rule):
    with pytest.raises(InputError, match=rule):
        TierRules.of([A, B, C], **options)


def test_a_misspelt_field_is_told():
    with pytest.raises(InputError) as error:
        TierRules.of([{**A, "minimun": {"x": 1}}, C])
    assert "did you mean 'minimum'" in error.value.found

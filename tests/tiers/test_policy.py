import pytest

from workbench.core import InputError, use_language
from workbench.tiers import TierRules, grade, migration, policy_table


def test_lists_what_each_tier_gets_and_who_moved(customers, rules):
    before, now = grade(customers, rules), grade(customers.assign(orders_12m=customers["orders_12m"] - 3), rules)
    moved = migration(before, now)
    table = policy_table(now, moved).table
    assert table["tier"].tolist() == ["A", "B", "C"]
    assert table["gets"].tolist()[0] == "adviser"
    assert str(table["requirement"][1]) == "Spending in 12 months from 1,000, Orders in 12 months from 2"
    assert table["fell_into"].sum() == moved.movement.set_index("direction").loc["fell", "customers"]
    assert table["rose_into"].sum() == 0
    assert table["customers"].sum() == len(customers)
    with use_language("zh-CN"):
        assert "其他所有客户" in policy_table(now, moved)._repr_html_()


def test_movement_between_other_tiers_is_refused(customers, rules):
    other = grade(customers, TierRules.of([{"name": "X", "minimum": {"amount_12m": 5}}, {"name": "Y"}]))
    with pytest.raises(InputError, match="between the tiers"):
        policy_table(grade(customers, rules), migration(other, other))


def test_service_and_cost_against_value(customers):
    made = TierRules.of(
        [
            {
                "name": "A",
                "minimum": {"amount_12m": 3000},
                "service_hours": 4,
                "contacts_per_year": 12,
                "offers": "previews",
                "cost": 50,
            },
            {"name": "B"},
        ]
    )
    now = grade(customers, made)
    table = policy_table(now).table
    assert table["service_hours"].iloc[0] == 4 and table["offers"].tolist() == ["previews", None]
    assert table["cost"].iloc[0] == 50 * now.summary["customers"].iloc[0]
    assert table["cost_share"].iloc[0] == table["cost"].iloc[0] / table["amount"].iloc[0]
    assert table["cost"].isna().tolist() == [False, True]

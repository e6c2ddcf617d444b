"""Tiers: rules, grades, movement between waves, what each tier gets, who needs attention."""

from workbench.tiers.actions import ActionList, action_list
from workbench.tiers.grading import Grades, grade
from workbench.tiers.migration import Migration, migration
from workbench.tiers.movement_tests import MigrationTests, migration_tests
from workbench.tiers.policy import PolicyTable, policy_table
from workbench.tiers.rules import Tier, TierRules

__all__ = [
    "ActionList",
    "Grades",
    "Migration",
    "MigrationTests",
    "PolicyTable",
    "Tier",
    "TierRules",
    "action_list",
    "grade",
    "migration",
    "migration_tests",
    "policy_table",
]

"""Tiers: rules, grades, movement between waves, what each tier gets, who to call."""

from workbench.tiers.actions import ActionList, action_list
from workbench.tiers.card import CustomerCard, customer_card
from workbench.tiers.changes import TierChanges, tier_changes
from workbench.tiers.common_reasons import CommonReasons, common_reasons
from workbench.tiers.grading import Grades, grade
from workbench.tiers.migration import Migration, migration
from workbench.tiers.movement_tests import MigrationTests, migration_paths, migration_tests
from workbench.tiers.policy import PolicyTable, policy_table
from workbench.tiers.reasons import with_reasons
from workbench.tiers.regression_to_mean import RegressionToMean, regression_to_mean
from workbench.tiers.rules import TierRules
from workbench.tiers.thresholds import Points, Relative
from workbench.tiers.tier import Tier

__all__ = [
    "ActionList",
    "CommonReasons",
    "CustomerCard",
    "Grades",
    "Migration",
    "MigrationTests",
    "Points",
    "PolicyTable",
    "RegressionToMean",
    "Relative",
    "Tier",
    "TierChanges",
    "TierRules",
    "action_list",
    "common_reasons",
    "customer_card",
    "grade",
    "migration",
    "migration_paths",
    "migration_tests",
    "policy_table",
    "regression_to_mean",
    "tier_changes",
    "with_reasons",
]

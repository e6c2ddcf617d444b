"""Learning from the past who leaves and what to offer, believed only where it beats the rules."""

from workbench.learning.choosing import Choice, choose_candidate
from workbench.learning.features import Features, customer_features
from workbench.learning.known import Known, known_columns
from workbench.learning.labels import Lesson, lesson, orders_to_learn_from
from workbench.learning.next_purchase import (
    NextPurchase,
    NextPurchaseCheck,
    check_next_purchase,
    fit_next_purchase,
)
from workbench.learning.outlook import OutlookFolds, outlook_folds
from workbench.learning.scoring import Scores, Teller, score_customers
from workbench.learning.spend import SpendCheck, SpendIfBuying, check_spend, fit_spend
from workbench.learning.training import Learned, learn

__all__ = [
    "Choice",
    "Features",
    "Known",
    "Learned",
    "Lesson",
    "NextPurchase",
    "NextPurchaseCheck",
    "OutlookFolds",
    "Scores",
    "SpendCheck",
    "SpendIfBuying",
    "Teller",
    "check_next_purchase",
    "check_spend",
    "choose_candidate",
    "customer_features",
    "fit_next_purchase",
    "fit_spend",
    "known_columns",
    "learn",
    "lesson",
    "orders_to_learn_from",
    "outlook_folds",
    "score_customers",
]

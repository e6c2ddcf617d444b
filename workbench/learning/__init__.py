"""Learning from the past who leaves and what to offer, believed only where it beats the rules."""

from workbench.learning.choosing import Choice, choose_candidate
from workbench.learning.features import Features, customer_features
from workbench.learning.kept_promises import KeptPromises, check_kept_promises
from workbench.learning.known import Known, known_columns
from workbench.learning.labels import Lesson, lesson, orders_to_learn_from
from workbench.learning.list_effect import ListEffect, list_effect
from workbench.learning.next_purchase import (
    NextPurchase,
    NextPurchaseCheck,
    check_next_purchase,
    fit_next_purchase,
)
from workbench.learning.offers.checking import OffersCheck, check_offers
from workbench.learning.offers.counts import ItemCounts, count_items, later_items
from workbench.learning.offers.offering import OfferList, offer_items
from workbench.learning.offers.suggesting import Suggestions, item_similarity, suggest
from workbench.learning.outlook import OutlookFolds, outlook_folds
from workbench.learning.outlook_list import OutlookList, outlook_list
from workbench.learning.promise import Promise, PromiseByGroup, check_promise, check_promise_by
from workbench.learning.scoring import Scores, Teller, score_customers
from workbench.learning.spend import SpendCheck, SpendIfBuying, check_spend, fit_spend
from workbench.learning.training import Learned, learn

__all__ = [
    "Choice",
    "Features",
    "ItemCounts",
    "KeptPromises",
    "Known",
    "Learned",
    "Lesson",
    "ListEffect",
    "NextPurchase",
    "NextPurchaseCheck",
    "OfferList",
    "OffersCheck",
    "OutlookFolds",
    "OutlookList",
    "Promise",
    "PromiseByGroup",
    "Scores",
    "SpendCheck",
    "SpendIfBuying",
    "Suggestions",
    "Teller",
    "check_kept_promises",
    "check_next_purchase",
    "check_offers",
    "check_promise",
    "check_promise_by",
    "check_spend",
    "choose_candidate",
    "count_items",
    "customer_features",
    "fit_next_purchase",
    "fit_spend",
    "item_similarity",
    "known_columns",
    "later_items",
    "learn",
    "lesson",
    "list_effect",
    "offer_items",
    "orders_to_learn_from",
    "outlook_folds",
    "outlook_list",
    "score_customers",
    "suggest",
]

from __future__ import annotations

import pytest

from tests.learning.conftest import END, shop
from workbench.core.engine import as_table
from workbench.learning import (
    Teller,
    choose_candidate,
    fit_next_purchase,
    learn,
    outlook_folds,
    score_customers,
)

YAML = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2025-12-31
tables:
  customers: {file: raw/customers.csv}
  transactions: {file: raw/transactions.csv}
"""


@pytest.fixture(scope="session")
def told():
    """Folds, choice and scores of a small shop."""
    folds = outlook_folds(as_table(shop(900)), as_of=END)
    choice = choose_candidate(folds.folds, replicates=100)
    learned = learn(folds.latest, [choice.chosen])[choice.chosen]
    dates = fit_next_purchase(folds.latest, learned.probability(folds.latest.known))
    return folds, choice, score_customers(Teller(learned, dates, None), folds.now)

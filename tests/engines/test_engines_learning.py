"""What is learnt of customers on every engine that is installed here."""

from __future__ import annotations

from functools import cache

from tests.engines.company import END, HELD, agree, everywhere
from workbench.learning import (
    Teller,
    check_kept_promises,
    check_offers,
    count_items,
    customer_features,
    fit_next_purchase,
    fit_spend,
    item_similarity,
    known_columns,
    later_items,
    learn,
    lesson,
    list_effect,
    offer_items,
    orders_to_learn_from,
    outlook_list,
    score_customers,
)


@cache
def _scores(c, kind="hiatus"):
    learned = learn(c.folds.latest, [kind])[kind]
    dates = fit_next_purchase(c.folds.latest, learned.probability(c.folds.latest.known))
    return score_customers(Teller(learned, dates, fit_spend(c.folds.latest)), c.folds.now)


def features(c):
    told = ["region", "age", "do_not_contact"]
    # ids are groups of one, which have no column
    known = [known_columns(c["customers"], told), known_columns(c["customers"], ["customer_id"])]
    known.append(known_columns(c["responses"], ["recommend"]))
    common = {"interactions": c["interactions"], "contracts": c["contracts"], "known": known}
    return customer_features(c["transactions"], cut=HELD, items=["category"], **common).table


def labels(c):
    made = customer_features(c["transactions"], cut=HELD)
    found = lesson(c["transactions"], made, horizon_days=90, groups=c["customers"], by=["region"])
    return {"known": found.known, "bought": found.bought, "spend": found.spend}


def folds(c):
    latest = c.folds.latest
    return {"now": c.folds.now.table, "known": latest.known, "bought": latest.bought, "n": len(c.folds.folds)}


def fewer(c):
    found = orders_to_learn_from(c["transactions"], most=50).to_frame()
    return sorted(found["order_id"])


def scores(c):
    return _scores(c)


def scores_of_trees(c):
    return _scores(c, "trees").table


def listed(c):
    extra = {"alive": c.value.source, "features": c.folds.now, "groups": c["customers"], "by": ["region"]}
    return outlook_list(_scores(c).source, salt="s", leave_out=c["segments"], listed=20, **extra)


def promises(c):
    made = _scores(c).source.to_frame()
    return check_kept_promises(made, c["transactions"], made_on=HELD, horizon_days=90, until=END)


def effect(c):
    people = _scores(c).source.to_frame()[["customer_id", "probability"]]
    people["arm"] = ["call" if i % 2 else "holdout" for i in range(len(people))]
    return list_effect(people, c["transactions"], since=HELD, until=END, call_cost=1.0)


def items(c):
    found = count_items(c["transactions"], item="category", cut=HELD)
    later = later_items(found, c["transactions"], item="category", until=END)
    return list(found.items), found.times.toarray(), item_similarity(found).toarray(), later.toarray()


def offers(c):
    common = {"item": "category", "until": END, "customers": _scores(c).source, "leave_out": c["segments"]}
    return [offer_items(c["transactions"], method=m, repeat=True, **common) for m in ("popular", "cycle", "cosine")]


def checked_offers(c):
    return check_offers(c["transactions"], item="category", cut=HELD, until=END, repeat=True, replicates=100)


QUESTIONS = [
    features,
    labels,
    folds,
    fewer,
    scores,
    scores_of_trees,
    listed,
    promises,
    effect,
    items,
    offers,
    checked_offers,
]


@everywhere(QUESTIONS)
def test_what_is_learnt_is_the_same_on_every_engine(question, name):
    agree(question, name)

"""Personal offers: the next category from what goes together, kept only where it beats the most popular one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.listing import listed
from workbench.core.names import CUSTOMER_ID, ORDERED_AT, Column
from workbench.core.results import Note, Result
from workbench.tiers.columns import CI_HIGH, CI_LOW

FEWEST: Final = 100
_SUPPORT: Final = 0.005
_LONGEST: Final = 3


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Offers(Result):
    """Next categories by group, and how often they were right in orders held out.

    Attributes
    ----------
    table
        One row per group: ``group``, ``n`` (customers who later bought a category new to them), ``hit`` (share whose
        first suggestion was among those categories), ``hit_popular`` (the same for the most popular category they had
        not bought), ``difference`` with ``ci_low`` and ``ci_high`` (paired), ``beats`` (the interval is above 0).
    offers
        One row per rule of the groups that beat it: ``group``, ``bought``, ``offer``, ``confidence`` (share of those
        with ``bought`` who also buy it), ``lift``, ``n`` (customers with ``bought``); the best of each ``bought``.
    """

    offers: pd.DataFrame

    caption: ClassVar[Message] = message("Does a suggestion from what goes together beat the most popular category?")
    columns: ClassVar[Mapping[str, Column]] = {
        "hit": Column(message("Right: what goes together"), "pct1"),
        "hit_popular": Column(message("Right: most popular"), "pct1"),
        "difference": Column(message("Difference, points"), "signed1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "beats": Column(message("Better")),
        "bought": Column(message("Who bought")),
        "offer": Column(message("Suggest")),
        "confidence": Column(message("Also buy it"), "pct1"),
        "lift": Column(message("Lift"), "dec2"),
    }


def next_best_offers(
    transactions: Table,
    groups: Table,
    *,
    group: str,
    cut: dt.date,
    until: dt.date,
    item: str = "category",
    most: int = 50_000,
    seed: int = 1,
    level: float = 0.95,
) -> Offers:
    """Learn which categories go together, and test the suggestions on later orders.

    Parameters
    ----------
    transactions
        Orders with ``customer_id``, ``ordered_at``, ``amount`` and `item`.
    groups
        ``customer_id`` and `group` (segment or tier).
    group
        Column of the groups.
    cut
        Last day learnt from; orders after it are held out.
    until
        Last day of the orders held out.
    item
        Column of what is suggested.
    most
        Most customers to learn from, those with the smallest permanent random numbers.
    seed
        Another seed takes other customers.
    level
        Level of the interval of the difference.

    Returns
    -------
    Offers
        One row per group with at least 100 customers to test on; the others are counted in a note.

    Raises
    ------
    InputError
        If a column is missing, the days are in the wrong order, or there are fewer than three categories.

    Notes
    -----
    Rules of FP-growth (Han, Pei & Yin 2000; mlxtend) are learnt in each group from the categories of each customer up
    to the cut; a customer is suggested the category not yet bought with the highest confidence of the rules that apply.
    Both suggestions go to the same customers, so the difference is paired.

    Examples
    --------
    >>> from workbench.core.engine import DuckDBEngine, as_table
    >>> engine, rng = DuckDBEngine(), np.random.default_rng(1)
    >>> rows = []
    >>> for i in range(900):
    ...     first, then = ("tea", "cup") if i % 3 else ("rice", "pot")
    ...     rows += [(str(i), "2026-01-01", first), (str(i), "2026-01-02" if i % 2 else "2026-06-01", then)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "category"]).assign(amount=1.0)
    >>> people = pd.DataFrame({"customer_id": [str(i) for i in range(900)], "tier": "A"})
    >>> found = next_best_offers(as_table(orders, engine), as_table(people, engine), group="tier",
    ...                          cut=dt.date(2026, 3, 31), until=dt.date(2026, 6, 30))
    >>> found.table[["hit", "beats"]].to_numpy().tolist()
    [[1.0, True]]
    """
    require_columns(transactions.columns, [CUSTOMER_ID, ORDERED_AT, "amount", item], where="transactions")
    require_columns(groups.columns, [CUSTOMER_ID, group], where="groups")
    if not cut < until:
        raise InputError(
            "Orders are held out after the cut.",
            found=f"cut {cut}, until {until}",
            fix="Put the cut before the end.",
            where="cut",
        )
    rows = transactions.rows(
        _sql(transactions, in_engine(groups, transactions.engine), group, cut, until, item, most, seed)
    )
    items = sorted(rows["item"].unique())
    if len(items) < 3:
        raise InputError(
            message("There are at least three categories to choose from."),
            found=plural("{n:int} category", "{n:int} categories", n=len(items)),
            fix=message("Name another column as item."),
            where="item",
        )
    lines, offers, small = [], [], 0
    for name, part in rows.groupby("grouped", sort=True):
        before, after = _matrices(part, items)
        test = ((after & ~before).any(axis=1)) & before.any(axis=1)
        if test.sum() < FEWEST:
            small += 1
            continue
        rules = _rules(before, items)
        # learnt from everybody's past, tested on what came later
        suggested, popular = _suggest(before[test], rules, items), _popular(before[test], before)
        new = after[test] & ~before[test]
        place = np.arange(len(new))
        hit, other = new[place, suggested].astype(float), new[place, popular].astype(float)
        line = _compare(hit, other, level)
        lines.append({"group": name, "n": len(new)} | line)
        if line["beats"]:
            offers.append(_best(rules, before, items).assign(group=name))
    columns = ["group", "bought", "offer", "confidence", "lift", "n"]
    kept = pd.concat(offers)[columns].reset_index(drop=True) if offers else pd.DataFrame(columns=columns)
    table = pd.DataFrame(
        lines, columns=["group", "n", "hit", "hit_popular", "difference", "ci_low", "ci_high", "beats"]
    )
    return Offers(table=table, level=level, offers=kept, notes=_notes(table, small, cut, until))


def _sql(
    orders: Table, groups: Table, group: str, cut: dt.date, until: dt.date, item: str, most: int, seed: int
) -> str:
    d = orders.engine.dialect
    number = d.prn(f"offers|{seed}", CUSTOMER_ID)
    picked = f"""SELECT {CUSTOMER_ID}, {d.quote(group)} AS grouped, {number} AS k FROM {groups.source} AS members
                 WHERE {d.quote(group)} IS NOT NULL ORDER BY k, {d.text_order.format(column=CUSTOMER_ID)}
                 LIMIT {int(most)}"""
    day = f"CAST(o.{ORDERED_AT} AS DATE)"
    return f"""
        SELECT g.k, CAST(g.grouped AS {d.text_type}) AS grouped, CAST(o.{d.quote(item)} AS {d.text_type}) AS item,
               max(CASE WHEN {day} <= DATE '{cut}' THEN 1 ELSE 0 END) AS early,
               max(CASE WHEN {day} > DATE '{cut}' THEN 1 ELSE 0 END) AS late
        FROM {{table}} AS o JOIN ({picked}) AS g ON g.{CUSTOMER_ID} = o.{CUSTOMER_ID}
        WHERE o.amount > 0 AND o.{d.quote(item)} IS NOT NULL AND {day} <= DATE '{until}'
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""


def _matrices(part: pd.DataFrame, items: list[str]) -> tuple[np.ndarray, np.ndarray]:
    customers, row = np.unique(part["k"].to_numpy(), return_inverse=True)
    column = np.searchsorted(items, part["item"].to_numpy(dtype=str))
    made = []
    for name in ("early", "late"):
        matrix = np.zeros((len(customers), len(items)), dtype=bool)
        there = part[name].to_numpy() > 0
        matrix[row[there], column[there]] = True
        made.append(matrix)
    return made[0], made[1]


def _rules(before: np.ndarray, items: list[str]) -> list[tuple[np.ndarray, int, float, float]]:
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    known = pd.DataFrame(before[before.any(axis=1)], columns=items)
    sets = fpgrowth(known, min_support=_SUPPORT, use_colnames=True, max_len=_LONGEST)
    if sets.empty or sets["itemsets"].map(len).max() < 2:
        return []
    rules: Any = association_rules(sets, metric="confidence", min_threshold=0.0)
    place = {name: i for i, name in enumerate(items)}
    found = []
    for row in rules.itertuples(index=False):
        if len(row.consequents) == 1:
            has = np.zeros(len(items), dtype=bool)
            has[[place[i] for i in row.antecedents]] = True
            found.append((has, place[next(iter(row.consequents))], float(row.confidence), float(row.lift)))
    return sorted(found, key=lambda r: (-r[2], r[1], r[0].tolist()))


def _suggest(before: np.ndarray, rules: list[tuple[np.ndarray, int, float, float]], items: list[str]) -> np.ndarray:
    score = np.tile(before.mean(axis=0) * 1e-6, (len(before), 1))  # where no rule applies, the most popular
    for has, offer, confidence, _ in rules:
        applies = (before[:, has]).all(axis=1)
        score[applies, offer] = np.maximum(score[applies, offer], confidence)
    score[before] = -1.0
    assert score.shape[1] == len(items)
    return np.asarray(score.argmax(axis=1))


def _popular(before: np.ndarray, everybody: np.ndarray) -> np.ndarray:
    score = np.tile(everybody.mean(axis=0), (len(before), 1))
    score[before] = -1.0
    return np.asarray(score.argmax(axis=1))


def _compare(hit: np.ndarray, other: np.ndarray, level: float) -> dict[str, object]:
    n, apart = len(hit), hit - other
    difference = float(apart.mean())
    error = NormalDist().inv_cdf((1 + level) / 2) * float(apart.std(ddof=1)) / np.sqrt(n)
    return {
        "hit": float(hit.mean()),
        "hit_popular": float(other.mean()),
        "difference": 100 * difference,
        "ci_low": 100 * (difference - error),
        "ci_high": 100 * (difference + error),
        "beats": difference - error > 0,
    }


def _best(rules: list[tuple[np.ndarray, int, float, float]], before: np.ndarray, items: list[str]) -> pd.DataFrame:
    found: dict[int, dict[str, object]] = {}
    for has, offer, confidence, lift in rules:
        own = np.flatnonzero(has)
        if len(own) == 1 and own[0] not in found:
            found[int(own[0])] = {
                "bought": items[own[0]],
                "offer": items[offer],
                "confidence": confidence,
                "lift": lift,
                "n": int(before[:, own[0]].sum()),
            }
    return pd.DataFrame(list(found.values())).sort_values("bought", ignore_index=True)


def _notes(table: pd.DataFrame, small: int, cut: dt.date, until: dt.date) -> tuple[Note, ...]:
    found = [
        Note(
            message(
                "Learnt from orders up to {cut:date}, tested on the categories first bought from then to {until:date}.",
                cut=cut,
                until=until,
            )
        )
    ]
    if small:
        text = plural(
            "{n:int} group has fewer than {least:int} customers to test on and is left out.",
            "{n:int} groups have fewer than {least:int} customers to test on and are left out.",
            n=small,
            least=FEWEST,
        )
        found.append(Note(text))
    worse = table.loc[~table["beats"].astype(bool), "group"] if len(table) else table["group"]
    if len(worse):
        text = message(
            "No better than the most popular category in {groups}: no personal suggestion is shown there.",
            groups=listed(map(str, worse)),
        )
        found.append(Note(text))
    return tuple(found)

"""Chapter 40's list of customers to keep: those still within reach with whom most value may be lost."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Table
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.report.chapters.value.chapter import FromContracts, FromOrders
from workbench.report.chapters.value.groups import breakdowns
from workbench.report.export.lists import write_workbook
from workbench.store import Wave

MONEY = ("clv", "at_risk", "ci_low", "ci_high", "expected_spend")
GONE, LIKELY, SAFE = 0.1, 0.5, 0.9  # probability of still being a customer
ACTIONS: dict[str, Message] = {
    "keep": message("Keep: more likely here than not"),
    "win_back": message("Win back: more likely lost than not"),
    "renew": message("Renew: under contract"),
}
KEEP_COLUMNS = {
    "action": Column(message("What to do")),
    "customers": Column(message("Customers"), "int"),
    "clv": Column(message("Expected value"), "money"),
    "at_risk": Column(message("Value at risk"), "money"),
    "listed": Column(message("On the list"), "int"),
}


@dataclass(frozen=True, eq=False)
class KeepList:
    """Whom to keep.

    Attributes
    ----------
    customers
        ``customer_id``, ``action``, ``probability_alive``, ``clv``, ``at_risk``, what is known of their purchases and
        groups; those with most value at risk first. Never shown on a page.
    table
        By action: ``action``, ``customers`` (all of them), ``clv``, ``at_risk``, ``listed``.
    """

    customers: pd.DataFrame
    table: pd.DataFrame


def customers_to_keep(
    wave: Wave, orders: FromOrders | None, contracts: FromContracts | None, groups: Table | None, *, listed: int
) -> KeepList | None:
    """Return whom to keep: with a chance of 10 to 90 % of still being a customer, most value at risk first.

    Of contracts, those that run. Who does not want to be contacted is left out. None without values, or where orders
    do not tell who has left.
    """
    worth = contracts.worth if contracts is not None else None
    if (orders is None and worth is None) or (orders is not None and not orders.models.leaving_told):
        return None
    source = orders.value.source if orders is not None else worth.source  # type: ignore[union-attr]
    engine, d = source.engine, source.engine.dialect
    known, joins = "", ""
    if orders is not None:
        known = ", v.ci_low, v.ci_high, p.last_purchase, p.frequency + 1 AS purchases, v.expected_spend"
        joins = f" JOIN {orders.purchases.source.source} AS p ON p.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
        action = f"CASE WHEN v.probability_alive < {LIKELY} THEN 'win_back' ELSE 'keep' END"
        chosen = f"v.probability_alive BETWEEN {GONE} AND {SAFE}"
    else:
        action, chosen = "'renew'", "v.probability_alive > 0 AND v.at_risk > 0"
    if groups is not None:
        known += "".join(f", g.{d.quote(c)}" for c in breakdowns(groups))
        joins += f" LEFT JOIN {groups.source} AS g ON g.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
    if "do_not_contact" in wave.columns("customers"):
        people = wave.table("customers")
        refusing = f"(SELECT {CUSTOMER_ID} FROM {people.source} WHERE do_not_contact) AS refusing"
        listing = in_engine(Table(people.engine, refusing), engine)
        joins += f" LEFT JOIN {listing.source} AS r ON r.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
        chosen += f" AND r.{CUSTOMER_ID} IS NULL"
    body = f"FROM {source.source} AS v{joins} WHERE {chosen}"
    sums = engine.rows(f"""
        SELECT {action} AS action, count(*) AS customers,
               {d.exact_sum("v.clv")} AS clv,
               {d.exact_sum("v.at_risk")} AS at_risk {body} GROUP BY 1 ORDER BY 1""")
    found = engine.rows(f"""
        SELECT v.{CUSTOMER_ID}, {action} AS action, v.probability_alive, v.clv, v.at_risk{known} {body}
        ORDER BY v.at_risk DESC, {d.text_order.format(column=f"v.{CUSTOMER_ID}")} LIMIT {int(listed)}""")
    counted = found["action"].value_counts()
    return KeepList(found, sums.assign(listed=[int(counted.get(a, 0)) for a in sums["action"]]))


def write_keep_list(wave: Wave, found: KeepList | None) -> None:
    """Write the list as a workbook into the wave's folder; no id goes to the report."""
    if found is not None:
        language = wave.config.languages[0]
        words = found.customers["action"].map({a: m.text(language) for a, m in ACTIONS.items()})
        rounded = found.customers.round({"probability_alive": 3, **dict.fromkeys(MONEY, 2)})
        write_workbook(rounded.assign(action=words), wave.lists / "customers_to_keep.xlsx")


def keep_table(found: KeepList) -> pd.DataFrame:
    """Return how many customers there are to keep and what is at risk, in words."""
    return found.table.assign(action=pd.Series([ACTIONS[a] for a in found.table["action"]], dtype=object))

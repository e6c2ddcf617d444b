"""Whom to keep: customers still within reach with whom most value may be lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from workbench.clv.columns import AT_RISK
from workbench.clv.value.at_risk import SAVED_FROM
from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result

LIKELY, SAFE = 0.5, 0.9  # probability of still being a customer
ACTIONS: Final[Mapping[str, Message]] = {
    "win_back": message("Win back: more likely lost than not"),
    "keep": message("Keep: more likely here than not"),
    "renew": message("Renew: under contract"),
    "safe": message("Nothing to do: almost certainly here"),
    "refusing": message("Asked not to be contacted"),
}
LISTED: Final = ("win_back", "keep", "renew")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class KeepList(Result):
    """Whom to keep.

    Attributes
    ----------
    table
        Everybody within reach, by what to do: ``action`` (``win_back``, ``keep``, ``renew``; ``safe`` and ``refusing``
        are not listed), ``customers``, ``clv``, ``at_risk``, ``listed``. Its values at risk add up to what
        `workbench.clv.value.at_risk.risk_bands` counts as still to be saved.
    customers
        ``customer_id``, ``action``, ``probability_alive``, ``clv``, ``at_risk``, what is known of their purchases and
        groups; those with most value at risk first. Never shown.
    """

    customers: pd.DataFrame

    caption: ClassVar[Message] = message("Customers to keep")
    columns: ClassVar[Mapping[str, Column]] = {
        "action": Column(message("What to do")),
        "clv": Column(message("Expected value"), "money"),
        "at_risk": AT_RISK,
        "listed": Column(message("On the list"), "people"),
    }

    @property
    def base(self) -> int:
        """Customers within reach."""
        return int(self.table["customers"].sum())

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with actions in words."""
        return self.table.assign(action=[ACTIONS[a].text(language) for a in self.table["action"]])


def customers_to_keep(
    values: pd.DataFrame | Table,
    *,
    contracts: bool = False,
    purchases: Table | None = None,
    groups: Table | None = None,
    by: Sequence[str] = (),
    leave_out: pd.DataFrame | Table | None = None,
    listed: int = 1000,
) -> KeepList:
    """Return whom to keep: those within reach, most value at risk first.

    Within reach is whoever still is a customer with a chance of at least 20 %. Of them those with 90 % and more need
    nothing, and those who asked not to be contacted are left alone; the others are listed.

    Parameters
    ----------
    values
        ``customer_id``, ``probability_alive``, ``clv``, ``at_risk``; other columns stand on the list.
    contracts
        Whether values are of contracts; then those that run and may be lost are to be renewed.
    purchases
        Histories, for ``last_purchase`` and ``purchases`` on the list.
    groups, by
        A table with a row per customer, and its columns to stand on the list.
    leave_out
        Customers who do not want to be contacted.
    listed
        Most customers on the list.

    Returns
    -------
    KeepList
        Nobody, where all are safe or gone.

    Raises
    ------
    InputError
        If the values do not tell who still is a customer.

    Examples
    --------
    >>> values = pd.DataFrame({"customer_id": list("abc"), "probability_alive": [0.95, 0.6, 0.3],
    ...                        "clv": [90.0, 60.0, 30.0], "at_risk": [5.0, 40.0, 70.0]})
    >>> customers_to_keep(values).customers["action"].tolist()
    ['win_back', 'keep']
    """
    source = as_table(values)
    if not {"probability_alive", "at_risk"} <= set(source.columns):
        raise InputError(
            message("Whom to keep is told by the chance of still being a customer."),
            found=message("values that do not tell it"),
            fix=message("Value customers by a model of purchases or by contracts."),
            where="values",
        )
    require_columns(source.columns, (CUSTOMER_ID, "clv"), where="values")
    engine, d = source.engine, source.engine.dialect
    known = "".join(f", v.{c}" for c in ("ci_low", "ci_high", "expected_spend") if c in source.columns)
    action, chosen = "'renew'", "v.probability_alive > 0 AND v.at_risk > 0"
    if not contracts:
        action = f"""CASE WHEN v.probability_alive < {LIKELY} THEN 'win_back'
                          WHEN v.probability_alive < {SAFE} THEN 'keep' ELSE 'safe' END"""
        chosen = f"v.probability_alive >= {SAVED_FROM}"
    joins = ""
    if purchases is not None:
        known += ", p.last_purchase, p.frequency + 1 AS purchases"
        joins += f" JOIN {in_engine(purchases, engine).source} AS p ON p.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
    if groups is not None:
        known += "".join(f", g.{d.quote(c)}" for c in by)
        joins += f" LEFT JOIN {in_engine(groups, engine).source} AS g ON g.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
    if leave_out is not None:
        refusing = in_engine(as_table(leave_out, engine), engine)
        joins += f" LEFT JOIN {refusing.source} AS r ON r.{CUSTOMER_ID} = v.{CUSTOMER_ID}"
        action = f"CASE WHEN r.{CUSTOMER_ID} IS NOT NULL THEN 'refusing' ELSE {action} END"
    body = f"FROM {source.source} AS v{joins} WHERE {chosen}"
    sums = engine.rows(f"""
        SELECT {action} AS action, count(*) AS customers,
               {d.exact_sum("v.clv")} AS clv, {d.exact_sum("v.at_risk")} AS at_risk
        {body} GROUP BY 1""").sort_values("action", key=lambda a: a.map(list(ACTIONS).index), ignore_index=True)
    named = ", ".join(f"'{a}'" for a in LISTED)
    found = engine.rows(f"""
        SELECT v.{CUSTOMER_ID}, {action} AS action, v.probability_alive, v.clv, v.at_risk{known} {body}
           AND {action} IN ({named})
        ORDER BY v.at_risk DESC NULLS LAST, {d.text_order.format(column=f"v.{CUSTOMER_ID}")} LIMIT {int(listed)}""")
    counted = found["action"].value_counts()
    return KeepList(table=sums.assign(listed=[int(counted.get(a, 0)) for a in sums["action"]]), customers=found)

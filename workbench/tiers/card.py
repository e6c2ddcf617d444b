"""The 360° card of one customer, for the analyst in JupyterLab; no page of the report can show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import charts
from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, current_language, format_value, message
from workbench.core.names import COLUMNS, CUSTOMER_ID, Column, column_label
from workbench.core.tables import html_table
from workbench.tiers.grading import Grades

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NEWEST = 20


@dataclass(frozen=True, eq=False, repr=False)
class CustomerCard:
    """Everything known of one customer.

    It is no `Result` on purpose: the blocks of a page take results and tables, so a card cannot be published.

    Attributes
    ----------
    customer_id
        Whose card it is.
    tier_reason
        Why the customer is in the tier, None without grades.
    facts
        ``field`` and ``value``: master data, tier, value, segment.
    orders, answers, interactions
        The newest rows, the newest first.
    """

    customer_id: str
    tier_reason: Message | None
    facts: pd.DataFrame
    orders: pd.DataFrame
    answers: pd.DataFrame
    interactions: pd.DataFrame

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the orders over time."""

        def draw(ax: Axes) -> None:
            if len(self.orders):
                ax.vlines(pd.to_datetime(self.orders["ordered_at"]), 0, self.orders["amount"], color=charts.INK)
            charts.format_axis(ax.yaxis, "money", language)
            ax.set_ylabel(charts.text(message("Amount"), language))

        return charts.draw_figure(draw, height=2.2)

    def to_html(self, language: Language | None = None) -> str:
        """Return the card as HTML, for the analyst's own screen."""
        chosen = language or current_language()
        title = message("Customer {id}", id=self.customer_id)
        parts = [f"<h3>{escape(title.text(chosen))}</h3>"]
        if self.tier_reason is not None:
            parts.append(f"<p>{escape(self.tier_reason.text(chosen))}</p>")
        parts.append(_html(self.facts, message("Facts"), chosen))
        for rows, caption in (
            (self.orders, message("Newest orders")),
            (self.answers, message("Answers")),
            (self.interactions, message("Complaints and other contacts")),
        ):
            if len(rows):
                parts.append(_html(rows.head(_NEWEST), caption, chosen))
        return "".join(parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"CustomerCard of {self.customer_id}\n{self.facts.to_string(index=False)}"


def customer_card(
    customer_id: str,
    *,
    grades: Grades | None = None,
    tables: Mapping[str, Table] | None = None,
    as_of: dt.date | None = None,
) -> CustomerCard:
    """Gather everything known of one customer, on one card.

    Parameters
    ----------
    customer_id
        Whose card to make.
    grades
        Current grades, for the tier and its reason.
    tables
        Name → table with ``customer_id``. ``transactions``, ``responses`` and ``interactions`` are listed; of every
        other table (``customers``, ``clv``, ``segments`` …) the customer's row becomes facts.
    as_of
        Today, for how long complaints have been open.

    Returns
    -------
    CustomerCard
        Shown in JupyterLab; the report refuses it.

    Raises
    ------
    InputError
        If nothing is known of the customer.

    Examples
    --------
    >>> from workbench.core.engine import as_table
    >>> people = as_table(pd.DataFrame({"customer_id": ["a", "b"], "region": ["north", "south"]}))
    >>> customer_card("b", tables={"customers": people}).facts["value"].tolist()
    ['south']
    """
    given = dict(tables or {})
    facts: dict[str, object] = {}
    reason = None
    if grades is not None:
        own = _rows(grades.source, customer_id)
        if len(own):
            reason = grades.reasons(own)[0]
            facts |= {"tier": own["tier"].iloc[0]} | _facts(own[[c for c in own if c in grades.rules.criteria]])
    listed: dict[str, pd.DataFrame] = {}
    for name in ("transactions", "responses", "interactions"):
        listed[name] = _rows(given.pop(name), customer_id) if name in given else pd.DataFrame()
    for other in given.values():
        facts |= _facts(_rows(other, customer_id))
    orders = _newest(listed["transactions"], "ordered_at")
    contacts = _newest(listed["interactions"], "opened_at")
    if as_of is not None and {"opened_at", "closed_at"} <= set(contacts):
        still = contacts["closed_at"].isna()
        days = (pd.Timestamp(as_of) - pd.to_datetime(contacts["opened_at"])).dt.days
        contacts = contacts.assign(open_days=days.where(still))
    answers = _newest(listed["responses"], "submitted_at")
    if not facts and not len(orders) and not len(answers) and not len(contacts):
        raise InputError(
            "A card is that of a customer of this wave.",
            found=f"nothing about {customer_id!r}",
            fix="Check the id; ids are text, leading zeros included.",
            where="customer_id",
        )
    table = pd.DataFrame(
        {
            "field": pd.Series([column_label(c) for c in facts], dtype=object),
            "value": pd.Series(list(facts.values()), dtype=object),
        }
    )
    return CustomerCard(str(customer_id), reason, table, orders, answers, contacts)


def _rows(table: Table, customer_id: str) -> pd.DataFrame:
    d = table.engine.dialect
    return table.rows(
        f"SELECT * FROM {{table}} AS t WHERE CAST({CUSTOMER_ID} AS {d.text_type}) = {d.literal(str(customer_id))}"
    )


def _facts(rows: pd.DataFrame) -> dict[str, object]:
    if not len(rows):
        return {}
    first = rows.iloc[0].drop(labels=[CUSTOMER_ID], errors="ignore")
    return {str(c): v for c, v in first.items() if not str(c).startswith("_") and v is not None and v == v}


def _newest(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    kept = rows.drop(columns=[c for c in rows if str(c).startswith("_") or c == CUSTOMER_ID])
    return kept.sort_values(day, ascending=False, ignore_index=True, kind="stable") if day in kept else kept


def _html(rows: pd.DataFrame, caption: Message, language: Language) -> str:
    columns = {**COLUMNS, "field": Column(message("Fact")), "value": Column(message("Known"))}
    if list(rows.columns) == ["field", "value"]:
        rows = rows.assign(value=[format_value(v, _style(v), language) for v in rows["value"]])
    return html_table(rows, caption=caption, columns=columns, language=language)


def _style(value: object) -> str:
    if isinstance(value, float) and not float(value).is_integer():
        return "dec2"
    return "int" if isinstance(value, (int, float)) and not isinstance(value, bool) else "text"

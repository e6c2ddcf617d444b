"""How the value of one wave became that of the next: customers known before, new ones, and those who are gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from workbench.clv.columns import VALUE
from workbench.core.bulk import in_engine
from workbench.core.engine import Table, as_table
from workbench.core.errors import require_columns
from workbench.core.forms import waterfall
from workbench.core.language import Language, Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Data = pd.DataFrame | Table | str | Path
STEPS: Final[dict[str, Message]] = {
    "before": message("Last wave"),
    "known": message("Known before"),
    "left": message("No longer listed"),
    "new": message("New"),
    "now": message("This wave"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ValueBridge(Result):
    """The steps from the value of one wave to that of the next.

    Attributes
    ----------
    table
        One row per step that occurs: ``step`` (``before``, ``known``, ``left``, ``new``, ``now``), ``customers``,
        ``value`` (a total for ``before`` and ``now``, else the change it brings), ``relative`` (change of those known
        before, as a share of what they were worth).
    """

    caption: ClassVar[Message] = message("Where the change of value comes from")
    columns: ClassVar[dict[str, Column]] = {
        "step": Column(message("Step")),
        "value": VALUE,
        "relative": Column(message("Change of those known before"), "pct1"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the steps in words."""
        return self.table.assign(step=[STEPS[s].text(language) for s in self.table["step"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the steps as bars that stand on each other."""
        rows = self.table
        shown = pd.DataFrame(
            {
                "name": pd.Series([STEPS[s] for s in rows["step"]], dtype=object),
                "value": rows["value"],
                "total": rows["step"].isin(["before", "now"]),
                "note": pd.Series([self._note(row) for _, row in rows.iterrows()], dtype=object),
            }
        )
        return waterfall(shown, language)

    @staticmethod
    def _note(row: pd.Series) -> Message | None:
        if row["step"] == "known" and row["relative"] == row["relative"]:
            return message("{share:signedpct}", share=row["relative"])
        return message("{n:int}", n=row["customers"]) if row["step"] in ("new", "left") else None


def value_bridge(now: Data, before: Data, *, value: str = "clv") -> ValueBridge:
    """Split the change of the customers' value into what became of those known before and what new ones bring.

    Parameters
    ----------
    now, before
        ``customer_id`` and `value` of every customer in this wave and in the one before.
    value
        Column of the value.

    Returns
    -------
    ValueBridge
        before + known + left + new = now, to the last cent.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> last = pd.DataFrame({"customer_id": ["a", "b"], "clv": [10.0, 20.0]})
    >>> this = pd.DataFrame({"customer_id": ["a", "c"], "clv": [7.0, 5.0]})
    >>> value_bridge(this, last).table[["step", "customers", "value"]].to_numpy().tolist()
    [['before', 2, 30.0], ['known', 1, -3.0], ['left', 1, -20.0], ['new', 1, 5.0], ['now', 2, 12.0]]
    """
    current = as_table(now)
    earlier = in_engine(as_table(before), current.engine)
    for table, name in ((current, "now"), (earlier, "before")):
        require_columns(table.columns, [CUSTOMER_ID, value], where=name)
    d = current.engine.dialect
    column = d.quote(value)
    found = current.rows(f"""
        SELECT count(b.{CUSTOMER_ID}) AS known, count(*) AS customers,
               {d.exact_sum(f"n.{column}")} AS total,
               {d.exact_sum(f"CASE WHEN b.{CUSTOMER_ID} IS NOT NULL THEN n.{column} END")} AS known_now,
               {d.exact_sum(f"b.{column}")} AS known_before
        FROM {{table}} AS n LEFT JOIN {earlier.source} AS b ON b.{CUSTOMER_ID} = n.{CUSTOMER_ID}""").iloc[0]
    was = earlier.rows(f"SELECT count(*) AS customers, {d.exact_sum(column)} AS total FROM {{table}} AS b").iloc[0]
    total, known_now, known_before, last = (
        0.0 if pd.isna(v) else float(v)
        for v in (found["total"], found["known_now"], found["known_before"], was["total"])
    )
    known, left = int(found["known"]), int(was["customers"]) - int(found["known"])
    rows = [
        ("before", int(was["customers"]), last),
        ("known", known, known_now - known_before),
        ("left", left, known_before - last),
        ("new", int(found["customers"]) - known, total - known_now),
        ("now", int(found["customers"]), total),
    ]
    # a step nobody took is none
    steps = pd.DataFrame([r for r in rows if r[0] in ("before", "now") or r[1]], columns=["step", "customers", "value"])
    share = (known_now - known_before) / known_before if known_before else float("nan")
    steps["relative"] = [share if s == "known" else float("nan") for s in steps["step"]]
    return ValueBridge(table=steps)

"""Value at risk by how likely customers still are customers: what can still be saved, and what has probably gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.engine import Table, as_table
from workbench.core.errors import require_columns
from workbench.core.forms import bar_list
from workbench.core.language import Language, Message, current_language, format_value, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Data = pd.DataFrame | Table | str | Path
BANDS: Final = (0.8, 0.6, 0.4, 0.2, 0.0)
SAVED_FROM: Final = 0.2  # below it four in five have gone: hardly anybody is there to be kept


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RiskBands(Result):
    """Value at risk by the probability of still being a customer.

    Attributes
    ----------
    table
        One row per band, the surest customers first: ``low``, ``high`` (probability), ``customers``, ``at_risk`` (value
        that is lost if they have left), ``savable`` (whether somebody is still there to be kept).
    """

    caption: ClassVar[Message] = message("Value at risk by the chance of still being a customer")
    columns: ClassVar[dict[str, Column]] = {
        "band": Column(message("Still a customer")),
        "at_risk": Column(message("Value that would be lost"), "money"),
        "savable": Column(message("Can still be saved")),
    }

    @property
    def savable(self) -> float:
        """Value that can still be saved."""
        return float(self.table.loc[self.table["savable"], "at_risk"].sum())

    @property
    def gone(self) -> float:
        """Value that has probably gone."""
        return float(self.table.loc[~self.table["savable"], "at_risk"].sum())

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the bands in words."""
        return self.table.assign(band=self._bands(language))[["band", "customers", "at_risk", "savable"]]

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the value of each band that would be lost."""
        rows = pd.DataFrame(
            {
                "name": self._bands(language or current_language()),
                "value": self.table["at_risk"],
                "right": self.table["customers"],
                "strong": self.table["savable"],
            }
        )
        heads = (message("still here"), message("value that would be lost"), message("customers"))
        return bar_list(rows, language, heads=heads)

    def _bands(self, language: Language) -> list[str]:
        ends = zip(self.table["low"], self.table["high"], strict=True)
        return [
            f"{format_value(100 * low, 'int', language)}–{format_value(high, 'pct', language)}" for low, high in ends
        ]


def risk_bands(values: Data) -> RiskBands:
    """Add up the value at risk by the probability of still being a customer.

    Parameters
    ----------
    values
        ``customer_id``, ``probability_alive`` and ``at_risk`` of every customer, as `value_customers` returns them.

    Returns
    -------
    RiskBands
        Five bands of a fifth each.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "probability_alive": [0.5, 0.1], "at_risk": [8.0, 5.0]})
    >>> found = risk_bands(people)
    >>> found.savable, found.gone, found.table["customers"].tolist()
    (8.0, 5.0, [0, 0, 1, 0, 1])
    """
    table = as_table(values)
    require_columns(table.columns, [CUSTOMER_ID, "probability_alive", "at_risk"], where="values")
    d = table.engine.dialect
    whens = " ".join(f"WHEN probability_alive >= {low} THEN {i}" for i, low in enumerate(BANDS))
    found = table.rows(f"""
        SELECT CASE {whens} END AS band, count(*) AS customers, {d.exact_sum("at_risk")} AS at_risk
        FROM {{table}} AS v WHERE probability_alive IS NOT NULL GROUP BY 1""").set_index("band")
    rows = found.reindex(range(len(BANDS))).fillna(0.0)
    return RiskBands(
        table=pd.DataFrame(
            {
                "low": BANDS,
                "high": np.array([1.0, *BANDS[:-1]]),
                "customers": rows["customers"].astype(int).to_numpy(),
                "at_risk": rows["at_risk"].astype(float).to_numpy(),
                "savable": np.array(BANDS) >= SAVED_FROM,
            }
        )
    )

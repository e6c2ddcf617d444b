"""Conditions in the order in which they are asked, which put customers into segments instead of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from workbench.clustering.categories import Codes
from workbench.clustering.feature_rules import Floats
from workbench.core.engine import DuckDBEngine, Table, as_table
from workbench.core.engine.expressions import spelled
from workbench.core.errors import EngineError, InputError, in_english
from workbench.core.names import SEGMENT


@dataclass(frozen=True, eq=False)
class Conditions:
    """SQL conditions on raw columns; a customer is in the first segment whose condition holds.

    Examples
    --------
    >>> made = Conditions(("monetary >= 100", ""))
    >>> made.labels(pd.DataFrame({"monetary": [50.0, 200.0]})).tolist()
    [2, 1]
    """

    when: tuple[str, ...]
    method: ClassVar[str] = "rules"

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.when)

    @property
    def centres(self) -> Floats:
        """There are none."""
        return np.empty((self.k, 0))

    @property
    def modes(self) -> Codes:
        """There are none."""
        return np.empty((self.k, 0), dtype=np.int64)

    def case_sql(self, table: Table) -> str:
        """Return the segment of a table's rows as SQL of its engine; nothing where no condition holds."""
        whens = " ".join(f"WHEN {w} THEN {i + 1}" for i, w in enumerate(self._spelled(table)))
        return f"CAST(CASE {whens} END AS BIGINT)"

    def _spelled(self, table: Table) -> list[str]:
        return [spelled(w, table.columns, table.engine.dialect) or "TRUE" for w in self.when]

    def labels(self, frame: pd.DataFrame) -> Codes:
        """Return the segment of each row of a DataFrame, 1 … k.

        Raises
        ------
        InputError
            If a condition cannot be evaluated, or no condition holds for a row.
        """
        engine = DuckDBEngine()
        numbered = frame.reset_index(drop=True).assign(_row=np.arange(len(frame)))
        table = as_table(numbered, engine)
        self.check(table)
        found = table.rows(f"SELECT {self.case_sql(table)} AS {SEGMENT} FROM {{table}} AS rows ORDER BY _row")[SEGMENT]
        if found.isna().any():
            raise InputError(
                "Every customer can be scored.",
                found=f"{int(found.isna().sum()):,} rows without a rule",
                fix="Add a last segment without a condition.",
                where="segments",
            )
        return found.to_numpy(dtype=np.int64)

    def check(self, table: Table) -> None:
        """Refuse conditions that the engine cannot evaluate, naming the segment.

        Raises
        ------
        InputError
            With what the engine says.
        """
        for i, (when, spelled_) in enumerate(zip(self.when, self._spelled(table), strict=True)):
            try:
                table.rows(f"SELECT count(CASE WHEN {spelled_} THEN 1 END) AS n FROM {{table}} AS rows LIMIT 1")
            except EngineError as error:
                raise InputError(
                    "The condition of a segment is SQL over columns of the customers.",
                    found=f"segment {i + 1}: {when!r}: {in_english(error.found).splitlines()[0]}",
                    fix=f"There are {', '.join(table.columns)}.",
                    where="segments",
                ) from error

    def costs(self, values: Floats, codes: Codes) -> Floats:  # noqa: ARG002
        """Refuse: conditions go over raw columns."""
        raise TypeError("conditions have no costs; use labels or case_sql")

    def sql(self, z: Sequence[str], g: Sequence[str]) -> list[str]:  # noqa: ARG002
        """Refuse: conditions go over raw columns."""
        raise TypeError("conditions have no costs; use labels or case_sql")

    def reordered(self, order: Sequence[int]) -> Conditions:
        """Return the same; the order of conditions has a meaning."""
        if list(order) != list(range(self.k)):
            raise TypeError("the order of conditions has a meaning")
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the conditions."""
        return {"when": list(self.when)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Conditions:
        """Read conditions."""
        return cls(tuple(content["when"]))

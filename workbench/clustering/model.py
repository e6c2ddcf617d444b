"""A frozen segmentation: rules of the features and centres of the segments; it scores any number of new customers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Final, Self

import numpy as np
import pandas as pd

from workbench.clustering.features import FeatureRule, Features, Floats, apply_rules
from workbench.clustering.rfm import RFM_COLUMNS
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, SEGMENT, Column
from workbench.core.results import Result

FORMAT: Final = "segments/v1"
_BLOCK: Final = 100_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SegmentModel(Result):
    """Segments as centres: a customer belongs to the nearest.

    Attributes
    ----------
    table
        One row per segment: ``segment`` (1 is the most valuable), ``n`` (customers fitted on), ``share``, and the
        centre of each feature in raw units.
    rules
        How raw columns become features.
    centres
        Centre of each segment, in features.
    method, seed, fitted_on
        How it was fitted.
    within, explained
        Sum of squared distances to the centres, and the share of all of it that lies between segments.
    """

    rules: tuple[FeatureRule, ...]
    centres: Floats
    method: str
    seed: int
    fitted_on: int
    within: float
    explained: float

    caption: ClassVar[Message] = message("Segments: sizes and centres")
    columns: ClassVar[Mapping[str, Column]] = RFM_COLUMNS

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.centres)

    def assign(self, data: pd.DataFrame | Features) -> pd.Series:
        """Return the segment of each row: 1 … k, with the index of `data`.

        Raises
        ------
        InputError
            If a column the model needs is missing, or a value is infinite or missing where that is refused.
        """
        values = data.values if isinstance(data, Features) else apply_rules(self.rules, data)
        index = data.rows.index if isinstance(data, Features) else data.index
        return pd.Series(nearest(values, self.centres) + 1, index=index, name=SEGMENT)

    def assign_sql(self, table: Table) -> str:
        """Return the query that gives ``customer_id`` and ``segment`` of each row of `table`.

        The nearest centre has the least |c|² − 2 z·c; a tie goes to the more valuable segment.
        """
        require_columns(table.columns, [CUSTOMER_ID, *(r.name for r in self.rules)], where="customers")
        d = table.engine.dialect
        features = ", ".join(f"{rule.sql(d.quote(rule.name))} AS z{j}" for j, rule in enumerate(self.rules))
        distances = []
        for i, centre in enumerate(self.centres):
            terms = "".join(f" - {2 * float(c)!r} * z{j}" for j, c in enumerate(centre)).replace("- -", "+ ")
            distances.append(f"{float(centre @ centre)!r}{terms} AS d{i}")
        least = f"least({', '.join(f'd{i}' for i in range(self.k))})" if self.k > 1 else "d0"
        whens = " ".join(f"WHEN d{i} = {least} THEN {i + 1}" for i in range(self.k))
        return f"""
            SELECT {CUSTOMER_ID}, CAST(CASE {whens} END AS BIGINT) AS {SEGMENT}
            FROM (SELECT {CUSTOMER_ID}, {", ".join(distances)}
                  FROM (SELECT {CUSTOMER_ID}, {features} FROM {table.source}) AS features) AS distances"""

    def assign_table(
        self,
        data: pd.DataFrame | Table | BulkResult | str | Path,
        *,
        path: str | Path | None = None,
        engine: Engine | None = None,
    ) -> Table:
        """Give every customer of a table of any size a segment, inside the engine.

        Parameters
        ----------
        data
            One row per customer with ``customer_id`` and the model's raw columns.
        path
            Parquet file to write to; a file that lives as long as this process if None.
        engine
            Engine for a DataFrame or a path.

        Returns
        -------
        Table
            ``customer_id`` and ``segment``, in the order of the ids.

        Raises
        ------
        InputError
            If a column is missing, or a row cannot be scored.
        """
        table = data.source if isinstance(data, BulkResult) else as_table(data, engine)
        order = table.engine.dialect.text_order.format(column=CUSTOMER_ID)
        rows = keep_rows(table.engine, f"{self.assign_sql(table)} ORDER BY {order}", stem="segments", path=path)
        lost = int(rows.rows(f"SELECT count(*) AS n FROM {{table}} WHERE {SEGMENT} IS NULL")["n"][0])
        if lost:
            raise InputError(
                "Every customer can be scored.",
                found=f"{lost:,} rows with missing or infinite values",
                fix="Correct them, or build the features with missing='median'.",
                where="customers",
            )
        return rows

    def save(self, path: str | Path) -> Path:
        """Write the model as readable JSON."""
        target = Path(path)
        content = {
            "format": FORMAT,
            "method": self.method,
            "seed": self.seed,
            "fitted_on": self.fitted_on,
            "within": self.within,
            "explained": self.explained,
            "features": [
                {k: None if isinstance(v, float) and np.isinf(v) else v for k, v in asdict(r).items()}
                for r in self.rules
            ],
            "segments": [
                {"segment": i + 1, "n": int(n), "centre": [float(c) for c in centre]}
                for i, (n, centre) in enumerate(zip(self.table["n"], self.centres, strict=True))
            ],
        }
        target.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return target

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        InputError
            If the file is not a segmentation.
        """
        source = Path(path)
        try:
            content = json.loads(source.read_text(encoding="utf-8"))
            found = content["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _not_a_model(source, str(error)) from error
        if found != FORMAT:
            raise _not_a_model(source, f"format {found!r}")
        rules = tuple(
            FeatureRule(**{**r, "low": _or(r["low"], -np.inf), "high": _or(r["high"], np.inf)})
            for r in content["features"]
        )
        centres = np.array([s["centre"] for s in content["segments"]], dtype=np.float64)
        return cls.of(
            rules, centres, [s["n"] for s in content["segments"]],
            method=content["method"], seed=content["seed"], fitted_on=content["fitted_on"],
            within=content["within"], explained=content["explained"],
        )  # fmt: skip

    @classmethod
    def of(
        cls,
        rules: tuple[FeatureRule, ...],
        centres: Floats,
        sizes: list[int],
        *,
        method: str,
        seed: int,
        fitted_on: int,
        within: float,
        explained: float,
    ) -> Self:
        """Make a model of its centres."""
        n = np.asarray(sizes, dtype=np.int64)
        table = pd.DataFrame({SEGMENT: np.arange(1, len(n) + 1), "n": n, "share": n / n.sum()})
        for j, rule in enumerate(rules):
            table[rule.name] = rule.undo(centres[:, j])
        return cls(
            table=table, rules=rules, centres=centres, method=method, seed=seed, fitted_on=fitted_on,
            within=within, explained=explained,
        )  # fmt: skip


def nearest(values: Floats, centres: Floats) -> np.ndarray:
    """Return the place of the nearest centre of each row; a tie goes to the first.

    Examples
    --------
    >>> nearest(np.array([[0.0], [8.0]]), np.array([[9.0], [1.0]])).tolist()
    [1, 0]
    """
    squares = (centres**2).sum(axis=1)
    found = [np.argmin(squares - 2 * values[i : i + _BLOCK] @ centres.T, axis=1) for i in range(0, len(values), _BLOCK)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _not_a_model(path: Path, found: str) -> InputError:
    return InputError(f"A saved segmentation is JSON of format {FORMAT}.", found=f"{path}: {found}",
                      fix="Give the path that SegmentModel.save wrote.", where="SegmentModel.load")  # fmt: skip

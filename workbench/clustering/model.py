"""A frozen segmentation: rules of the features and centres of the segments; it scores any number of new customers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

import numpy as np
import pandas as pd

from workbench.clustering.categories import CategoryRule, Codes, apply_categories
from workbench.clustering.conditions import Conditions
from workbench.clustering.feature_rules import FeatureRule, Floats, apply_rules
from workbench.clustering.features import Features
from workbench.clustering.rfm import RFM_COLUMNS
from workbench.clustering.scorers import Centres, Medoids, Prototypes, Scorer
from workbench.clustering.scorers_mixture import Gaussians, LatentClasses
from workbench.core.bulk import BulkResult, keep_rows
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, SEGMENT, Column
from workbench.core.results import Result

FORMAT: Final = "segments/v2"
_OLD_FORMAT: Final = "segments/v1"
_BLOCK: Final = 100_000
SCORERS: Final[Mapping[str, type[Any]]] = {
    c.method: c for c in (Centres, Prototypes, Medoids, LatentClasses, Gaussians, Conditions)
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SegmentModel(Result):
    """A frozen segmentation: a customer belongs to the segment of least cost (nearest, or most likely).

    Attributes
    ----------
    table
        One row per segment: ``segment`` (1 is the most valuable), ``n`` (customers fitted on), ``share``, the centre of
        each number in raw units, and the most typical level of each category.
    rules, categories
        How raw columns become features.
    scorer
        What the costs are computed from.
    seed, fitted_on
        How it was fitted.
    within, explained
        Sum of the costs of all rows (squared distances, distances), and the share of the spread that lies between the
        segments; missing where the method has no such thing.
    quality
        What else the method says of the fit, such as ``loglik``, ``bic``, ``entropy``, ``starts_reaching_best``.
    """

    rules: tuple[FeatureRule, ...]
    categories: tuple[CategoryRule, ...]
    scorer: Scorer
    seed: int
    fitted_on: int
    within: float
    explained: float
    quality: Mapping[str, float]

    caption: ClassVar[Message] = message("Segments: sizes and centres")
    columns: ClassVar[Mapping[str, Column]] = RFM_COLUMNS

    @property
    def k(self) -> int:
        """Number of segments."""
        return self.scorer.k

    @property
    def method(self) -> str:
        """How it was fitted."""
        return self.scorer.method

    @property
    def centres(self) -> Floats:
        """Typical features of each segment, segments × features of numbers."""
        return self.scorer.centres

    def assign(self, data: pd.DataFrame | Features) -> pd.Series:
        """Return the segment of each row: 1 … k, with the index of `data`.

        Raises
        ------
        InputError
            If a column the model needs is missing, or a value is infinite or missing where that is refused.
        """
        frame = data.rows if isinstance(data, Features) else data
        if isinstance(self.scorer, Conditions):
            return pd.Series(self.scorer.labels(frame), index=frame.index, name=SEGMENT)
        if isinstance(data, Features) and data.rules == self.rules and data.categories == self.categories:
            values, codes = data.values, data.codes
        else:
            values, codes = apply_rules(self.rules, frame), apply_categories(self.categories, frame)
        return pd.Series(cheapest(self.scorer, values, codes) + 1, index=frame.index, name=SEGMENT)

    def assign_sql(self, table: Table) -> str:
        """Return the query that gives ``customer_id`` and ``segment`` of each row of `table`.

        The segment of least cost wins; a tie goes to the more valuable one.
        """
        d = table.engine.dialect
        if isinstance(self.scorer, Conditions):
            return f"SELECT {CUSTOMER_ID}, {self.scorer.case_sql(table)} AS {SEGMENT} FROM {table.source} AS rows"
        needed = [r.name for r in self.rules] + [r.name for r in self.categories]
        require_columns(table.columns, [CUSTOMER_ID, *needed], where="customers")
        z, g = [f"z{j}" for j in range(len(self.rules))], [f"g{j}" for j in range(len(self.categories))]
        features = [
            f"{rule.sql(d.quote(rule.name), d.double_type)} AS {name}" for rule, name in zip(self.rules, z, strict=True)
        ]
        features += [f"{c.sql(d.quote(c.name), d)} AS {name}" for c, name in zip(self.categories, g, strict=True)]
        costs = ", ".join(f"{text} AS d{i}" for i, text in enumerate(self.scorer.sql(z, g)))
        least = f"least({', '.join(f'd{i}' for i in range(self.k))})" if self.k > 1 else "d0"
        whens = " ".join(f"WHEN d{i} = {least} THEN {i + 1}" for i in range(self.k))
        return f"""
            SELECT {CUSTOMER_ID}, CAST(CASE {whens} END AS BIGINT) AS {SEGMENT}
            FROM (SELECT {CUSTOMER_ID}, {costs}
                  FROM (SELECT {CUSTOMER_ID}, {", ".join(features)} FROM {table.source} AS raw) AS features) AS costs"""

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
        self._refuse_infinite(table)
        rows = keep_rows(table.engine, f"{self.assign_sql(table)} ORDER BY {order}", stem="segments", path=path)
        lost = int(rows.rows(f"SELECT count(*) AS n FROM {{table}} AS t WHERE {SEGMENT} IS NULL")["n"][0])
        if lost:
            raise InputError(
                "Every customer can be scored.",
                found=f"{lost:,} rows with missing or infinite values"
                if not isinstance(self.scorer, Conditions)
                else f"{lost:,} rows that no rule applies to",
                fix="Correct them, or build the features with missing='median'."
                if not isinstance(self.scorer, Conditions)
                else "Add a last segment without a condition.",
                where="customers",
            )
        return rows

    def _refuse_infinite(self, table: Table) -> None:
        # a value that may be missing must not be taken for missing where it is infinite
        kept = [r.name for r in self.rules if r.missing == "keep" and r.name in table.columns]
        if not kept or isinstance(self.scorer, Conditions):
            return
        d = table.engine.dialect
        wrong = " OR ".join(f"abs(CAST({d.quote(n)} AS {d.double_type})) >= 1e300" for n in kept)
        n = int(table.rows(f"SELECT count(*) AS n FROM {{table}} AS t WHERE {wrong}")["n"][0])
        if n:
            raise InputError(
                "Features are finite numbers.",
                found=f"{n:,} rows with infinite values",
                fix="Correct them.",
                where="customers",
            )

    def save(self, path: str | Path) -> Path:
        """Write the model as readable JSON."""
        target = Path(path)
        content = {
            "format": FORMAT,
            "method": self.method,
            "seed": self.seed,
            "fitted_on": self.fitted_on,
            "within": _known(self.within),
            "explained": _known(self.explained),
            "quality": {k: _known(v) for k, v in self.quality.items()},
            "features": [{k: _known(v) for k, v in asdict(r).items()} for r in self.rules],
            "categories": [{"name": c.name, "levels": list(c.levels)} for c in self.categories],
            "sizes": [int(n) for n in self.table["n"]],
            "segments": self.scorer.to_json(),
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
            found, method = content["format"], content["method"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _not_a_model(source, str(error)) from error
        if found not in (FORMAT, _OLD_FORMAT) or method not in SCORERS:
            raise _not_a_model(source, f"format {found!r}, method {method!r}")
        rules = tuple(
            FeatureRule(**{**r, "low": _or(r["low"], -np.inf), "high": _or(r["high"], np.inf)})
            for r in content["features"]
        )
        segments, sizes = content["segments"], content.get("sizes")
        if found == _OLD_FORMAT:
            sizes = [s["n"] for s in segments]
            segments = {"centres": [s["centre"] for s in segments]}
        return cls.of(
            rules,
            SCORERS[method].from_json(segments),
            sizes,
            categories=tuple(CategoryRule(c["name"], tuple(c["levels"])) for c in content.get("categories", [])),
            seed=content["seed"],
            fitted_on=content["fitted_on"],
            within=_or(content["within"], np.nan),
            explained=_or(content["explained"], np.nan),
            quality={k: _or(v, np.nan) for k, v in content.get("quality", {}).items()},
        )

    @classmethod
    def of(
        cls,
        rules: tuple[FeatureRule, ...],
        scorer: Scorer,
        sizes: list[int],
        *,
        categories: tuple[CategoryRule, ...] = (),
        seed: int,
        fitted_on: int,
        within: float = np.nan,
        explained: float = np.nan,
        quality: Mapping[str, float] | None = None,
    ) -> Self:
        """Make a model of its scorer."""
        n = np.asarray(sizes, dtype=np.int64)
        table = pd.DataFrame({SEGMENT: np.arange(1, len(n) + 1), "n": n, "share": n / max(n.sum(), 1)})
        if scorer.centres.shape[1] == len(rules):
            for j, rule in enumerate(rules):
                table[rule.name] = rule.undo(scorer.centres[:, j])
        if scorer.modes.shape[1] == len(categories):
            for j, category in enumerate(categories):
                named = [category.levels[m] if 0 <= m < len(category.levels) else None for m in scorer.modes[:, j]]
                table[category.name] = pd.Series(named, dtype=object)
        return cls(
            table=table,
            rules=rules,
            categories=categories,
            scorer=scorer,
            seed=seed,
            fitted_on=fitted_on,
            within=within,
            explained=explained,
            quality=MappingProxyType(dict(quality or {})),
        )


def cheapest(scorer: Scorer, values: Floats, codes: Codes) -> np.ndarray:
    """Return the place of the segment of least cost of each row, 0 … k − 1; a tie goes to the first.

    Examples
    --------
    >>> scorer = Centres(np.array([[9.0], [1.0]]))
    >>> cheapest(scorer, np.array([[0.0], [8.0]]), np.empty((2, 0), dtype=int)).tolist()
    [1, 0]
    """
    found = [
        np.argmin(scorer.costs(values[i : i + _BLOCK], codes[i : i + _BLOCK]), axis=1)
        for i in range(0, max(len(values), len(codes)), _BLOCK)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _not_a_model(path: Path, found: str) -> InputError:
    return InputError(
        f"A saved segmentation is JSON of format {FORMAT}.",
        found=f"{path}: {found}",
        fix="Give the path that SegmentModel.save wrote.",
        where="SegmentModel.load",
    )

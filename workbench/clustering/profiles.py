"""What the segments are like: sizes, value, typical customers, and names proposed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.clustering.feature_rules import FeatureRule
from workbench.clustering.model import SegmentModel
from workbench.clustering.naming import distinct, propose_name
from workbench.clustering.rfm import RFM_COLUMNS
from workbench.clustering.segments import VALUE_COLUMNS
from workbench.clustering.words import label_of
from workbench.core import charts
from workbench.core.bulk import BulkResult, in_engine
from workbench.core.engine import Dialect, Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, current_language, message
from workbench.core.names import CUSTOMER_ID, SEGMENT, Column
from workbench.core.results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Rules = tuple[FeatureRule, ...]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SegmentProfile(Result):
    """Segments described.

    Attributes
    ----------
    table
        One row per segment: ``segment``, ``name``, ``customers``, ``share``, ``value_share`` (share of all value), and
        the mean of each column under its own name.
    medians
        One row per segment: ``segment`` and the median of each column.
    levels
        Standardised means, segments × columns: how many standard deviations of the customers from the overall mean,
        on the scale of the features.
    """

    medians: pd.DataFrame
    levels: pd.DataFrame

    caption: ClassVar[Message] = message("Segments and what they are like (means)")
    columns: ClassVar[Mapping[str, Column]] = {
        **RFM_COLUMNS,
        "name": Column(message("Proposed name")),
        "value_share": Column(message("Share of value"), "pct1"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how the segments differ from the overall mean, in standard deviations."""
        chosen = language or current_language()
        shown = self.levels.copy()
        shown.columns = [n if isinstance(n := label_of(str(c)), str) else n.text(chosen) for c in shown.columns]
        shown.index = pd.Index(
            [f"{s} {n.text(chosen)}" for s, n in zip(self.table[SEGMENT], self.table["name"], strict=True)]
        )

        def draw(ax: Axes) -> None:
            charts.heat_map(ax, shown, style="signed1", language=chosen)

        return charts.draw_figure(draw, height=1.2 + 0.45 * len(shown))


def profile_segments(
    model: SegmentModel,
    data: pd.DataFrame | Table | BulkResult | str | Path,
    segments: Table | None = None,
    *,
    columns: Sequence[str] | None = None,
    value: str | None = None,
    weight: str | None = None,
    engine: Engine | None = None,
) -> SegmentProfile:
    """Describe the segments of all customers of a table, inside the engine.

    Parameters
    ----------
    model
        The segmentation.
    data
        One row per customer with ``customer_id`` and the columns to describe; of the model's features at least one.
    segments
        ``customer_id`` and ``segment``, from `SegmentModel.assign_table`; assigned here if None.
    columns
        Numeric columns to describe; the model's features if None.
    value
        Column whose sum is value; the first of ``clv``, ``monetary``, ``amount_12m``, ``amount`` that is there if None.
    weight
        Column of survey weights: shares, means and levels then are weighted; numbers of customers and medians are not.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    SegmentProfile
        Sizes, means, medians, standardised means and proposed names.

    Raises
    ------
    InputError
        If a column is missing or no customer has a segment.

    Examples
    --------
    >>> from workbench.clustering import build_features, fit_segments
    >>> raw = pd.DataFrame(
    ...     {"customer_id": list("abcdef"), "frequency": [1, 2, 1, 9, 8, 9], "monetary": [5.0, 9, 7, 90, 80, 99]}
    ... )
    >>> profile = profile_segments(fit_segments(build_features(raw), k=2, seed=1), raw)
    >>> [str(n) for n in profile.table["name"]], profile.table["value_share"].round(2).tolist()
    (['Frequent big spenders', 'Occasional small buyers'], [0.93, 0.07])
    """
    table = data.source if isinstance(data, BulkResult) else as_table(data, engine)
    assigned = in_engine(segments, table.engine) if segments else model.assign_table(table)
    names = list(columns if columns is not None else [r.name for r in model.rules])
    worth = value or next((c for c in VALUE_COLUMNS if c in table.columns), None)
    more = [c for c in (worth, weight) if c is not None]
    require_columns(table.columns, [CUSTOMER_ID, *names, *more], where="customers")
    # segments of categories are compared by the columns as they are
    rules = model.rules or tuple(FeatureRule(n, "none", None, -np.inf, np.inf, 0.0, 1.0) for n in names)
    found = table.rows(_profile_sql(table, assigned, names, worth, weight, rules))
    if found.empty:
        raise InputError(
            "Some customers have a segment.",
            found="nobody",
            fix="Assign segments to these customers.",
            where="segments",
        )
    n = found["weights"].to_numpy(dtype=float)
    result = pd.DataFrame({SEGMENT: found[SEGMENT], "customers": found["customers"], "share": n / n.sum()})
    if worth:
        sums = found["worth"].to_numpy(dtype=float)
        result["value_share"] = sums / sums.sum() if sums.sum() else np.nan
    for name in names:
        result[name] = found[f"mean {name}"].to_numpy(dtype=float)
    levels = _levels(found, rules, n)
    medians = found[[SEGMENT]].assign(**{name: found[f"median {name}"].to_numpy(dtype=float) for name in names})
    proposed = distinct(
        [
            propose_name({str(c): float(v) for c, v in row.items()}, {str(c): float(v) for c, v in typical.items()})
            for (_, row), typical in zip(levels.iterrows(), medians[names].to_dict("records"), strict=True)
        ]
    )
    result.insert(1, "name", pd.Series(proposed, dtype=object))
    return SegmentProfile(table=result, medians=medians, levels=levels)


def _profile_sql(
    table: Table, assigned: Table, names: list[str], worth: str | None, weight: str | None, rules: Rules
) -> str:
    d = table.engine.dialect
    counts = None if weight is None else f"c.{d.quote(weight)}"
    picks = ["count(*) AS weights" if counts is None else f"{d.exact_sum(counts, 8)} AS weights"]
    for name in names:
        column = f"c.{d.quote(name)}"
        picks.append(f"{_mean(column, counts, d)} AS {d.quote(f'mean {name}')}")
        picks.append(f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {column}) AS {d.quote(f'median {name}')}")
    for j, rule in enumerate(rules):
        feature = rule.sql(f"c.{d.quote(rule.name)}", d.double_type)
        picks.append(f"{_mean(feature, counts, d)} AS z{j}")
        picks.append(f"{_mean(f'({feature}) * ({feature})', counts, d)} AS zz{j}")
    if worth:
        picks.append(f"{d.exact_sum(f'c.{d.quote(worth)}', 4)} AS worth")
    return f"""
        SELECT s.{SEGMENT}, count(*) AS customers, {", ".join(picks)}
        FROM {table.source} AS c JOIN {assigned.source} AS s ON s.{CUSTOMER_ID} = c.{CUSTOMER_ID}
        GROUP BY s.{SEGMENT} ORDER BY s.{SEGMENT}"""


def _mean(value: str, weight: str | None, d: Dialect) -> str:
    if weight is None:
        return f"{d.exact_sum(value, 8)} / nullif(count({value}), 0)"
    known = f"CASE WHEN {value} IS NOT NULL THEN {weight} END"
    return f"{d.exact_sum(f'({value}) * {weight}', 8)} / nullif({d.exact_sum(known, 8)}, 0)"


def _levels(found: pd.DataFrame, rules: Rules, n: np.ndarray) -> pd.DataFrame:
    share = n / n.sum()
    levels = {}
    for j, rule in enumerate(rules):
        mean, square = found[f"z{j}"].to_numpy(dtype=float), found[f"zz{j}"].to_numpy(dtype=float)
        overall = float(share @ mean)
        deviation = np.sqrt(max(float(share @ square) - overall**2, 1e-300))
        levels[rule.name] = (mean - overall) / deviation
    return pd.DataFrame(levels, index=pd.Index(found[SEGMENT].tolist(), name=SEGMENT))

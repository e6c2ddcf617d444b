"""Raw columns to features that can be compared: logarithm, winsorising, robust scaling, missing values by a rule.

Unscaled, money explains everything and the rest nothing; so features are scaled unless they come scaled already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clustering.categories import (
    MISSING_CODE,
    CategoryRule,
    Codes,
    apply_categories,
    category_rules,
    cramers_v,
)
from workbench.clustering.feature_rules import FeatureRule, Floats, Transform, apply_rules
from workbench.clustering.fields import field_of
from workbench.clustering.rule_fitting import check_scales, fit_rule
from workbench.clustering.sample import sample_rows
from workbench.core.bulk import BulkResult
from workbench.core.calls import takes_columns
from workbench.core.column_kinds import is_number
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result

Missing = Literal["median", "refuse", "keep"]

_REDUNDANT: Final = 0.95


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Features(Result):
    """Features of a sample of customers, and the rules that make them for everybody.

    Attributes
    ----------
    table
        One row per feature: ``feature``, ``field`` (geography, demography, purchases, attitudes), ``transform``
        (``category`` for categories, ``scale`` for ratings), ``missing`` (share), ``low``, ``high`` (raw values the
        rest is cut to), ``centre`` (raw), ``skewness`` (of the feature).
    rules
        How each raw column of numbers becomes a feature.
    rows
        The raw rows the rules were made from, with ``customer_id`` where there was one.
    values
        Their features, rows × features.
    categories, codes
        How each column of categories becomes codes, and the codes of the rows.
    source
        All customers; None where a DataFrame without ``customer_id`` was given.
    customers
        Number of all customers.
    """

    rules: tuple[FeatureRule, ...]
    rows: pd.DataFrame
    values: Floats
    source: Table | None
    customers: int
    categories: tuple[CategoryRule, ...] = ()
    codes: Codes = field(default_factory=lambda: np.empty((0, 0), dtype=np.int64))

    caption: ClassVar[Message] = message("Features of the segmentation")
    columns: ClassVar[Mapping[str, Column]] = {
        "feature": Column(message("Feature")),
        "field": Column(message("Field")),
        "transform": Column(message("Transformation")),
        "missing": Column(message("Missing"), "pct1"),
        "low": Column(message("Cut below"), "dec1"),
        "high": Column(message("Cut above"), "dec1"),
        "centre": Column(message("Median"), "dec1"),
        "skewness": Column(message("Skewness"), "dec2"),
    }

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the raw columns."""
        return (*(r.name for r in self.rules), *(c.name for c in self.categories))


@takes_columns(many=["columns", "categories", "keep"])
def build_features(
    data: pd.DataFrame | Table | BulkResult | str | Path,
    columns: Sequence[str] | None = None,
    *,
    categories: Sequence[str] = (),
    keep: Sequence[str] = (),
    transforms: Mapping[str, Transform] | None = None,
    scales: Mapping[str, tuple[float, float]] | None = None,
    winsorise: float = 0.01,
    missing: Missing = "median",
    fitted_on: int = 50_000,
    seed: int = 1,
    engine: Engine | None = None,
) -> Features:
    """Make comparable features of raw columns.

    Parameters
    ----------
    data
        One row per customer with ``customer_id``: a DataFrame, a Parquet file, a `Table`, or an `rfm_table`.
    columns
        Numeric columns; all numeric ones if None (none if None and there are categories).
    categories
        Columns of categories (texts, codes): they stay categories, for `fit_segments` by ``kprototypes``,
        ``gower_pam`` or ``latent_class``.
    keep
        Further columns that the raw rows carry along, for rules made by hand.
    transforms
        Column → ``none`` or ``log``. Others: ``log`` where nothing is negative and the skewness is above 1.
    scales
        Rating → lowest and highest answer of its scale, which become −2 and 2 whatever was answered: a question on
        which customers are of two minds must not count for less because its answers are spread more.
    winsorise
        Share at each end that is cut to the value there; 0 cuts nothing.
    missing
        ``median`` fills a missing number with the column's median and counts it; ``refuse`` does not accept any;
        ``keep`` leaves it missing, for ``gower_pam``. A missing category always stays missing.
    fitted_on
        Rows that medians and quantiles are taken from, drawn reproducibly.
    seed
        Seed of that draw.
    engine
        Engine for a DataFrame or a path.

    Returns
    -------
    Features
        Centred at the median and divided by the interquartile range / 1.349, so that 1 is about a standard deviation;
        ratings by their scales.

    Raises
    ------
    InputError
        If a column is missing, not numeric, infinite or empty, or an argument is out of range; if no column differs
        between customers. One that is the same for all is left out and named in a note.

    Examples
    --------
    >>> raw = pd.DataFrame({"customer_id": list("abcd"), "frequency": [1, 2, 4, 9], "monetary": [5.0, 40, 90, 2000]})
    >>> build_features(raw).table["transform"].tolist()
    ['none', 'log']
    """
    table = data.source if isinstance(data, BulkResult) else as_table(data, engine)
    types = table.columns
    require_columns(types, [CUSTOMER_ID, *(columns or ()), *categories, *keep], where="features")
    every = [] if categories else [c for c, t in types.items() if c != CUSTOMER_ID and is_number(t)]
    names = every if columns is None else list(columns)
    _check(names, categories, types, transforms or {}, winsorise, missing)
    check_scales(names, scales or {})
    carried = dict.fromkeys([*names, *categories, *keep])
    rows, customers = sample_rows(table, list(carried), most=fitted_on, seed=seed)
    made: list[tuple[FeatureRule, dict[str, object]]] = []
    flat: list[str] = []
    for n in names:
        numbers = rows[n].to_numpy(dtype=float, na_value=np.nan)
        if _same_for_all(numbers) and len(names) + len(categories) - len(flat) > 1:
            flat.append(n)
        else:
            scale = (scales or {}).get(n)
            made.append(fit_rule(numbers, n, (transforms or {}).get(n), scale, winsorise, missing))
    names = [n for n in names if n not in flat]
    rules, lines = tuple(m[0] for m in made), [m[1] for m in made]
    kinds = category_rules(rows, categories)
    values, codes = apply_rules(rules, rows), apply_categories(kinds, rows)
    lines += [_category_line(rule, codes[:, j]) for j, rule in enumerate(kinds)]
    return Features(
        table=pd.DataFrame(lines),
        rules=rules,
        rows=rows,
        values=values,
        categories=kinds,
        codes=codes,
        source=table,
        customers=customers,
        notes=(
            *_flat_notes(flat),
            *_notes(lines, customers, len(rows)),
            *_redundant(values, codes, names, categories),
        ),
    )


def _flat_notes(flat: Sequence[str]) -> list[Note]:
    return [Note(message("{feature} is the same for all customers and left out.", feature=n), "caution") for n in flat]


def _same_for_all(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(known.min() == known.max())


def _check(
    names: Sequence[str],
    categories: Sequence[str],
    types: Mapping[str, str],
    transforms: Mapping[str, str],
    winsorise: float,
    missing: str,
) -> None:
    text = [n for n in names if not is_number(types[n])]
    if text or not (names or categories):
        raise InputError(
            "Features are made of numeric columns.",
            found=f"{text or 'no numeric column'}",
            fix="Name numeric columns, and name texts as `categories`.",
            where="features",
        )
    require_columns(names, transforms, where="transforms")
    wrong = {k: v for k, v in transforms.items() if v not in ("none", "log")}
    if wrong or missing not in ("median", "refuse", "keep") or not 0 <= winsorise < 0.25:
        raise InputError(
            "A transformation is none or log, missing is median, refuse or keep, winsorise is from 0 to below 0.25.",
            found=f"transforms {wrong}, missing {missing!r}, winsorise {winsorise!r}",
            fix="Correct the argument.",
            where="build_features",
        )


def _category_line(rule: CategoryRule, codes: Codes) -> dict[str, object]:
    empty = float((codes == MISSING_CODE).mean())
    nothing = dict.fromkeys(("low", "high", "centre", "skewness"), np.nan)
    return {"feature": rule.name, "field": field_of(rule.name), "transform": "category", "missing": empty} | nothing


def _notes(lines: list[dict[str, object]], customers: int, rows: int) -> list[Note]:
    found = []
    if rows < customers:
        found.append(
            Note(message("Medians and quantiles come from {n:int} of {all:int} customers.", n=rows, all=customers))
        )
    for line in lines:
        if line["missing"] and line["transform"] == "category":
            text = message(
                "{share:pct1} of {feature} are missing; they are kept apart and not guessed.",
                share=line["missing"],
                feature=line["feature"],
            )
            found.append(Note(text, "caution"))
        elif line["missing"]:
            text = message(
                "{share:pct1} of {feature} are missing; the median stands in for them.",
                share=line["missing"],
                feature=line["feature"],
            )
            found.append(Note(text, "caution"))
    return found


def _redundant(values: Floats, codes: Codes, names: Sequence[str], categories: Sequence[str]) -> list[Note]:
    found = []
    if len(names) > 1 and len(values) > 2:
        close = np.asarray(pd.DataFrame(values).corr())
        for i, j in zip(*np.nonzero(np.triu(np.abs(close) > _REDUNDANT, 1)), strict=True):
            text = message(
                "{one} and {other} say nearly the same (correlation {r:dec2}); together they count double.",
                one=names[i],
                other=names[j],
                r=float(close[i, j]),
            )
            found.append(Note(text, "caution"))
    for i in range(len(categories)):
        for j in range(i + 1, len(categories)):
            r = cramers_v(codes[:, i], codes[:, j])
            if r > _REDUNDANT:
                text = message(
                    "{one} and {other} say nearly the same (Cramér's V {r:dec2}); together they count double.",
                    one=categories[i],
                    other=categories[j],
                    r=r,
                )
                found.append(Note(text, "caution"))
    return found

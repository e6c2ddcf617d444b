"""Several probability samples of one population as one: a main sample, a panel, a spot check drawn toward risk.

Each sample alone estimates the same totals; weighted with shares that add up to 1 they do so together, with less error.
Sources: Hartley (1962), Multiple frame surveys, ASA Proceedings of the Social Statistics Section, 203–206, with both
frames complete; Korn & Graubard (1999), Analysis of Health Surveys, 8.2, for shares by effective sizes; Kalton &
Anderson (1986), Sampling rare populations, JRSS A 149(1), 65–82, for one frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.core.checks import number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, STRATUM, Column
from workbench.core.results import Note, Result
from workbench.weighting.result import kish_deff, kish_effective

SAMPLE: Final = "sample"
Method = Literal["shares", "single_frame"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CombinedSamples(Result):
    """Samples put together.

    Attributes
    ----------
    table
        One row per sample: ``sample``, ``n`` (rows with a weight), ``sum`` (of its weights), ``deff`` (Kish's, of its
        weights), ``n_effective``, ``share`` (of the estimate; with one frame the share of the combined weights).
    rows
        One row per customer: the columns of the sample that names him or her first, ``sample``, ``weight`` (combined)
        and ``stratum`` (of that sample: strata of different samples are different). Estimate from it with
        ``Design(weight="weight", stratum="stratum", psu="customer_id")``.
    shared
        Customers who are in more than one sample; their weights are the sum of those they have in each.
    """

    rows: pd.DataFrame
    shared: int

    caption: ClassVar[Message] = message("Samples put together")
    columns: ClassVar[Mapping[str, Column]] = {
        "sample": Column(message("Sample")),
        "share": Column(message("Share of the estimate"), "pct1"),
    }

    @property
    def shares(self) -> dict[str, float]:
        """Sample → share of the estimate."""
        return dict(zip(self.table["sample"], self.table["share"].tolist(), strict=True))


def combine_samples(
    samples: Mapping[str, pd.DataFrame],
    *,
    weight: str = "weight",
    id: str = CUSTOMER_ID,  # noqa: A002
    stratum: str = STRATUM,
    shares: Literal["effective"] | Mapping[str, float] = "effective",
    method: Method = "shares",
    probabilities: Mapping[str, str] | None = None,
) -> CombinedSamples:
    """Put samples of one population, each drawn with known probabilities and apart from the others, together.

    Parameters
    ----------
    samples
        Name of the sample → one row per customer who answered, the most important sample first.
    weight
        Column of each sample's own weights, adjusted for non-response; each sample's add up to the population.
    id
        Column of the customers' ids; who is in two samples counts in both.
    stratum
        Column of each sample's strata; a sample without it is one stratum.
    shares
        With ``method="shares"`` what each sample counts for: ``effective`` in proportion to its effective number of
        answers n / (1 + CV² of the weights), or name → share, adding up to 1.
    method
        ``shares``: weights times shares (Hartley's estimator for frames that cover the same population).
        ``single_frame``: 1 / (the sum of a customer's probabilities in all samples), times the samples he or she is in
        (Kalton and Anderson); it needs no weights, and everybody's probabilities in every sample.
    probabilities
        With ``single_frame``: name of the sample → column with the probability of being in it, in every table.

    Returns
    -------
    CombinedSamples
        Combined weights add up to the population. A share that does not look at the answers keeps estimates unbiased.

    Raises
    ------
    InputError
        If there is one sample only, a column is missing, an id repeats in a sample, a weight is missing or negative, a
        share is not between 0 and 1, they do not add up to 1, or a probability is not above 0 and at most 1.

    Notes
    -----
    Ŷ = Σ_k λ_k Ŷ_k with Σ λ_k = 1; samples are drawn apart from each other, so V = Σ λ_k² V_k, which the strata of each
    sample give. λ in proportion to n_eff is best where the samples' answers vary alike. A customer in two samples is
    one row with both weights, which overstates the variance a little where samples overlap much.

    Examples
    --------
    >>> main = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "weight": 25.0, "stratum": "all"})
    >>> panel = pd.DataFrame({"customer_id": ["d", "e"], "weight": 50.0, "stratum": "all"})
    >>> both = combine_samples({"main": main, "panel": panel})
    >>> both.table["share"].round(3).tolist(), both.rows["weight"].round(2).tolist(), both.shared
    ([0.667, 0.333], [16.67, 16.67, 16.67, 33.33, 16.67], 1)
    """
    if len(samples) < 2:
        raise InputError(
            message("Two samples or more are put together."),
            found=message("{n:int} samples", n=len(samples)),
            fix=message("Give a mapping of names to tables, such as the main sample and the panel."),
            where="samples",
        )
    parts = {name: _checked(name, rows, id, weight if method == "shares" else None) for name, rows in samples.items()}
    if method == "single_frame":
        weights = _single_frame(parts, probabilities)
        told = _told(parts, weights)
        total = told["sum"].sum()
        told["share"] = told["sum"] / total if total else np.nan
    else:
        own = {name: rows[weight].to_numpy(dtype=float) for name, rows in parts.items()}
        told = _told(parts, own)
        told["share"] = _shares(told, shares)
        weights = {n: own[n] * share for n, share in zip(told["sample"], told["share"], strict=True)}
    stacked = pd.concat(
        [
            rows.assign(
                **{
                    SAMPLE: name,
                    "weight": weights[name],
                    STRATUM: f"{name} · " + (rows[stratum].astype(str) if stratum in rows else "all"),
                }
            )
            for name, rows in parts.items()
        ],
        ignore_index=True,
    )
    summed = stacked.groupby(id, sort=False)["weight"].transform("sum")
    first = ~stacked[id].duplicated()
    rows = stacked.assign(weight=summed)[first].reset_index(drop=True)
    shared = len(stacked) - len(rows)
    return CombinedSamples(table=told, rows=rows, shared=shared, notes=tuple(_notes(told, shared, method)))


def _checked(name: str, rows: pd.DataFrame, id_column: str, weight: str | None) -> pd.DataFrame:
    require_columns(rows.columns, [id_column, *([weight] if weight else [])], where=name)
    twice = rows[id_column].duplicated()
    if twice.any():
        raise InputError(
            message("A customer is in a sample once."),
            found=message("{n:int} ids twice in {sample}", n=int(twice.sum()), sample=name),
            fix=message("Keep one row per customer in each sample."),
            where=id_column,
        )
    if weight is None:
        return rows
    values = number_column(rows, weight, where=name)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise InputError(
            message("Every answer has a weight of 0 or more."),
            found=message("{n:int} answers of {sample} have none", n=int((~(values >= 0)).sum()), sample=name),
            fix=message("Weight each sample by itself first."),
            where=weight,
        )
    return rows[values > 0].reset_index(drop=True)


def _told(parts: Mapping[str, pd.DataFrame], weights: Mapping[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "sample": name,
                "n": len(rows),
                "sum": float(weights[name].sum()),
                "deff": kish_deff(weights[name]),
                "n_effective": kish_effective(weights[name]) if len(rows) else 0.0,
            }
            for name, rows in parts.items()
        ]
    )


def _shares(told: pd.DataFrame, shares: Literal["effective"] | Mapping[str, float]) -> pd.Series:
    if shares == "effective":
        return told["n_effective"] / told["n_effective"].sum()
    given = dict(shares)
    values = told["sample"].map(given).astype(float)
    wrong = set(given) != set(told["sample"]) or not values.between(0, 1).all() or abs(values.sum() - 1) > 1e-6
    if wrong:
        raise InputError(
            message("Shares are between 0 and 1, one for each sample, and add up to 1."),
            found=", ".join(f"{k}: {v:g}" for k, v in given.items()),
            fix=message("Give one share for each sample by its name, such as 0.8 and 0.2."),
            where="shares",
        )
    return values


def _single_frame(parts: Mapping[str, pd.DataFrame], probabilities: Mapping[str, str] | None) -> dict[str, np.ndarray]:
    if probabilities is None or set(probabilities) != set(parts):
        raise InputError(
            message("With one frame everybody's probability in every sample is known."),
            found=", ".join(probabilities or ()) or message("no probabilities"),
            fix=message("Name the column with the probability of each sample, in every table."),
            where="probabilities",
        )
    found = {}
    for name, rows in parts.items():
        require_columns(rows.columns, list(probabilities.values()), where=name)
        chances = np.stack([number_column(rows, c, where=name) for c in probabilities.values()])
        own = number_column(rows, probabilities[name], where=name)
        if not ((chances >= 0) & (chances <= 1)).all() or not (own > 0).all():
            raise InputError(
                message("A probability is above 0 and at most 1; in other samples it may be 0."),
                found=message("others in {sample}", sample=name),
                fix=message("Use the probabilities with which each sample was drawn."),
                where="probabilities",
            )
        found[name] = 1 / chances.sum(axis=0)
    return found


def _notes(told: pd.DataFrame, shared: int, method: Method) -> list[Note]:
    sums = told["sum"].to_numpy(dtype=float)
    found = []
    if method == "shares" and len(sums) and (np.ptp(sums) > 0.1 * sums.max()):
        text = message(
            "The samples' weights add up to totals that differ by more than a tenth ({low:int} to {high:int}): they "
            "may not speak for the same customers.",
            low=sums.min(),
            high=sums.max(),
        )
        found.append(Note(text, "caution"))
    if shared:
        text = message("{n:int} answers come from customers who are in more than one sample.", n=shared)
        found.append(Note(text))
    return found

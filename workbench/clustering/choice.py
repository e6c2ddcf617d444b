"""How many segments: every criterion side by side, and in words whether there are boundaries in the data at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clustering.choice_rules import chance, practical, rising_above, standing_apart
from workbench.clustering.choice_words import agreement_of, verdict_of
from workbench.clustering.class_choice import class_table
from workbench.clustering.criteria import (
    Gap,
    calinski_harabasz,
    distances,
    gap_statistic,
    mixture_bic,
    silhouette,
    spread,
)
from workbench.clustering.criteria_picture import draw_criteria
from workbench.clustering.feature_rules import Floats
from workbench.clustering.features import Features
from workbench.clustering.kmeans import k_means
from workbench.clustering.method_choice import Judged, judge_method
from workbench.clustering.methods import METHODS, Method, Prepared, refuse_unfit
from workbench.clustering.null_data import Cloud
from workbench.clustering.segments import check_k, prepared
from workbench.clustering.strength import ENOUGH, prediction_strength
from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, current_language, message, plural
from workbench.core.names import Column
from workbench.core.progress import tracked
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Criterion = Literal["silhouette", "calinski_harabasz", "gap", "prediction_strength", "bic"]
CRITERIA: Final[tuple[Criterion, ...]] = ("silhouette", "calinski_harabasz", "gap", "prediction_strength", "bic")

_ROWS: Final = 800
_STARTS: Final = 3
_REFERENCES: Final = 20
_NULLS: Final = 24
_SPLITS: Final = 10
_CHANCE: Final = 0.05
_CLEARLY: Final = 0.1


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class KChoice(Result):
    """Criteria for each number of segments, the number proposed and why.

    Attributes
    ----------
    table
        One row per k: ``k``, ``explained`` (share of the spread between segments), and of the criteria asked for
        ``silhouette`` with ``silhouette_null`` (mean in data without groups), ``calinski_harabasz``, ``gap`` with
        ``gap_error``, ``prediction_strength``, ``bic``.
    k
        Number of segments proposed.
    natural
        Whether the data show boundaries between groups.
    p_value
        How often data without groups reach as high a silhouette.
    best
        Criterion → the k it prefers.
    verdict
        The finding in words.
    """

    k: int
    natural: bool
    p_value: float
    best: Mapping[str, int]
    verdict: Message

    caption: ClassVar[Message] = message("How many segments")
    columns: ClassVar[Mapping[str, Column]] = {
        "k": Column(message("Segments"), "int"),
        "explained": Column(message("Spread explained"), "pct"),
        "silhouette": Column(message("Silhouette"), "dec3"),
        "silhouette_null": Column(message("Silhouette without groups"), "dec3"),
        "calinski_harabasz": Column(message("Caliński–Harabasz"), "int"),
        "gap": Column(message("Gap"), "dec3"),
        "gap_error": Column(message("Standard error of the gap"), "dec3"),
        "prediction_strength": Column(message("Prediction strength"), "dec2"),
        "bic": Column(message("BIC"), "int"),
        "aic": Column(message("AIC"), "int"),
        "loglik": Column(message("Log-likelihood"), "dec1"),
        "entropy": Column(message("Certainty of the class"), "dec2"),
        "starts_reaching_best": Column(message("Starts that reach the best"), "int"),
    }

    def criteria(self, language: Language | None = None) -> Figure:
        """Draw all criteria side by side, and which number each prefers."""
        return draw_criteria(self.table, self.best, language or current_language())

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the silhouette over k, beside that of data without groups."""

        def draw(ax: Axes) -> None:
            if "silhouette" not in self.table:  # latent classes
                ax.plot(self.table["k"], self.table["bic"], "o-", label=charts.text(message("BIC"), language))
                ax.axvline(self.k, color=charts.MUTED, linewidth=1)
                ax.set_xlabel(charts.text(message("Classes (the lowest BIC is the best)"), language))
                ax.set_xticks(self.table["k"].tolist())
                return
            shown = self.table.dropna(subset=["silhouette"])
            ax.plot(shown["k"], shown["silhouette"], "o-", label=charts.text(message("Silhouette"), language))
            ax.plot(
                shown["k"],
                shown["silhouette_null"],
                "s--",
                color=charts.MUTED,
                label=charts.text(message("Silhouette without groups"), language),
            )
            ax.axvline(self.k, color=charts.MUTED, linewidth=1)
            ax.set_xlabel(charts.text(message("Segments"), language))
            ax.set_xticks(shown["k"].tolist())
            ax.set_ylim(0, 1.25 * float(shown[["silhouette", "silhouette_null"]].max().max()))
            ax.legend(loc="lower right")

        return charts.draw_figure(draw)


def choose_k(
    features: Features | pd.DataFrame,
    ks: Iterable[int] = range(2, 11),
    *,
    criteria: Sequence[Criterion] = CRITERIA,
    method: Method = "kmeans",
    rows: int = _ROWS,
    seed: int,
) -> KChoice:
    """Propose a number of segments, and say whether the data have natural boundaries.

    Parameters
    ----------
    features
        `Features`, or a DataFrame whose numeric columns are comparable already.
    ks
        Numbers of segments to look at.
    criteria
        Which of ``silhouette``, ``calinski_harabasz``, ``gap``, ``prediction_strength`` and ``bic`` to compute; the
        silhouette always is.
    method
        Method the segments are formed by. k-means has all criteria; others are judged by the silhouette and the
        prediction strength of their own partitions, with their own distance (Gower's for medoids).
    rows
        Rows to compute on: the first ones, which are a random sample in `Features`.
    seed
        Seed of starts, reference data and data without groups.

    Returns
    -------
    KChoice
        Criteria, proposal and verdict.

    Raises
    ------
    InputError
        If a criterion or the method is unknown, or there are too few distinct rows.

    Notes
    -----
    Categories alone are divided into latent classes by the lowest BIC, one class included. Otherwise boundaries are
    natural where the silhouette, standardised per k, is higher than in all of 24 data sets drawn from
    one cloud with the same covariance and skewness (normal after a Yeo–Johnson transformation), by 0.1 at least for
    some k, the gap statistic (20 uniform references) is higher for some k than for one group, and some number of groups
    is found again in the other half of the customers (prediction strength 0.8). The proposal then is the largest such k
    whose silhouette is within 0.05 of the highest, and that is not above the smallest k whose gap is within a standard
    error of the highest gap. Otherwise it is the smallest k that explains 60 % of the spread, at most 6, among those of
    a prediction strength of 0.5 where there are any. Data without groups are as coarse as the data.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> spots = np.repeat([[0.0, 0], [9, 0], [0, 9]], 50, axis=0) + rng.normal(size=(150, 2))
    >>> choose_k(pd.DataFrame(spots, columns=["a", "b"]), range(2, 6), seed=1).k
    3
    """
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    numbers = sorted(set(ks))
    unknown = set(criteria) - set(CRITERIA)
    if unknown or not numbers or numbers[0] < 2:
        raise InputError(
            f"Criteria are among {', '.join(CRITERIA)}, and k starts at 2.",
            found=f"criteria {sorted(unknown) or list(criteria)}, k {numbers[:3]}",
            fix="Correct the argument.",
            where="choose_k",
        )
    ready = prepared(features)
    if method not in METHODS:
        raise InputError(
            f"A method is one of {', '.join(METHODS)}.", found=repr(method), fix="Correct it.", where="method"
        )
    if not ready.rules and method != "gower_pam":
        return _choose_classes(ready, numbers, seed)
    values = ready.comparable[:rows]
    check_k(values, numbers[-1] + 1)
    if method in ("kprototypes", "gower_pam", "gaussian_mixture"):
        refuse_unfit(ready, method, None)
        return _choose_by(judge_method(ready, numbers, method, seed=seed), numbers)
    with ThreadpoolController().limit(limits=1, user_api="blas"):  # small products are faster on one thread
        return _choose(features, values, numbers, criteria, seed)


def _choose_by(judged: Judged, numbers: list[int]) -> KChoice:
    widths, nulls, strength = judged.widths, judged.nulls, judged.strength
    p_value = chance(widths, nulls)
    again = [k for k, v in zip(numbers, strength, strict=True) if v >= ENOUGH]
    natural = p_value <= _CHANCE and bool((widths - nulls.mean(axis=0)).max() >= _CLEARLY) and bool(again)
    k = rising_above(numbers, widths - nulls.mean(axis=0), again) if natural else practical(judged.table, strength)
    best = {"silhouette": numbers[int(np.argmax(widths))], "prediction_strength": max(again, default=1)}
    text = message("Judged by the method that forms the segments, with its own distance between customers.")
    explained = float(judged.table.set_index("k")["explained"][k])
    return KChoice(
        table=judged.table,
        k=k,
        natural=natural,
        p_value=p_value,
        best=best,
        verdict=verdict_of(k, natural, explained),
        notes=(Note(agreement_of(best)), Note(text)),
    )


def _choose_classes(ready: Prepared, numbers: list[int], seed: int) -> KChoice:
    table = class_table(ready, numbers, seed=seed)
    by_k = table.set_index("k")
    best = {"bic": int(table["k"].iloc[int(table["bic"].argmin())])}
    natural = best["bic"] > 1
    k = best["bic"] if natural else numbers[0]
    text = message(
        "Latent classes by BIC: one class, which is none, has {one:int}, the best number {best:int}.",
        one=float(by_k["bic"][1]),
        best=float(by_k["bic"].min()),
    )
    return KChoice(
        table=table,
        k=k,
        natural=natural,
        p_value=float("nan"),
        best=best,
        verdict=verdict_of(k, natural, float(by_k["explained"][k])),
        notes=(Note(text),),
    )


def _choose(
    features: Features | pd.DataFrame, values: Floats, numbers: list[int], criteria: Sequence[str], seed: int
) -> KChoice:
    parts = {k: k_means(values, k, seed=seed, starts=_STARTS, finish="none") for k in numbers}
    total, apart = spread(values), distances(values)
    table = pd.DataFrame({"k": numbers, "explained": [1 - parts[k].within / total for k in numbers]})
    widths = np.array([silhouette(apart, parts[k].labels) for k in numbers])
    nulls = _null_silhouettes(values, numbers, seed)
    table["silhouette"], table["silhouette_null"] = widths, nulls.mean(axis=0)
    best = {"silhouette": numbers[int(np.argmax(widths))]}
    if "calinski_harabasz" in criteria:
        table["calinski_harabasz"] = [calinski_harabasz(total, parts[k].within, len(values), k) for k in numbers]
        best["calinski_harabasz"] = numbers[int(table["calinski_harabasz"].argmax())]
    gap = _gap(values, total, {k: parts[k].within for k in numbers}, seed)
    if "gap" in criteria:
        table["gap"], table["gap_error"] = gap.gap[np.array(numbers) - 1], gap.error[np.array(numbers) - 1]
        best["gap"] = gap.k
    strength = prediction_strength(values, numbers, splits=_SPLITS, seed=seed)
    if "prediction_strength" in criteria:
        table["prediction_strength"] = strength
        # groups that are found again in the other half; one group where no number of them is
        best["prediction_strength"] = max((k for k, v in zip(numbers, strength, strict=True) if v >= ENOUGH), default=1)
    if "bic" in criteria:
        table["bic"] = [mixture_bic(values, k, seed=seed) for k in numbers]
        best["bic"] = numbers[int(table["bic"].argmin())]
    p_value = chance(widths, nulls)
    clearly = bool((widths - nulls.mean(axis=0)).max() >= _CLEARLY)
    # what is proposed as groups has to be found again in the other half of the customers
    again = [k for k, v in zip(numbers, strength, strict=True) if v >= ENOUGH]
    natural = p_value <= _CHANCE and clearly and gap.structured and bool(again)
    k = standing_apart(numbers, widths, gap.highest, again) if natural else practical(table, strength)
    notes = [Note(agreement_of(best))]
    if "gap" in criteria:
        text = message(
            "Gap statistic: squared distances, {n:int} sets of reference data uniform over the box of the principal "
            "axes, the smallest k within a standard error of the next.",
            n=_REFERENCES,
        )
        notes.append(Note(text))
    if isinstance(features, Features) and len(values) < features.customers:
        notes.append(
            Note(
                plural(
                    "Computed on {n:int} customer drawn at random.",
                    "Computed on {n:int} customers drawn at random.",
                    n=len(values),
                )
            )
        )
    return KChoice(
        table=table,
        k=k,
        natural=natural,
        p_value=p_value,
        best=best,
        verdict=verdict_of(k, natural, float(table.set_index("k")["explained"][k])),
        notes=tuple(notes),
    )


def _gap(values: Floats, total: float, within: Mapping[int, float], seed: int) -> Gap:
    sums = [total] + [
        within[k] if k in within else k_means(values, k, seed=seed, starts=_STARTS, finish="none").within
        for k in range(2, max(within) + 1)
    ]
    return gap_statistic(values, np.array(sums), references=_REFERENCES, starts=1, seed=seed)


def _null_silhouettes(values: Floats, ks: Sequence[int], seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    cloud = Cloud.of(values)
    found = np.empty((_NULLS, len(ks)))
    for b in tracked(range(_NULLS), message("Segmenting data without groups")):
        made = cloud.draw(len(values), rng)
        apart = distances(made)
        found[b] = [
            silhouette(apart, k_means(made, k, seed=seed + b, starts=_STARTS, finish="none").labels) for k in ks
        ]
    return found

"""How sure the segments are: found again in bootstrap samples, against data without any groups, from seed to seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clustering.categories import Codes
from workbench.clustering.conditions import Conditions
from workbench.clustering.feature_rules import Floats
from workbench.clustering.features import Features
from workbench.clustering.kmeans import Labels, k_means
from workbench.clustering.matching import adjusted_rand, cross_table
from workbench.clustering.medoids import gower, gower_ranges, partition_around_medoids
from workbench.clustering.methods import METHODS, Prepared
from workbench.clustering.model import SegmentModel, cheapest
from workbench.clustering.null_data import Cloud
from workbench.clustering.prototypes import k_prototypes
from workbench.clustering.segments import prepared
from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import SEGMENT, Column
from workbench.core.progress import tracked
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS: Final = 100_000
_RESAMPLED: Final = 50_000
_RESAMPLED_PAIRS: Final = 1_000
_NULL_ROWS: Final = 1_000
_NULLS: Final = 20
_NULL_REPLICATES: Final = 5
_SEEDS: Final = 10
_SEED_ROWS: Final = 10_000
_DISSOLVED, _RECOVERED, _SOLID = 0.5, 0.75, 0.85


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Stability(Result):
    """How reproducible each segment is.

    Attributes
    ----------
    table
        One row per segment: ``segment``, ``n`` (rows), ``jaccard`` (mean over the replicates of the overlap with the
        most similar segment found in them) with ``ci_low`` and ``ci_high`` (the middle of the replicates),
        ``dissolved`` and ``recovered`` (share of replicates with an overlap up to 0.5, and from 0.75), and with a
        null ``jaccard_null`` (mean in data without groups, for the group of the same rank by size) and ``p_value``
        (how often data without groups are as stable).
    replicates, resampled
        Number of bootstrap samples, and rows drawn for each.
    seed_agreement, seed_least
        Median and least adjusted Rand index between the segmentation and those of single starts with other seeds.
    agreement
        Mean adjusted Rand index between the segmentation and those of the replicates, on the rows drawn.
    verdict
        The finding in words.
    """

    replicates: int
    resampled: int
    seed_agreement: float
    seed_least: float
    agreement: float
    verdict: Message

    caption: ClassVar[Message] = message("How often the segments are found again")
    columns: ClassVar[Mapping[str, Column]] = {
        "jaccard": Column(message("Found again (Jaccard)"), "dec2"),
        "dissolved": Column(message("Dissolved"), "pct"),
        "recovered": Column(message("Recovered"), "pct"),
        "jaccard_null": Column(message("In data without groups"), "dec2"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each segment's overlap with its interval, beside that in data without groups."""

        def draw(ax: Axes) -> None:
            shown = self.table.assign(
                label=[charts.text(message("Segment {n:int}", n=s), language) for s in self.table[SEGMENT]],
                estimate=self.table["jaccard"],
            )
            charts.interval_rows(ax, shown, label="label", style="dec2", reference=_RECOVERED, language=language)
            if "jaccard_null" in shown:
                rows = np.arange(len(shown))[::-1]
                below, label = rows - 0.22, charts.text(message("In data without groups"), language)
                paint: Any = {"color": charts.PAPER, "markeredgecolor": charts.INK, "markersize": 6}
                ax.plot(shown["jaccard_null"], below, "D", label=label, **paint)
                ax.legend(loc="lower left")
            ax.set_xlim(0, 1.05)

        return charts.draw_figure(draw, height=1.2 + 0.5 * len(self.table))


def stability(
    features: Features | pd.DataFrame,
    model: SegmentModel,
    *,
    replicates: int = 100,
    null: bool = True,
    resampled: int | None = None,
    level: float = 0.95,
    seed: int,
) -> Stability:
    """Cluster bootstrap samples anew and say how well each segment is found again, and whether that means anything.

    Parameters
    ----------
    features
        What the model was fitted on.
    model
        The segmentation.
    replicates
        Number of bootstrap samples.
    null
        Whether to repeat it with data without groups (`Cloud`; categories are permuted), as stable groups can be cut
        out of anything.
    resampled
        Rows drawn for each replicate; all of up to 100,000, else 50,000 (m out of n), by default; 1,000 for
        ``gower_pam``, which compares all pairs.
    level
        Share of the replicates that lie between ``ci_low`` and ``ci_high``.
    seed
        Seed of everything random.

    Returns
    -------
    Stability
        Overlaps, null, agreement between seeds, verdict.

    Raises
    ------
    InputError
        If the segments were made by hand, or there are fewer than two replicates.

    Notes
    -----
    The distinct rows of each bootstrap sample are clustered; a segment's overlap is the largest Jaccard coefficient of
    its rows drawn with a group found. Source: Hennig (2007), Computational Statistics & Data Analysis 52, 258–271;
    m out of n: Bickel, Götze & van Zwet (1997), Statistica Sinica 7.

    Examples
    --------
    >>> from workbench.clustering import fit_segments
    >>> rng = np.random.default_rng(1)
    >>> spots = pd.DataFrame(np.repeat([[0.0, 0], [9, 0], [0, 9]], 40, axis=0) + rng.normal(size=(120, 2)))
    >>> found = stability(spots, fit_segments(spots, k=3, seed=1), replicates=20, null=False, seed=1)
    >>> found.table["jaccard"].round(1).tolist()
    [1.0, 1.0, 1.0]
    """
    if isinstance(model.scorer, Conditions):
        raise InputError(
            "Stability is that of fitted segments.",
            found="segments made by hand",
            fix="They are the same in every sample.",
            where="stability",
        )
    if replicates < 2:
        raise InputError(
            "There are at least two replicates.", found=f"{replicates}", fix="Use 100.", where="replicates"
        )
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    ready = prepared(features)
    labels = cheapest(model.scorer, ready.values, ready.codes)
    drawn = _draws(len(ready), model.method, resampled)
    rng = np.random.default_rng(seed)
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        overlaps, agreement = _replicated(ready, labels, model, replicates, drawn, rng)
        table = _table(overlaps, labels, model.k, level)
        if null:
            table = _against_null(table, ready, model, rng)
        seeds = _seed_agreement(ready, labels, model, seed)
    return Stability(
        table=table,
        replicates=replicates,
        resampled=drawn,
        seed_agreement=float(np.median(seeds)),
        seed_least=float(min(seeds)),
        level=level,
        agreement=agreement,
        verdict=_verdict(table, null),
        notes=_notes(len(ready), drawn, replicates, agreement, seeds),
    )


def _draws(n: int, method: str, wanted: int | None) -> int:
    if wanted is not None:
        return min(wanted, n)
    if method == "gower_pam":
        return min(n, _RESAMPLED_PAIRS)
    return n if n <= MOST_ROWS else _RESAMPLED


def _replicated(
    ready: Prepared, labels: Labels, model: SegmentModel, replicates: int, drawn: int, rng: np.random.Generator
) -> tuple[Floats, float]:
    n, k = len(ready), model.k
    overlaps, agreed = np.full((replicates, k), np.nan), np.empty(replicates)
    for b in tracked(range(replicates), message("Segmenting resampled customers")):
        rows = np.flatnonzero(np.bincount(rng.integers(0, n, drawn), minlength=n))
        found = _cluster(ready.part(rows), model, int(rng.integers(2**31)))
        counts = np.bincount(labels[rows] * k + found, minlength=k * k).reshape(k, k).astype(float)
        size = counts.sum(axis=1)
        union = size[:, None] + counts.sum(axis=0)[None] - counts
        # a segment none of whose rows were drawn says nothing
        overlaps[b] = np.where(size > 0, (counts / np.maximum(union, 1)).max(axis=1), np.nan)
        agreed[b] = adjusted_rand(counts)
    return overlaps, float(agreed.mean())


def _cluster(ready: Prepared, model: SegmentModel, seed: int, starts: int = 10) -> Labels:
    if model.method == "kmeans":
        # the last hundred-thousandth moves nobody among many rows
        finish: Literal["none", "rough"] = "rough" if len(ready) > _SEED_ROWS else "none"
        return k_means(ready.values, model.k, seed=seed, starts=starts, finish=finish).labels
    if model.method == "kprototypes":
        gamma = model.quality.get("mismatch_weight")
        found = k_prototypes(ready.values, ready.codes, model.k, levels=ready.levels, gamma=gamma, seed=seed, starts=5)
        return found.labels
    if model.method == "gower_pam":
        apart = gower(ready.values, ready.codes, gower_ranges(ready.values))
        return partition_around_medoids(apart, model.k).labels
    fit = METHODS[model.method](ready, model.k, seed, 1, None)  # type: ignore[index]
    return cheapest(fit.scorer, ready.values, ready.codes)


def _table(overlaps: Floats, labels: Labels, k: int, level: float) -> pd.DataFrame:
    low, high = np.nanquantile(overlaps, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame(
        {
            SEGMENT: np.arange(1, k + 1),
            "n": np.bincount(labels, minlength=k),
            "jaccard": np.nanmean(overlaps, axis=0),
            "ci_low": low,
            "ci_high": high,
            "dissolved": np.nanmean(overlaps <= _DISSOLVED, axis=0),
            "recovered": np.nanmean(overlaps >= _RECOVERED, axis=0),
        }
    )


def _against_null(table: pd.DataFrame, ready: Prepared, model: SegmentModel, rng: np.random.Generator) -> pd.DataFrame:
    rows = min(len(ready), _NULL_ROWS)
    part = ready.part(np.arange(rows))
    filled = np.where(np.isnan(part.values), np.nanmedian(part.values, axis=0), part.values)
    cloud = Cloud.of(filled) if part.values.shape[1] else None
    means = np.empty((_NULLS, model.k))
    for b in range(_NULLS):
        values = cloud.draw(rows, rng) if cloud else part.values
        made = Prepared(part.rules, values, part.categories, permuted(part.codes, rng))
        labels = _cluster(made, model, int(rng.integers(2**31)))
        overlaps, _ = _replicated(made, labels, model, _NULL_REPLICATES, rows, rng)
        order = np.argsort(-np.bincount(labels, minlength=model.k), kind="stable")
        means[b] = np.nanmean(overlaps, axis=0)[order]
    rank = np.argsort(np.argsort(-table["n"].to_numpy(), kind="stable"))
    matched = means[:, rank]
    observed = table["jaccard"].to_numpy(dtype=float)
    chance = (1 + (matched >= observed).sum(axis=0)) / (_NULLS + 1)
    return table.assign(jaccard_null=np.nanmean(matched, axis=0), p_value=chance)


def _seed_agreement(ready: Prepared, labels: Labels, model: SegmentModel, seed: int) -> list[float]:
    rows = np.arange(min(len(ready), _RESAMPLED_PAIRS if model.method == "gower_pam" else _SEED_ROWS))
    part, own = ready.part(rows), pd.Series(labels[rows] + 1)
    found = []
    for s in range(1 if model.method == "gower_pam" else _SEEDS):
        other = pd.Series(_cluster(part, model, seed + 1 + s, starts=1) + 1)
        found.append(adjusted_rand(cross_table(own, other, model.k, model.k)))
    return found


def _verdict(table: pd.DataFrame, null: bool) -> Message:
    worst = float(table["jaccard"].min())
    if worst >= _SOLID:
        found = message("All segments are found again in new samples (overlap at least {worst:dec2}).", worst=worst)
    elif worst >= _RECOVERED:
        found = message(
            "The segments are largely found again in new samples (overlap at least {worst:dec2}).", worst=worst
        )
    else:
        weak = int((table["jaccard"] < _RECOVERED).sum())
        found = message(
            "{n:int} of {k:int} segments are not reliably found again in new samples (overlap {worst:dec2}).",
            n=weak,
            k=len(table),
            worst=worst,
        )
    if not null:
        return found
    beyond = int((table["p_value"] <= 0.05).sum())
    if beyond == len(table):
        return message("{found} Data without groups do not reach that.", found=found)
    if beyond:
        return message(
            "{found} In {n:int} of {k:int} segments that is more than data without groups reach.",
            found=found,
            n=beyond,
            k=len(table),
        )
    return message(
        "{found} Data without any groups are just as stable, so this is no evidence of natural boundaries.", found=found
    )


def _notes(n: int, drawn: int, replicates: int, agreement: float, seeds: list[float]) -> tuple[Note, ...]:
    found = []
    if drawn < n:
        text = message(
            "Each of {b:int} replicates draws {m:int} of {n:int} rows (m out of n); mean agreement with the segments "
            "(adjusted Rand index) {ari:dec2}.",
            b=replicates,
            m=drawn,
            n=n,
            ari=agreement,
        )
    else:
        text = message(
            "{b:int} bootstrap samples of {n:int} rows; mean agreement with the segments (adjusted Rand index) "
            "{ari:dec2}.",
            b=replicates,
            n=n,
            ari=agreement,
        )
    found.append(Note(text))
    text = message(
        "Single starts with other seeds agree with the segments by {ari:dec2} in the median and {least:dec2} at the "
        "least; the best of many starts is kept.",
        ari=float(np.median(seeds)),
        least=float(min(seeds)),
    )
    found.append(Note(text))
    return tuple(found)


def permuted(codes: Codes, rng: np.random.Generator) -> Codes:
    """Return the codes with each column shuffled by itself: the levels stay, what goes together does not."""
    return np.column_stack([rng.permutation(c) for c in codes.T]) if codes.shape[1] else codes

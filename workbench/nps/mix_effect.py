"""How much of a change is real, and how much is other customers: composition held as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Codes, Floats
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.estimation.chosen import two_designs
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.overlap import cross_covariance, find_overlap
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.variance import covariance_of_totals, unit_totals
from workbench.estimation.wave_fit import pair_replicates, sum_over_waves
from workbench.nps.columns import CI_HIGH, CI_LOW, STD_ERROR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PARTS: Final[Mapping[str, Message]] = {
    "total": message("Change in all"),
    "real": message("Same composition as in the previous wave"),
    "mix": message("Other composition"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MixEffect(Result):
    """A change of the NPS in its parts.

    Attributes
    ----------
    table
        Three rows: ``part`` (``total``, ``real``, ``mix``; the last two add up to the first), ``estimate`` (points),
        ``std_error``, ``ci_low``, ``ci_high``, ``p_value``, ``n``.
    groups
        One row per group: the columns of `by`, ``share_previous``, ``share``, ``previous``, ``current`` (NPS),
        ``real`` and ``mix`` (its contributions), ``n_previous``, ``n``.
    """

    groups: pd.DataFrame

    caption: ClassVar[Message] = message("Real change and mix effect")
    columns: ClassVar[Mapping[str, Column]] = {
        "part": Column(message("Part of the change")),
        "estimate": Column(message("Points of NPS"), "signed1"),
        "std_error": STD_ERROR.styled("dec1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its parts in words."""
        return self.table.assign(part=[PARTS[p].text(language) for p in self.table["part"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the parts with their intervals."""

        def draw(ax: Axes) -> None:
            shown = self.table.assign(label=[charts.text(PARTS[p], language) for p in self.table["part"]])
            charts.interval_rows(ax, shown, label="label", style="signed1", base=None, reference=0.0, language=language)
            ax.set_xlabel(charts.text(message("Points of NPS"), language))

        return charts.draw_figure(draw, height=2.3)


@takes_columns("column", "id", many=["by"])
def mix_effect(
    previous: pd.DataFrame,
    current: pd.DataFrame,
    designs: Design | tuple[Design, Design] | None = None,
    *,
    by: str | Sequence[str],
    column: str = "recommend",
    id: str | None = None,  # noqa: A002
    confidence: float = 0.95,
    not_answered: Sequence[float] = (),
) -> MixEffect:
    """Split the change of the NPS into what groups of customers changed and what their shares did.

    Parameters
    ----------
    previous, current
        All rows of each wave.
    designs
        Design of each wave, or one for both; None counts every answer once.
    by
        Groups whose shares are held: region, tier, channel.
    column
        Answers 0–10.
    id
        Column of customer ids where the waves share customers; None for independent waves.
    confidence
        Coverage of the intervals.
    not_answered
        Codes for no answer.

    Returns
    -------
    MixEffect

    Raises
    ------
    InputError
        If a group answered in one wave only, so that its change is not known; and as `nps_change`.

    Notes
    -----
    Real change: Σ s₀ (y₁ - y₀), at the shares s₀ of the previous wave; mix effect: Σ (s₁ - s₀) y₁ (Kitagawa 1955,
    Journal of the American Statistical Association 50, 1168–1194). Shares and scores are estimates; errors by Taylor
    linearisation under both designs, the covariance of common customers taken off.

    Examples
    --------
    >>> before = pd.DataFrame({"recommend": [10] * 80 + [3] * 20, "tier": ["A"] * 80 + ["B"] * 20})
    >>> after = pd.DataFrame({"recommend": [10] * 50 + [3] * 50, "tier": ["A"] * 50 + ["B"] * 50})
    >>> mix_effect(before, after, by="tier").table[["part", "estimate"]].round(1)
        part  estimate
    0  total     -60.0
    1   real       0.0
    2    mix     -60.0
    """
    check_confidence(confidence)
    if not by:
        raise InputError("A composition is one of groups.", found="no column", fix="Name one or more.", where="by")
    pair = two_designs(designs, lonely_psu="certainty")
    waves = [
        _Wave.read(d, p, by, column, not_answered, name)
        for d, p, name in ((previous, pair[0], "previous wave"), (current, pair[1], "current wave"))
    ]
    levels = _same_groups(*waves)
    before, after = waves[0].ordered(levels), waves[1].ordered(levels)
    gap, shift = after.score - before.score, after.share - before.share
    scores = (
        np.column_stack(
            [
                before.row(gap) - before.row_within(before.share),
                -before.row(after.score),
            ]
        ),
        np.column_stack(
            [
                after.row_within(before.share),
                after.row(after.score) + after.row_within(shift),
            ]
        ),
    )
    # the parts add up, and so do their scores
    scores = tuple(np.column_stack([s.sum(axis=1), s]) for s in scores)  # type: ignore[assignment]
    samples = (waves[0].sample, waves[1].sample)
    variance = sum(np.diag(covariance_of_totals(s, z)) for s, z in zip(samples, scores, strict=True))
    replicated = any(s.replicates is not None for s in samples)
    overlap = None if replicated else find_overlap(previous, current, samples, id)
    if id is not None and pair_replicates(samples):
        variance = sum_over_waves(samples, scores)
    elif overlap is not None and len(overlap):
        totals = tuple(unit_totals(s, z, None, 1) for s, z in zip(samples, scores, strict=True))
        # the scores of the previous wave carry their minus
        variance = variance + 2 * cross_covariance(samples, (totals[0], totals[1]), overlap)
    error = np.sqrt(np.clip(np.asarray(variance, dtype=float), 0, None))
    real, mix = before.share * gap, shift * after.score
    estimate = np.array([real.sum() + mix.sum(), real.sum(), mix.sum()])
    each = [float(degrees_of_freedom(s)[0]) for s in samples]
    df = min(each) if replicated else sum(each) - 1
    t = float(quantile_t(confidence, np.array([df]))[0])
    p = 2 * scipy.stats.t.sf(np.abs(estimate) / np.where(error > 0, error, np.nan), df)
    table = pd.DataFrame(
        {
            "part": list(PARTS),
            "estimate": estimate,
            "std_error": error,
            "ci_low": estimate - t * error,
            "ci_high": estimate + t * error,
            "p_value": p,
            "n": int(after.n.sum()),
        }
    )
    groups = levels.assign(
        share_previous=before.share,
        share=after.share,
        previous=before.score,
        current=after.score,
        real=real,
        mix=mix,
        n_previous=before.n.astype(np.int64),
        n=after.n.astype(np.int64),
    )
    note = message(
        "The real change is what customers of the same {group} changed by, at the composition of the previous wave.",
        group=", ".join([by] if isinstance(by, str) else by),
    )
    return MixEffect(level=confidence, table=table, groups=groups, notes=(Note(note),))


@dataclass(frozen=True, eq=False)
class _Wave:
    sample: Sample
    domains: Domains
    points: Floats
    mass: Floats
    score: Floats
    share: Floats
    n: Floats
    code: Codes

    @classmethod
    def read(
        cls,
        data: pd.DataFrame,
        design: Design,
        by: str | Sequence[str],
        column: str,
        not_answered: Sequence[float],
        name: str,
    ) -> _Wave:
        sample, domains = read_sample(data, design, where=name), read_domains(data, by, where=name)
        points = read_scale(data, column, not_answered=not_answered, where=name).points
        assert domains.code is not None
        code = np.where(np.isnan(points), -1, domains.code)
        inside = code >= 0
        size, w = domains.size, sample.weights
        mass: Floats = np.bincount(code[inside], w[inside], minlength=size).astype(np.float64)
        top = np.bincount(code[inside], (w * np.nan_to_num(points))[inside], minlength=size)
        n = np.bincount(code[inside], minlength=size).astype(float)
        score = top / np.where(mass > 0, mass, np.nan)
        return cls(sample, domains, np.nan_to_num(points), mass, score, mass / mass.sum(), n, code)

    def ordered(self, levels: pd.DataFrame) -> _Wave:
        """Return the wave with its groups in the order of `levels`."""
        place = pd.MultiIndex.from_frame(levels).get_indexer(pd.MultiIndex.from_frame(self.domains.levels))
        order = np.argsort(place, kind="stable")
        order = order[place[order] >= 0]
        code = np.where(self.code >= 0, place[self.code], -1)
        return _Wave(
            self.sample,
            self.domains,
            self.points,
            self.mass[order],
            self.score[order],
            self.share[order],
            self.n[order],
            code,
        )

    def row(self, value: Floats) -> Floats:
        """Return the scores of Σ share × value, `value` fixed."""
        inside = self.code >= 0
        centred = value[self.code] - float(self.share @ value)
        return np.where(inside, centred / self.mass.sum(), 0.0)

    def row_within(self, factor: Floats) -> Floats:
        """Return the scores of Σ factor × NPS of the group, `factor` fixed."""
        inside = self.code >= 0
        centred = (self.points - self.score[self.code]) * factor[self.code] / self.mass[self.code]
        return np.where(inside, centred, 0.0)


def _same_groups(first: _Wave, second: _Wave) -> pd.DataFrame:
    answered = [w.domains.levels[w.n > 0] for w in (first, second)]
    names = [set(map(tuple, a.astype(object).to_numpy().tolist())) for a in answered]
    alone = sorted(names[0] ^ names[1], key=str)
    if alone:
        raise InputError(
            "Every group answered in both waves.",
            found=f"{len(alone)} only in one: " + "; ".join(" · ".join(map(str, a)) for a in alone[:5]),
            fix="Combine these groups with others.",
            where="by",
        )
    return answered[1].reset_index(drop=True)

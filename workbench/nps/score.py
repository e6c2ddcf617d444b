"""Net Promoter Score with honest uncertainty."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.chosen import chosen_design
from workbench.estimation.design import Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import read_sample
from workbench.estimation.scores import read_scale
from workbench.nps import intervals
from workbench.nps.columns import CI_HIGH, CI_LOW, DETRACTORS, MEAN_STD_ERROR, NPS, PASSIVES, PROMOTERS, STD_ERROR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NpsInterval = Literal["adjusted_wald", "score", "wald", "bootstrap", "design"]
SUPPRESSED = "suppressed"
SMALL = "small base"
NOBODY = "no answers"

_WORDS: Mapping[str, Message] = {
    SUPPRESSED: message("suppressed"),
    SMALL: message("small base"),
    NOBODY: message("nobody answered"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NetPromoterScore(Result):
    """NPS by group, in points from -100 to 100.

    Attributes
    ----------
    table
        Columns of `by`; ``nps``; ``promoters``, ``passives``, ``detractors`` (shares); ``std_error``, ``ci_low``,
        ``ci_high`` (points); ``n``, ``n_effective``; ``mean`` and ``mean_std_error`` of the 0–10 scale; ``note``
        (``no answers``, ``suppressed``, ``small base`` or empty). Suppressed groups keep their base only; a single
        answer has an NPS but neither an error nor an interval.
    """

    caption: ClassVar[Message] = message("Net Promoter Score")
    columns: ClassVar[Mapping[str, Column]] = {
        "nps": NPS,
        "promoters": PROMOTERS,
        "passives": PASSIVES,
        "detractors": DETRACTORS,
        "std_error": STD_ERROR.styled("dec1"),
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "mean": Column(message("Mean, 0–10"), "dec2"),
        "mean_std_error": MEAN_STD_ERROR,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its notes in `language`."""
        return self.table.assign(note=[_WORDS[v].text(language) if v else "" for v in self.table["note"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each group's NPS with its interval and base."""
        stop = list(self.table.columns).index("nps")
        names = list(self.table.columns[:stop])
        label = self.table[names].astype(str).agg(" · ".join, axis=1) if names else pd.Series(["NPS"])
        shown = self.table.assign(label=label, estimate=self.table["nps"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="signed1", language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@takes_columns("column", many=["by"])
def net_promoter_score(
    data: pd.DataFrame,
    column: str = "recommend",
    design: Design | None = None,
    *,
    by: str | Sequence[str] | None = None,
    interval: NpsInterval | None = None,
    confidence: float = 0.95,
    minimum_base: int = 30,
    flag_base: int = 100,
    not_answered: Sequence[float] = (),
) -> NetPromoterScore:
    """Compute the NPS with an interval that survives small bases and groups that all agree.

    Parameters
    ----------
    data
        One row per questionnaire.
    column
        Answers 0–10: 9 and 10 promote, 0 to 6 detract.
    design
        The sampling design; without it every answer counts once and answers are taken as independent.
    by
        Groups; with a design they are domains.
    interval
        ``adjusted_wald`` (default without a design), ``score`` (Tango), ``wald``, ``bootstrap`` (exact percentile), or
        ``design`` (default with one: Student's t on the design-based error; where everybody agrees, and the error is
        therefore zero, the adjusted Wald interval at Kish's effective base). The first three use the effective base
        where a design is given.
    confidence
        Coverage of the intervals.
    minimum_base, flag_base
        Below the first a group is suppressed, below the second it is flagged.
    not_answered
        Codes for "don't know", such as 98 and 99: counted and noted, never scored.

    Returns
    -------
    NetPromoterScore

    Raises
    ------
    InputError
        If an answer is anything but a whole number from 0 to 10 or such a code; if nobody answered at all.

    Notes
    -----
    Variance of a single answer: p + d - (p - d)², with the covariance of the shares (Rocks 2016, The American
    Statistician 70, 365–372). Limits are cut to -100…100.

    Examples
    --------
    >>> data = pd.DataFrame({"recommend": [10] * 60 + [8] * 30 + [3] * 30})
    >>> net_promoter_score(data).table[["nps", "ci_low", "ci_high", "n"]].round(1)
        nps  ci_low  ci_high    n
    0  25.0     9.8     39.0  120
    """
    check_confidence(confidence)
    kind: NpsInterval = interval or ("adjusted_wald" if design is None else "design")
    _check(kind, design)
    answers = read_scale(data, column, not_answered=not_answered)
    sample, domains = read_sample(data, chosen_design(design, lonely_psu="certainty")), read_domains(data, by)
    seen = ~np.isnan(answers.score)
    measures = np.column_stack(
        [
            answers.points,
            answers.score >= 9,
            (answers.score >= 7) & (answers.score < 9),
            answers.score < 7,
            answers.score,
        ]
    )
    fit = fit_ratio(
        sample,
        domains,
        np.where(seen[:, None], measures, 0.0),
        np.repeat(seen[:, None], 5, axis=1).astype(float),
        np.repeat(seen[:, None], 5, axis=1),
        [column] * 5,
    )
    table = _table(domains, fit, kind, confidence, weighted=design is not None)
    few = np.where(table["n"] < minimum_base, SUPPRESSED, np.where(table["n"] < flag_base, SMALL, ""))
    table["note"] = np.where(table["n"] == 0, NOBODY, few)
    hidden = table["n"] < minimum_base
    table.loc[hidden, [c for c in table.columns[domains.levels.shape[1] :] if c not in ("n", "note")]] = np.nan
    notes = [*answers.notes(column), *domains.notes, *_notes(table, minimum_base, flag_base)]
    if kind == "wald":
        short = message(
            "The plain Wald interval is too short on bases of up to some hundred answers, and shorter still where "
            "nearly everybody answers alike; the adjusted Wald and the score interval hold."
        )
        notes.append(Note(short, "caution"))
    return NetPromoterScore(level=confidence, table=table, notes=tuple(notes))


def _check(interval: str, design: Design | None) -> None:
    if interval not in get_args(NpsInterval):
        raise InputError(
            f"The interval is one of {', '.join(get_args(NpsInterval))}.",
            found=repr(interval),
            fix="Choose one of them.",
            where="interval",
        )
    if interval == "design" and design is None:
        raise InputError(
            "A design-based interval needs a design.", found="design=None", fix="Pass a Design.", where="interval"
        )
    if interval == "bootstrap" and design is not None:
        raise InputError(
            "The bootstrap of answers knows no weights or clusters.",
            found="a Design with interval='bootstrap'",
            fix="Use interval='design', or a design with bootstrap replicates.",
            where="interval",
        )


def _table(domains: Domains, fit: Ratio, kind: NpsInterval, confidence: float, *, weighted: bool) -> pd.DataFrame:
    nps, p, passive, d, mean = fit.estimate.T
    n = fit.n[:, 0]
    variance = np.clip(np.diag(fit.covariance).reshape(-1, 5), 0.0, None)
    element = np.clip(p + d - (p - d) ** 2, 0.0, None)
    mean_error = np.sqrt(variance[:, 4])
    if weighted:
        error = np.sqrt(variance[:, 0])
        known = error > 1e-9
        kish = np.where(n > 0, fit.kish[:, 0], np.nan)
        effective = np.where(known, 1e4 * element / np.where(known, error, 1.0) ** 2, kish)
    else:
        effective = np.where(n > 0, n, np.nan)
        # one answer says nothing about how answers differ
        error = np.where(n > 1, 100 * np.sqrt(element / effective), np.nan)
    low, high = _limits(kind, p, d, n, effective, confidence)
    if kind == "design":
        reach = quantile_t(confidence, fit.df[:, 0]) * error
        agree = error <= 1e-9
        low, high = np.where(agree, low, nps - reach), np.where(agree, high, nps + reach)
    # forms that add imagined answers may leave out the estimate itself on a base of one or two
    low, high = (np.where(np.isnan(error), np.nan, side) for side in (np.minimum(low, nps), np.maximum(high, nps)))
    table = domains.levels.reset_index(drop=True).copy()
    return table.assign(
        nps=nps,
        promoters=p,
        passives=passive,
        detractors=d,
        std_error=error,
        ci_low=np.clip(low, -100, 100),
        ci_high=np.clip(high, -100, 100),
        n=n.astype(np.int64),
        n_effective=effective,
        mean=mean,
        mean_std_error=mean_error,
    )


def _limits(kind: str, p: Floats, d: Floats, n: Floats, effective: Floats, confidence: float) -> tuple[Floats, Floats]:
    if kind == "bootstrap":
        pairs = [
            intervals.exact_bootstrap(round(a * m), round(b * m), int(m), confidence) if m else (np.nan, np.nan)
            for a, b, m in zip(p, d, n, strict=True)
        ]
        low, high = (np.array(side) for side in zip(*pairs, strict=True))
        return 100 * low, 100 * high
    form = {"wald": intervals.wald, "score": intervals.score}.get(kind, intervals.adjusted_wald)
    low, high = form(p * effective, d * effective, effective, confidence)
    return 100 * low, 100 * high


def _notes(table: pd.DataFrame, minimum: int, flag: int) -> list[Note]:
    notes = []
    nobody = int((table["note"] == NOBODY).sum())
    if nobody:
        notes.append(
            Note(plural("{n:int} group has no answers.", "{n:int} groups have no answers.", n=nobody), "caution")
        )
    hidden, small = int((table["note"] == SUPPRESSED).sum()), int((table["note"] == SMALL).sum())
    if hidden:
        note = plural(
            "{n:int} group with fewer than {minimum:int} answers is suppressed.",
            "{n:int} groups with fewer than {minimum:int} answers are suppressed.",
            n=hidden,
            minimum=minimum,
        )
        notes.append(Note(note, "warning"))
    if small:
        notes.append(
            Note(
                plural(
                    "{n:int} group rests on fewer than {flag:int} answers: an NPS moves by 20 points on such "
                    "a base without any change.",
                    "{n:int} groups rest on fewer than {flag:int} answers: an NPS moves by 20 points on such "
                    "a base without any change.",
                    n=small,
                    flag=flag,
                ),
                "caution",
            )
        )
    shown = table["n"] >= minimum
    agree = shown & (table["std_error"] <= 1e-9)
    if agree.any():
        notes.append(
            Note(
                plural(
                    "In {n:int} group everybody belongs to the same class; the interval allows for those not asked.",
                    "In {n:int} groups everybody belongs to the same class; the interval allows for those not asked.",
                    n=int(agree.sum()),
                )
            )
        )
    if len(table) == 1 and hidden:
        warnings.warn("the base is below the minimum; the NPS is suppressed", UntrustedWarning, stacklevel=3)
    return notes

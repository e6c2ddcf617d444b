"""Did calling back help? Those who were called against customers like them who were not."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.checks import Floats, flag_column, number_column
from workbench.core.errors import InputError, UntrustedWarning, require_columns
from workbench.core.language import Language, Message, is_spoken, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import adjust_p
from workbench.estimation.comparisons import Adjust
from workbench.estimation.intervals import check_confidence
from workbench.estimation.words import ALIKE, HIGHER, LOWER, in_words, verdicts
from workbench.nps.columns import CALLED, CI_HIGH, CI_LOW, ESTIMATE_DIFFERENCE, P_ADJUSTED, VERDICT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEW = 30


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CallbackEffect(Result):
    """Called customers against comparable ones.

    Attributes
    ----------
    table
        One row per outcome: ``outcome``, ``called`` (mean of the called), ``alike`` (mean of comparable customers not
        called, composed as the called are), ``estimate`` (difference), ``std_error``, ``ci_low``, ``ci_high``,
        ``p_value``, ``p_adjusted``, ``verdict``, ``n`` (called), ``n_alike``, ``unmatched`` (called without anybody
        like them, left out).
    """

    caption: ClassVar[Message] = message("Called back, against comparable customers")
    columns: ClassVar[Mapping[str, Column]] = {
        "outcome": Column(message("Outcome")),
        "called": CALLED,
        "alike": Column(message("Comparable, not called"), "dec2"),
        "estimate": ESTIMATE_DIFFERENCE,
        "ci_low": CI_LOW.styled("signed2"),
        "ci_high": CI_HIGH.styled("signed2"),
        "p_adjusted": P_ADJUSTED,
        "verdict": VERDICT,
        "n": Column(message("Called, number"), "some"),
        "n_alike": Column(message("Comparable, number"), "some"),
        "unmatched": Column(message("Nobody comparable"), "some"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with verdicts in words."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each difference in standard errors of its own, as outcomes have different units."""
        error = self.table["std_error"].where(self.table["std_error"] > 0)
        shown = self.table.assign(
            label=[o.text(language or "en") if is_spoken(o) else str(o) for o in self.table["outcome"]],
            estimate=self.table["estimate"] / error,
            ci_low=self.table["ci_low"] / error,
            ci_high=self.table["ci_high"] / error,
        ).dropna(subset=["estimate"])

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="signed1", reference=0.0, language=language)
            ax.set_xlabel(charts.text(message("Difference in standard errors"), language))

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 1.0))


def callback_effect(
    people: pd.DataFrame,
    outcomes: Sequence[str],
    *,
    alike: Sequence[str],
    called: str = "called",
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
) -> CallbackEffect:
    """Compare outcomes of called customers with those of customers alike in everything known before the call.

    Parameters
    ----------
    people
        Customers who could have been called, one row each.
    outcomes
        Columns of numbers after the call: score, change of score, spending. Missing where not known.
    alike
        Columns known before the call, in few classes: score class, value class, tier, open complaint. Customers are
        compared only where all of them agree.
    called
        Column of who was called.
    adjust
        ``holm`` or ``bh`` over the outcomes.
    confidence
        Coverage of the intervals.

    Returns
    -------
    CallbackEffect

    Raises
    ------
    InputError
        If a column is missing, or nobody or everybody was called.

    Notes
    -----
    Exact matching: Σ_c (n_c/n) (ȳ_called,c - ȳ_other,c) over cells of `alike`, variances pooled within cells (Cochran
    1968, Biometrics 24, 295–313). Who is called is chosen by somebody: what the choice goes by and `alike` does not
    hold stays in the difference. Only calls drawn at random prove an effect.

    Examples
    --------
    >>> people = pd.DataFrame({"called": [1, 1, 0, 0] * 20, "tier": ["A", "B"] * 40, "score": [8, 6, 5, 3] * 20})
    >>> callback_effect(people, ["score"], alike=["tier"]).table["estimate"].tolist()
    [3.0]
    """
    check_confidence(confidence)
    require_columns(map(str, people.columns), [called, *outcomes, *alike], where="people")
    treated = flag_column(people, called, where="people")
    if not treated.any() or treated.all() or not outcomes:
        raise InputError(
            "Some customers were called and some were not.",
            found=f"{int(treated.sum())} of {len(people)} called, {len(outcomes)} outcomes",
            fix="Pass everybody who could have been called, and what became of them.",
            where="people",
        )
    keys = people[list(alike)].astype(object).where(people[list(alike)].notna(), "–").astype(str)
    cell = pd.factorize(keys.agg("\x1f".join, axis=1) if alike else pd.Series("", index=people.index), sort=True)[0]
    lines = [_compare(o, number_column(people, o, where="people"), treated, cell, confidence) for o in outcomes]
    table = pd.DataFrame(lines)
    table["p_adjusted"] = adjust_p(table["p_value"].to_numpy(dtype=float), adjust)
    enough = (table[["n", "n_alike"]].min(axis=1) >= FEW).to_numpy()
    table["verdict"] = verdicts(
        table["estimate"].to_numpy(dtype=float),
        np.nan_to_num(table["p_adjusted"].to_numpy(dtype=float), nan=1.0),
        enough,
        confidence,
        (HIGHER, LOWER, ALIKE),
    )
    return CallbackEffect(level=confidence, table=table, notes=_notes(table, enough))


def _compare(outcome: str, y: Floats, treated: np.ndarray, cell: np.ndarray, confidence: float) -> dict[str, object]:
    seen = ~np.isnan(y)
    size = int(cell.max()) + 1
    arms = [(seen & mask) for mask in (treated, ~treated)]
    n = [np.bincount(cell[a], minlength=size).astype(float) for a in arms]
    both = (n[0] > 0) & (n[1] > 0)
    unmatched = int(n[0][~both].sum())
    base = float(n[0][both].sum())
    line: dict[str, object] = {
        "outcome": outcome,
        "n": int(base),
        "n_alike": int(n[1][both].sum()),
        "unmatched": unmatched,
    }
    unknown = dict.fromkeys(("called", "alike", "estimate", "std_error", "ci_low", "ci_high", "p_value"), np.nan)
    if not base:
        return line | unknown
    weight = np.where(both, n[0] / base, 0.0)
    means, spreads, df = [], [], []
    for arm, count in zip(arms, n, strict=True):
        mean = np.bincount(cell[arm], y[arm], minlength=size) / np.maximum(count, 1)
        rest = (y[arm] - mean[cell[arm]])[both[cell[arm]]]
        free = float((np.maximum(count - 1, 0) * both).sum())
        means.append(float(weight @ mean))
        spreads.append(float((rest**2).sum() / free) if free > 0 else np.nan)
        df.append(free)
    parts = [s * float((weight**2 / np.maximum(c, 1))[both].sum()) for s, c in zip(spreads, n, strict=True)]
    error = float(np.sqrt(sum(parts)))
    gap = means[0] - means[1]
    free = sum(parts) ** 2 / sum(p**2 / max(d, 1e-9) for p, d in zip(parts, df, strict=True)) if error > 0 else np.inf
    t = float(scipy.stats.t.ppf((1 + confidence) / 2, free))
    p = float(2 * scipy.stats.t.sf(abs(gap) / error, free)) if error > 0 else (0.0 if abs(gap) > 1e-12 else 1.0)
    return line | {
        "called": means[0],
        "alike": means[1],
        "estimate": gap,
        "std_error": error,
        "ci_low": gap - t * error,
        "ci_high": gap + t * error,
        "p_value": p,
    }


def _notes(table: pd.DataFrame, enough: np.ndarray) -> tuple[Note, ...]:
    notes = [
        Note(
            message(
                "Who was called was not drawn at random: differences between the two groups that nobody recorded stay "
                "in these numbers."
            ),
            "caution",
        )
    ]
    if not enough.all():
        warnings.warn(
            "few customers were called; their difference is not to be trusted", UntrustedWarning, stacklevel=3
        )
        notes.append(
            Note(message("Fewer than {n:int} customers on a side: no verdict, and wide intervals.", n=FEW), "warning")
        )
    left_out = int(table["unmatched"].max())
    if left_out:
        notes.append(
            Note(
                plural(
                    "{n:int} called customer had nobody comparable and is left out.",
                    "{n:int} called customers had nobody comparable and are left out.",
                    n=left_out,
                ),
                "caution",
            )
        )
    return tuple(notes)

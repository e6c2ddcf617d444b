"""Where to act: importance against performance, penalties and rewards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation import Design, regression
from workbench.estimation.chosen import chosen_design
from workbench.nps.columns import DRIVER
from workbench.nps.drivers import Drivers
from workbench.nps.wording import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

QUADRANTS: Mapping[str, Message] = {
    "concentrate_here": message("Concentrate here"),
    "keep_up": message("Keep up"),
    "low_priority": message("Low priority"),
    "possible_overkill": message("Possible overkill"),
}
KINDS: Mapping[str, Message] = {
    "basic": message("Basic: a must"),
    "excitement": message("Excitement: delights"),
    "performance": message("Performance: counts both ways"),
    "unclear": message("Unclear"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ImportancePerformance(Result):
    """Importance–performance map.

    Attributes
    ----------
    table
        One row per driver: ``driver``, ``importance`` (share), ``performance`` (mean), ``quadrant``
        (``concentrate_here``, ``keep_up``, ``low_priority``, ``possible_overkill``).
    importance_cut, performance_cut
        Averages over the drivers, which divide the map.
    """

    importance_cut: float
    performance_cut: float

    caption: ClassVar[Message] = message("Importance and performance")
    columns: ClassVar[Mapping[str, Column]] = {
        "driver": DRIVER,
        "importance": Column(message("Importance"), "pct1"),
        "performance": Column(message("Performance"), "dec2"),
        "quadrant": Column(message("Advice")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, "quadrant", QUADRANTS, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the map with its four fields."""

        def draw(ax: Axes) -> None:
            x, y = self.table["performance"].tolist(), self.table["importance"].tolist()
            ax.plot(x, y, "o", color=charts.ACCENT)
            for name, a, b in zip(self.table["driver"], x, y, strict=True):
                ax.annotate(str(name), (a, b), xytext=(4, 4), textcoords="offset points", fontsize=8)
            ax.axhline(self.importance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
            ax.axvline(self.performance_cut, color=charts.MUTED, linestyle="--", linewidth=1)
            ax.set_xlabel(charts.text(message("Performance"), language))
            ax.set_ylabel(charts.text(message("Importance"), language))
            charts.format_axis(ax.yaxis, "pct", language)
            ax.margins(0.15)

        return charts.draw_figure(draw, height=4.5)


def importance_performance(drivers: Drivers) -> ImportancePerformance:
    """Place drivers by how much they matter and how well they are done.

    Parameters
    ----------
    drivers
        A result of `key_drivers`; ratings must be on the same scale, so that means can be compared.

    Returns
    -------
    ImportancePerformance

    Notes
    -----
    Martilla and James (1977), Journal of Marketing 41, 77–79. The lines are the averages over the drivers, so the map
    ranks within this list and says nothing absolute.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> data = pd.DataFrame({"price": rng.normal(3, 1, 200), "staff": rng.normal(4, 1, 200)})
    >>> data["recommend"] = data["price"] + rng.normal(size=200)
    >>> from workbench.nps import key_drivers
    >>> found = key_drivers(data, "recommend", ["price", "staff"], bootstrap=20, seed=1)
    >>> importance_performance(found).table["quadrant"].tolist()
    ['concentrate_here', 'possible_overkill']
    """
    share, mean = drivers.table["share"].to_numpy(), drivers.table["performance"].to_numpy()
    high, good = share >= share.mean(), mean >= mean.mean()
    quadrant = np.where(
        high, np.where(good, "keep_up", "concentrate_here"), np.where(good, "possible_overkill", "low_priority")
    )
    table = pd.DataFrame(
        {"driver": drivers.table["driver"], "importance": share, "performance": mean, "quadrant": quadrant}
    )
    notes = tuple(n for n in drivers.notes if n.severity != "info")
    weak = drivers.table.loc[~drivers.table["clear"] & (quadrant == "concentrate_here"), "driver"]
    if len(weak):
        name = str(weak.iloc[0])
        notes = (
            *notes,
            Note(message("{driver} is placed high, but is no stronger than noise.", driver=name), "caution"),
        )
    return ImportancePerformance(
        level=drivers.level,
        table=table,
        importance_cut=float(share.mean()),
        performance_cut=float(mean.mean()),
        notes=notes,
    )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PenaltyReward(Result):
    """What bad and very good ratings of each driver do to the outcome.

    Attributes
    ----------
    table
        One row per driver: ``driver``, ``penalty`` and ``reward`` (change of the outcome against a middling rating),
        ``penalty_p``, ``reward_p``, ``kind`` (``basic``: only bad ratings matter; ``excitement``: only very good ones;
        ``performance``: both; ``unclear``), ``n``.
    """

    caption: ClassVar[Message] = message("Penalties and rewards")
    columns: ClassVar[Mapping[str, Column]] = {
        "driver": DRIVER,
        "penalty": Column(message("Penalty"), "signed2"),
        "reward": Column(message("Reward"), "signed2"),
        "penalty_p": Column(message("p-value, penalty"), "p"),
        "reward_p": Column(message("p-value, reward"), "p"),
        "kind": Column(message("Kind")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, "kind", KINDS, language)


@takes_columns("outcome", many=["drivers"])
def penalty_reward(
    data: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    design: Design | None = None,
    *,
    low: float = 3,
    high: float = 5,
    significance: float = 0.05,
) -> PenaltyReward:
    """Estimate for each driver what a bad rating costs and a very good one brings, all drivers together.

    Parameters
    ----------
    data
        One row per questionnaire.
    outcome
        Number to explain, such as the 0–10 answer.
    drivers
        Columns of ratings.
    design
        The sampling design; without it every answer counts once.
    low, high
        Ratings up to `low` are bad, from `high` on very good.
    significance
        p-value below which a penalty or reward counts.

    Returns
    -------
    PenaltyReward

    Raises
    ------
    InputError
        As `workbench.estimation.regression`; and if no driver has bad and very good ratings. One that has none, or that
        follows from the others, is left out and named in a note.

    Notes
    -----
    Penalty–reward contrast analysis, Brandt (1987); p-values are design-based (Student's t).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"staff": rng.integers(1, 6, 300), "price": rng.integers(1, 6, 300)})
    >>> data["recommend"] = 8 - 3 * (data["staff"] <= 3) + rng.normal(size=300)
    >>> penalty_reward(data, "recommend", ["staff", "price"]).table[["driver", "kind"]]
      driver     kind
    0  staff    basic
    1  price  unclear
    """
    kept, marks, told = _contrasts(data, outcome, drivers, low, high)
    frame = pd.DataFrame({outcome: data[outcome]}, index=data.index)
    terms = []
    for d in kept:
        frame[f"{d}: low"], frame[f"{d}: high"] = marks[d].T
        terms += [f"{d}: low", f"{d}: high"]
    chosen = chosen_design(design)
    require_columns(map(str, data.columns), chosen.columns_in(data), where="data")
    frame = frame.join(data[[c for c in chosen.columns_in(data) if c not in frame]])
    fit = regression(frame, outcome, terms, chosen)
    by_term = fit.table.set_index("term")
    lows, highs = by_term.loc[terms[::2]], by_term.loc[terms[1::2]]
    hurts = ((lows["p_value"] < significance) & (lows["estimate"] < 0)).to_numpy()
    delights = ((highs["p_value"] < significance) & (highs["estimate"] > 0)).to_numpy()
    kind = np.where(hurts, np.where(delights, "performance", "basic"), np.where(delights, "excitement", "unclear"))
    table = pd.DataFrame(
        {
            "driver": kept,
            "penalty": lows["estimate"].to_numpy(),
            "reward": highs["estimate"].to_numpy(),
            "penalty_p": lows["p_value"].to_numpy(),
            "reward_p": highs["p_value"].to_numpy(),
            "kind": kind,
            "n": int(fit.table["n"].iloc[0]),
        }
    )
    return PenaltyReward(table=table, notes=(*told, *fit.notes))


def _contrasts(
    data: pd.DataFrame, outcome: str, drivers: Sequence[str], low: float, high: float
) -> tuple[list[str], dict[str, Floats], tuple[Note, ...]]:
    """Return the drivers whose bad and very good ratings can be told apart from the others', their marks, and notes."""
    answered = ~np.isnan(number_column(data, outcome, where="data"))
    kept: list[str] = []
    marks: dict[str, Floats] = {}
    notes: list[Note] = []
    for d in drivers:
        values = number_column(data, d, where="data")
        missing = np.isnan(values)[:, None]
        both = np.where(missing, np.nan, np.column_stack([values <= low, values >= high]))
        if not (values <= low).any() or not (values >= high).any():
            text = message("{driver} has no bad or no very good ratings and is left out.", driver=d)
            notes.append(Note(text, "caution"))
            continue
        tried = np.column_stack([np.ones(len(data)), *(marks[k] for k in kept), both])
        rows = tried[answered & ~np.isnan(tried).any(axis=1)]
        if np.linalg.matrix_rank(rows) < tried.shape[1]:
            text = message("{driver} follows from the other questions and is left out.", driver=d)
            notes.append(Note(text, "caution"))
            continue
        kept.append(d)
        marks[d] = both
    if not kept:
        raise InputError(
            "At least one driver has bad and very good ratings of its own.",
            found=f"none of {len(drivers)}: no ratings up to {low:g} or from {high:g} on",
            fix="Choose other limits.",
            where="drivers",
        )
    return kept, marks, tuple(notes)

"""The headline numbers of a study over its waves, as a picture with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.language import Language, Message, format_value, message, use_language
from workbench.report.site.pictures import picture_html
from workbench.store.provenance import hash_file, hash_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ("wave", "measure", "estimate", "ci_low", "ci_high", "level")
LEAST_WAVES = 2
MOST_TICKS = 4
MEASURES: dict[str, tuple[Message, str]] = {
    "nps": (message("NPS"), "signed1"),
    "satisfied": (message("Satisfied customers"), "pct1"),
}
AXIS = {"signed1": "signed0", "pct1": "pct"}


def measures_over_waves(editions: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the headline numbers of the waves, oldest first.

    Parameters
    ----------
    editions
        What the published editions of one study say of themselves.

    Returns
    -------
    DataFrame
        ``wave``, ``measure``, ``estimate``, ``ci_low``, ``ci_high``, ``level``; only measures that two waves have.
    """
    rows = [
        {"wave": e["wave"], **{k: m.get(k) for k in COLUMNS[1:]}}
        for e in sorted(editions, key=lambda e: (e["as_of"], e["wave"]))
        for m in e.get("measures", [])
        if m.get("measure") in MEASURES and m.get("estimate") is not None
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    many = table.groupby("measure")["wave"].transform("nunique")
    return table[many >= LEAST_WAVES].reset_index(drop=True)


def history_digest(editions: Sequence[dict[str, Any]]) -> str:
    """Return a hash of what the picture of a study's history shows and of the code that draws it."""
    code = [hash_file(Path(file)) for file in (__file__, charts.__file__)]
    return hash_values(measures_over_waves(editions).to_json(orient="split"), code)


def history_html(study: str, editions: Sequence[dict[str, Any]], language: Language) -> str:
    """Return the figure of a study's history; empty with fewer than two waves."""
    table = measures_over_waves(editions)
    if table.empty:
        return ""
    with use_language(language):
        figure = draw_history(table, language)
    said = "; ".join(
        f"{MEASURES[str(m)][0].text(language)}: "
        + ", ".join(f"{r.wave} {_shown(r, str(m), language)}" for r in part.itertuples())
        for m, part in table.groupby("measure", sort=False)
    )
    levels = table["level"].dropna().unique()
    title = (
        message("Headline numbers over the waves, with {level:level} intervals", level=float(levels[0]))
        if len(levels) == 1 and table["level"].notna().all()
        else message("Headline numbers over the waves, with the interval of each wave")
    ).text(language)
    return (
        f'<figure class="chart history">{picture_html(figure, said, f"history-{study}")}'
        f"<figcaption>{title}</figcaption></figure>"
    )


def draw_history(table: pd.DataFrame, language: Language | None = None) -> Figure:
    """Draw one panel per measure, with the interval of every wave."""
    from matplotlib.figure import Figure as Canvas

    measures = [m for m in MEASURES if (table["measure"] == m).any()]
    with charts.theme():
        canvas = Canvas(figsize=(7.0, 2.6), layout="constrained")
        axes = canvas.subplots(1, len(measures), squeeze=False)[0]
        for ax, measure in zip(axes, measures, strict=True):
            _panel(ax, table[table["measure"] == measure], measure, language)
    return canvas


def _panel(ax: Axes, part: pd.DataFrame, measure: str, language: Language | None) -> None:
    label, style = MEASURES[measure]
    places = np.arange(len(part))
    low, high = (part["estimate"] - part["ci_low"]).to_numpy(), (part["ci_high"] - part["estimate"]).to_numpy()
    ax.errorbar(places, part["estimate"], yerr=[low, high], fmt="o-", color=charts.ACCENT, capsize=4, linewidth=1.4)
    shown = places[::-1][:: -(-len(part) // MOST_TICKS)]  # the newest wave always has its name
    ax.set_xticks(shown, part["wave"].iloc[shown].tolist())
    ax.set_xlim(-0.5, len(part) - 0.5)
    ax.set_title(charts.text(label, language))
    if AXIS[style] == "signed0":
        ax.locator_params(axis="y", integer=True)  # a rounded tick would stand in the wrong place
    charts.format_axis(ax.yaxis, AXIS[style], language)


def _shown(row: Any, measure: str, language: Language) -> str:
    value, interval = measure_words(measure, row.estimate, row.ci_low, row.ci_high, language)
    return f"{value} ({interval})"


def measure_words(
    measure: str, estimate: float, ci_low: float | None, ci_high: float | None, language: Language
) -> tuple[str, str]:
    """Return a headline number and its interval as readers of a language write them; the interval may be empty."""
    style = MEASURES[measure][1]
    ends = [format_value(end, style, language) for end in (ci_low, ci_high) if end is not None]
    return format_value(estimate, style, language), " – ".join(ends) if len(ends) == 2 else ""

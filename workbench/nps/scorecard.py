"""The scorecard: every region's numbers side by side, with what luck and small bases do to them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.errors import InputError, few_names, nearest
from workbench.core.language import Language, Message, format_value, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.intervals import check_confidence
from workbench.estimation.words import ALIKE, DOWN, HIGHER, LOWER, UNCLEAR, UP, in_words, verdicts
from workbench.nps.columns import CHANGE, ESTIMATE, PLACE, RANK
from workbench.nps.funnel import Funnel, funnel_limits, place_words
from workbench.nps.measures import Figures, Measure, Scored
from workbench.nps.regions import TARGET_WORDS, against_targets, context_columns, read_regions
from workbench.nps.scorecard_lines import measure_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WideNumber = Literal["estimate", "change"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Scorecard(Result):
    """Regions by measures.

    Attributes
    ----------
    table
        One row per region and measure: the region, ``measure``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``,
        ``n``, ``n_effective``; ``shrunken``, ``shrunken_low``, ``shrunken_high``, ``own_weight`` (how much of it is the
        region's own); ``rank``, ``rank_low``, ``rank_high``; ``place`` in the funnel; ``difference`` (to all other
        regions), ``difference_low``, ``difference_high``, ``p_value``, ``p_adjusted``, ``verdict``; ``previous``,
        ``change``, ``change_low``, ``change_high``, ``change_p``, ``change_p_adjusted``, ``change_verdict``;
        ``target``, ``target_verdict``, ``competitor``.
    measures_table
        One row per measure: ``measure``, ``estimate``, ``ci_low``, ``ci_high`` (all regions), ``n``, ``spread``
        (highest region less lowest), ``luck`` (spread of equal regions on average), ``p_value`` (that all are equal),
        ``p_adjusted`` (Holm over the measures), ``between`` (deviation of true values), ``scatter`` (of answers).
    measures
        Name → `Measure`.
    by
        Column of the regions.
    regions
        Columns of the table of regions that belong to no measure; no rows where there is no such table.
    """

    measures_table: pd.DataFrame
    measures: Mapping[str, Measure]
    by: str
    regions: pd.DataFrame

    caption: ClassVar[Message] = message("Regional scorecard")
    columns: ClassVar[Mapping[str, Column]] = {
        "measure": Column(message("Measure")),
        "estimate": ESTIMATE,
        "interval": Column(message("Interval ({level:level})")),
        "change": CHANGE.styled("text"),
        "change_verdict": Column(message("Change, verdict")),
        "verdict": Column(message("Against all others")),
        "rank": RANK,
        "ranks": Column(message("Possible ranks")),
        "shrunken": Column(message("Steadied estimate")),
        "place": PLACE,
        "target": Column(message("Target")),
        "target_verdict": Column(message("Target, verdict")),
        "competitor": Column(message("Competitor")),
    }

    def lines(self, measure: str) -> pd.DataFrame:
        """Return the lines of one measure.

        Raises
        ------
        InputError
            If the scorecard has no such measure.
        """
        if measure not in self.measures:
            fix = f"Choose from {', '.join(self.measures)}{nearest(measure, self.measures)}."
            raise InputError("A measure is one of the scorecard's.", found=repr(measure), fix=fix, where="measure")
        return self.table[self.table["measure"] == measure].reset_index(drop=True)

    def funnel(self, measure: str) -> Funnel:
        """Return one measure's regions against what luck allows at their base."""
        rows = self.lines(measure)
        row = self.measures_table[self.measures_table["measure"] == measure].iloc[0]
        errors = row["scatter"] / np.sqrt(rows["n"].to_numpy(dtype=float).clip(1))
        reach = [NormalDist().inv_cdf((1 + level) / 2) for level in funnel_limits(self.level or 0.95)]
        shown = rows[[self.by, "estimate", "n"]].assign(
            low=row["estimate"] - reach[0] * errors,
            high=row["estimate"] + reach[0] * errors,
            low_outer=row["estimate"] - reach[1] * errors,
            high_outer=row["estimate"] + reach[1] * errors,
            place=rows["place"],
        )
        centre, scatter = float(row["estimate"]), float(row["scatter"])
        return Funnel(level=self.level, table=shown, centre=centre, scatter=scatter, measure=self.measures[measure])

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the lines with numbers written in each measure's style, and verdicts in words."""
        rows = []
        for row in self.table.to_dict("records"):
            measure = self.measures[row["measure"]]

            def write(value: Any, style: str = measure.style) -> str:
                return format_value(float(value), style, language)

            rows.append(
                {
                    self.by: row[self.by],
                    "measure": measure.label.text(language),
                    "estimate": write(row["estimate"]),
                    "interval": _pair(row, "ci_low", "ci_high", write),
                    "n": row["n"],
                    "change": format_value(float(row["change"]), measure.signed, language),
                    "change_verdict": row["change_verdict"],
                    "verdict": row["verdict"],
                    "rank": row["rank"] or np.nan,
                    "ranks": f"{row['rank_low']}–{row['rank_high']}" if row["rank"] else "–",
                    "shrunken": write(row["shrunken"]),
                    "place": place_words(row["place"], self.level or 0.95).text(language),
                    "target": write(row["target"]),
                    "target_verdict": TARGET_WORDS[row["target_verdict"]].text(language),
                    "competitor": write(row["competitor"]),
                }
            )
        return in_words(pd.DataFrame(rows), language, ("verdict", "change_verdict"))

    def wide(self, language: Language, measures: Sequence[str] = (), *, show: WideNumber = "estimate") -> pd.DataFrame:
        """Return one row per region and one column per measure, each number with its interval.

        Parameters
        ----------
        measures
            Measures to show; all by default. Their names are the columns.
        show
            ``estimate``: ▲ marks a region clearly better than all others, ▼ a worse one. ``change``: since the previous
            wave; ↑ and ↓ mark a clear rise or fall.
        """
        regions, own = self.table[self.by].drop_duplicates(), show == "estimate"
        beside = ("ci_low", "ci_high", "verdict") if own else ("change_low", "change_high", "change_verdict")
        shown: dict[str, Any] = {self.by: regions.to_numpy()}
        for name in measures or self.measures:
            measure = self.measures[name]
            better, worse = "▲▼" if measure.better == "higher" else "▼▲"
            marks = {HIGHER: better, LOWER: worse, UP: "↑", DOWN: "↓"}
            known = self.lines(name)[[self.by, show, *beside]].itertuples(index=False, name=None)
            style = measure.style if own else measure.signed
            cells = {region: _cell(numbers, marks.get(said, ""), style, language) for region, *numbers, said in known}
            shown[name] = [cells.get(region, "–") for region in regions]
        return pd.DataFrame(shown)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the funnel of the first measure that is not a total."""
        first = next((n for n, m in self.measures.items() if m.statistic != "total"), None)
        if first is None:
            return super().plot(language)
        return self.funnel(first).plot(language)


def _cell(numbers: Sequence[float], mark: str, style: str, language: Language) -> str:
    if pd.isna(numbers[0]):
        return "–"
    number, *limits = (format_value(float(v), style, language) for v in numbers)
    return f"{number} {mark} ({limits[0]} … {limits[1]})".replace("  ", " ")


def _pair(row: Mapping[Hashable, Any], low: str, high: str, write) -> str:  # type: ignore[no-untyped-def]
    return "–" if row[low] != row[low] else f"{write(row[low])} … {write(row[high])}"


@takes_columns("by")
def scorecard(
    sources: Scored | Figures | Sequence[Scored | Figures],
    *,
    by: str = "region",
    regions: pd.DataFrame | None = None,
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> Scorecard:
    """Set regions side by side: NPS, satisfaction, response, customers, value, complaints, with all uncertainty.

    Parameters
    ----------
    sources
        Where the numbers come from: answers with their design, customers, complaints (`Scored`), or numbers computed
        elsewhere (`Figures`). See `workbench.nps.MEASURES` for the measures that are ready.
    by
        Column of the regions, in every source.
    regions
        Optional table of regions: ``target_<measure>`` and ``competitor_<measure>`` are set beside the measures, other
        columns (market share, staff, stock) are kept.
    adjust
        ``holm`` or ``bh`` over the whole scorecard: all changes and comparisons with the other regions are one family.
    confidence
        Coverage of the intervals.
    minimum_base
        Below it the direct estimate of a region is suppressed; its steadied estimate stays.

    Returns
    -------
    Scorecard

    Raises
    ------
    InputError
        If there are fewer than two regions, two sources measure the same, or the values of a column break its rule.

    Notes
    -----
    Each region is compared with all others together, not with the total that contains it. Ranks:
    `workbench.nps.ranks.rank_intervals`; steadied estimates: `workbench.nps.shrunken.shrink`, at variances smoothed
    over regions; luck: `workbench.nps.ranks.luck_spread`. Rows without a region count in the design and in no region.

    Examples
    --------
    >>> answers = pd.DataFrame({"region": ["n"] * 50 + ["s"] * 50, "recommend": [10] * 40 + [2] * 35 + [8] * 25})
    >>> card = scorecard(Scored(answers))
    >>> card.table[["region", "measure", "estimate", "rank", "verdict"]]
      region measure  estimate  rank verdict
    0      n     nps      60.0     1  higher
    1      s     nps     -50.0     2   lower
    """
    check_confidence(confidence)
    given = [sources] if isinstance(sources, Scored | Figures) else list(sources)
    measures = _measures(given)
    names = _regions(given, by)
    found = [measure_lines(s, by, names, confidence, minimum_base) for s in given]
    table = pd.concat([f.lines for f in found], ignore_index=True)
    summary = pd.concat([f.summary for f in found], ignore_index=True)
    summary["p_adjusted"] = adjust_p(summary["p_value"].to_numpy(dtype=float), "holm")
    notes = list(dict.fromkeys(n for f in found for n in f.notes))
    table, family = _judged(table, adjust, confidence, minimum_base)
    context = pd.DataFrame({by: []})
    if regions is not None:
        read, told = read_regions(regions, by, names)
        table = against_targets(table, read, by, measures)
        context = read[[by, *context_columns(read, by)]]
        notes += told
    else:
        table = table.assign(target=np.nan, target_verdict="", competitor=np.nan)
    return Scorecard(
        level=confidence,
        table=table,
        measures_table=summary,
        measures=measures,
        by=by,
        regions=context,
        notes=(*notes, *_notes(table, family, adjust, minimum_base)),
    )


def _measures(sources: Sequence[Scored | Figures]) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for source in sources:
        chosen = source.measures if isinstance(source, Figures) else source.chosen()
        twice = [n for n in chosen if n in measures]
        if twice:
            raise InputError(
                "Every measure has one source.",
                found=f"{twice[0]!r} twice",
                fix="Give it another name.",
                where="sources",
            )
        measures |= chosen
    if not measures:
        raise InputError(
            "A scorecard measures something.", found="no measures", fix="Pass sources with measures.", where="sources"
        )
    return measures


def _regions(sources: Sequence[Scored | Figures], by: str) -> list[object]:
    names: set[object] = set()
    for source in sources:
        data = source.checked(by) if isinstance(source, Figures) else source.data
        if by not in data:
            raise InputError(
                "Every source has the column of regions.",
                found=f"no {by!r} among {few_names(data.columns, like=[by])}",
                fix="Join the regions to it.",
                where="sources",
            )
        names |= set(data[by].dropna().unique().tolist())
    if len(names) < 2:
        raise InputError(
            message("A scorecard has at least two regions."),
            found=message("{n:int} in '{by}'", n=len(names), by=by),
            fix=message("Choose another column."),
            where="by",
        )
    return sorted(names, key=str)


def _judged(table: pd.DataFrame, adjust: Adjust | None, confidence: float, minimum: int) -> tuple[pd.DataFrame, int]:
    """Adjust the p-values of all comparisons and changes as one family, and give each its verdict."""
    enough = (table["n"] >= minimum).to_numpy()
    both = enough & (table["n_previous"] >= minimum).to_numpy()
    p = np.concatenate([np.where(enough, table["p_value"], np.nan), np.where(both, table["change_p"], np.nan)]).astype(
        float
    )
    adjusted = adjust_p(p, adjust)
    rest, change = np.split(adjusted, 2)
    verdict = verdicts(
        table["difference"].to_numpy(), np.nan_to_num(rest, nan=1.0), enough, confidence, (HIGHER, LOWER, ALIKE)
    )
    moved = verdicts(table["change"].to_numpy(), np.nan_to_num(change, nan=1.0), both, confidence, (UP, DOWN, UNCLEAR))
    known, known_change = table["difference"].notna(), table["change"].notna()
    judged = table.assign(
        p_adjusted=rest,
        verdict=np.where(known, verdict, ""),
        change_p_adjusted=change,
        change_verdict=np.where(known_change, moved, ""),
    )
    return judged, int(np.isfinite(p).sum())


def _notes(table: pd.DataFrame, family: int, adjust: Adjust | None, minimum: int) -> list[Note]:
    notes = []
    if adjust and family:
        name = message("Holm") if adjust == "holm" else message("Benjamini–Hochberg")
        text = message(
            "p-values are adjusted over all {n:int} comparisons and changes of the scorecard ({method}).",
            n=family,
            method=name,
        )
        notes.append(Note(text))
    hidden = int((table["n"] < minimum).sum())
    if hidden:
        text = plural(
            "{n:int} cell rests on fewer than {minimum:int} rows and is suppressed; a steadied "
            "estimate is shown instead.",
            "{n:int} cells rest on fewer than {minimum:int} rows and are suppressed; steadied "
            "estimates are shown instead.",
            n=hidden,
            minimum=minimum,
        )
        notes.append(Note(text, "caution"))
    return notes

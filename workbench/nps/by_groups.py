"""The NPS by group: how high, how far from all others, and how it moved, corrected for everything that was compared."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.choices import as_chosen, choice_separator, choices_of
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.findings import STATE_WORDS, state_of
from workbench.core.forms import strip
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.core.value_names import in_named_order
from workbench.estimation import Design, adjust_p
from workbench.estimation.chosen import chosen_design
from workbench.nps.change import nps_change
from workbench.nps.columns import CHANGE, CI_HIGH, CI_LOW, DETRACTORS, NPS, PASSIVES, PREVIOUS, PROMOTERS
from workbench.nps.comparison import nps_comparison
from workbench.nps.score import net_promoter_score

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS: Final = ("nps", "ci_low", "ci_high", "promoters", "passives", "detractors", "n", "n_effective", "note")
CHANGES: Final = {
    "previous": "previous",
    "estimate": "change",
    "ci_low": "change_low",
    "ci_high": "change_high",
    "n_previous": "n_previous",
    "p_value": "change_p",
    "detectable": "detectable",
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class NpsByGroups(Result):
    """The NPS of groups of one or more breakdowns.

    Attributes
    ----------
    table
        One row per group: ``breakdown``, ``group``, ``nps``, ``ci_low``, ``ci_high``, ``promoters``, ``passives``,
        ``detractors``, ``n``, ``n_effective``, ``note``; ``difference`` (to all others), ``difference_p`` (adjusted),
        ``difference_state``, ``stands`` (``higher``, ``lower`` or empty); and where there was a wave before
        ``previous``, ``change``, ``change_low``, ``change_high``, ``n_previous``, ``detectable``, ``change_p``
        (adjusted), ``change_state``. States are ``clear``, ``watch``, ``chance`` and ``unknown``.
    overall
        NPS of everybody.
    families
        How many comparisons each kind was corrected for: ``difference``, and ``change`` of the first breakdown.
    minimum_base
        Smallest base on which a group is shown.
    """

    overall: float
    families: Mapping[str, int]
    minimum_base: int = 30

    caption: ClassVar[Message] = message("NPS by group")
    columns: ClassVar[Mapping[str, Column]] = {
        "breakdown": Column(message("Breakdown")),
        "nps": NPS,
        "ci_low": CI_LOW.styled("signed1"),
        "ci_high": CI_HIGH.styled("signed1"),
        "promoters": PROMOTERS,
        "passives": PASSIVES,
        "detractors": DETRACTORS,
        "difference": Column(message("Difference to all others"), "signed1"),
        "difference_state": Column(message("Against all others")),
        "previous": PREVIOUS.styled("signed1"),
        "change": CHANGE,
        "change_low": Column(message("Change, low ({level:level})"), "signed1"),
        "change_high": Column(message("Change, high ({level:level})"), "signed1"),
        "change_state": Column(message("Verdict on the change")),
    }

    def of(self, breakdown: str) -> pd.DataFrame:
        """Return the rows of one breakdown."""
        return self.table[self.table["breakdown"] == breakdown].reset_index(drop=True)

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its verdicts in words; a group with a small base keeps its base only."""
        wanted = [c for c in ("breakdown", "group", *self.columns) if c in self.table and c != "breakdown"]
        shown = self.table[["breakdown", *dict.fromkeys(wanted), "n"]].copy()
        for column in ("difference_state", "change_state"):
            if column in shown:
                shown[column] = [STATE_WORDS[s].text(language) for s in shown[column]]
        moved = [c for c in shown if str(c).startswith(("change", "previous")) and c != "change_state"]
        shown.loc[self.table["nps"].isna(), ["difference", *moved]] = np.nan
        return shown

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the groups of the first breakdown."""
        return draw_strip(self, str(self.table["breakdown"].iloc[0]), {}, language)


def draw_strip(
    result: NpsByGroups, breakdown: str, names: Mapping[object, object], language: Language | None = None
) -> Figure:
    """Draw the groups of one breakdown as a strip, under their names.

    Parameters
    ----------
    result
        The NPS by group.
    breakdown
        Which of its breakdowns.
    names
        Group → its name as readers know it.
    language
        Language of the drawing.
    """
    rows = result.of(breakdown)
    shown = rows.rename(columns={"nps": "estimate", "change_state": "state"})
    named = pd.Series([names.get(g, g) for g in rows["group"]], dtype=object)
    return strip(shown.assign(name=named), language, reference=result.overall, minimum=result.minimum_base)


@takes_columns("id", "column", many=["by"])
def nps_by_groups(
    data: pd.DataFrame,
    design: Design | None = None,
    *,
    by: Sequence[str],
    previous: pd.DataFrame | None = None,
    designs: tuple[Design, Design] | None = None,
    id: str | None = None,  # noqa: A002
    column: str = "recommend",
    confidence: float = 0.95,
    minimum_base: int = 30,
) -> NpsByGroups:
    """Estimate the NPS of groups, compare each with all others, and with the wave before.

    Parameters
    ----------
    data
        One row per questionnaire.
    design
        The sampling design; None counts every answer once.
    by
        Breakdowns, the most important first. A column of questions where several choices could be ticked, such as
        ``web;shop``, has a group for each choice; groups then overlap.
    previous
        All rows of the wave before.
    designs
        Designs of the wave before and of this one; `design` for both if None.
    id
        Column of customer ids where the waves share customers.
    column
        Answers 0–10.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers on which a group is shown or judged.

    Returns
    -------
    NpsByGroups
        Groups in the order of their named values; those without an answer keep a line with a base of 0.

    Raises
    ------
    InputError
        If none of the breakdowns is there.

    Notes
    -----
    p-values are adjusted by Holm's method, differences to all others over all groups of all breakdowns, changes of
    the first breakdown over its groups, and those of the further breakdowns over all of theirs: each is a family from
    which a sentence is picked. A group is compared with all others, as the total contains it.

    Examples
    --------
    >>> data = pd.DataFrame({"recommend": [10, 9, 8, 3] * 20 + [10, 3, 3, 7] * 20, "region": ["n"] * 80 + ["s"] * 80})
    >>> found = nps_by_groups(data, by=["region"])
    >>> found.table[["group", "nps", "stands"]].to_numpy().tolist()
    [['n', 25.0, 'higher'], ['s', -25.0, 'lower']]
    """
    there = [c for c in by if c in data]
    if not there:
        raise InputError(
            message("There is a column to group by."),
            found=message("none of {columns}", columns=", ".join(by)),
            fix=message("Name columns of the answers in 'loyalty: by:'."),
            where="by",
        )
    overall = net_promoter_score(data, column, design, confidence=confidence, minimum_base=1).table.iloc[0]
    several = {c: s for c in there if (s := choice_separator(data[c])) is not None}
    parts = []
    for name in there:
        for one, choice in _taken_apart(data, name, several):
            rows = _levels(one, name, design, column, confidence, minimum_base)
            parts.append(rows if choice is None else rows[rows["group"] == choice])
    table = pd.concat(parts, ignore_index=True)
    compared = table["difference_p"].notna()
    table["difference_p"] = adjust_p(table["difference_p"].to_numpy(dtype=float), "holm")
    table["difference_state"] = [state_of(p) for p in table["difference_p"]]
    clear = table["difference_state"] == "clear"
    table["stands"] = np.where(clear, np.where(table["difference"] > 0, "higher", "lower"), "")
    table = in_named_order(table, "group", within="breakdown")
    families = {"difference": max(int(compared.sum()), 1)}
    if previous is not None:
        both = designs or (design, design)
        table = _with_changes(table, previous, data, both, id, column, confidence, minimum_base, several)
        first = table["breakdown"] == there[0]
        families["change"] = max(int((table["change_p"].notna() & first).sum()), 1)
    return NpsByGroups(
        level=confidence,
        table=table,
        overall=float(overall["nps"]),
        families=families,
        minimum_base=minimum_base,
        notes=_notes(table, minimum_base, several),
    )


def _taken_apart(data: pd.DataFrame, by: str, several: Mapping[str, str]) -> Iterator[tuple[pd.DataFrame, str | None]]:
    """Yield data as they are; where several choices could be ticked, once for each choice."""
    if by not in several:
        yield data, None
        return
    for choice in choices_of(data[by], several[by]):
        yield as_chosen(data, by, choice, several[by]), choice


def _levels(
    data: pd.DataFrame, by: str, design: Design | None, column: str, confidence: float, minimum_base: int
) -> pd.DataFrame:
    with warnings.catch_warnings():
        # small groups are suppressed, and the note says so
        warnings.simplefilter("ignore", UntrustedWarning)
        score = net_promoter_score(data, column, design, by=by, confidence=confidence, minimum_base=minimum_base)
        groups = score.table.rename(columns={by: "group"})
        rows = groups[["group", *[c for c in LEVELS if c in groups]]].assign(
            breakdown=by, difference=np.nan, difference_p=np.nan
        )
        answered = data.loc[data[column].notna(), by].dropna()
        if len(answered.unique()) > 1:
            pairs = nps_comparison(
                data, design, by=by, column=column, against="rest", adjust=None, minimum_base=minimum_base
            ).pairs
            known = pairs.assign(group=pairs["group"].astype(str)).set_index("group")
            keys = rows["group"].astype(str)
            rows["difference"] = known["estimate"].reindex(keys).to_numpy(dtype=float)
            rows["difference_p"] = known["p_value"].reindex(keys).to_numpy(dtype=float)
            small = rows["nps"].isna() | (rows["n"] < minimum_base)
            rows.loc[small, ["difference", "difference_p"]] = np.nan
    return rows[["breakdown", "group", *[c for c in rows if c not in ("breakdown", "group")]]]


def _with_changes(
    table: pd.DataFrame,
    previous: pd.DataFrame,
    data: pd.DataFrame,
    designs: tuple[Design | None, Design | None],
    id: str | None,  # noqa: A002
    column: str,
    confidence: float,
    minimum_base: int,
    several: Mapping[str, str],
) -> pd.DataFrame:
    both = tuple(chosen_design(d, lonely_psu="certainty") for d in designs)
    parts = []
    for by, rows in table.groupby("breakdown", sort=False):
        if by not in previous or column not in previous:
            parts.append(rows.assign(**dict.fromkeys(CHANGES.values(), np.nan)))
            continue
        found = []
        for one, choice in _taken_apart(data, str(by), several):
            before = previous if choice is None else as_chosen(previous, str(by), choice, several[str(by)])
            found.append(
                nps_change(
                    before,
                    one,
                    (both[0], both[1]),
                    column=column,
                    id=id,
                    by=str(by),
                    adjust=None,
                    confidence=confidence,
                    minimum_base=minimum_base,
                ).table.rename(columns={str(by): "group"})
            )
            found[-1] = found[-1] if choice is None else found[-1][found[-1]["group"] == choice]
        change = pd.concat(found, ignore_index=True)
        known = change.assign(group=change["group"].astype(str)).set_index("group")
        moved = known.reindex(rows["group"].astype(str))[list(CHANGES)].rename(columns=CHANGES)
        small = ~((moved["n_previous"] >= minimum_base).to_numpy() & (rows["n"] >= minimum_base).to_numpy())
        moved.loc[small, [c for c in moved if c != "n_previous"]] = np.nan
        parts.append(rows.assign(**{str(c): moved[c].to_numpy(dtype=float) for c in moved}))
    joined = pd.concat(parts, ignore_index=True)
    first = (joined["breakdown"] == joined["breakdown"].iloc[0]).to_numpy()
    p = joined["change_p"].to_numpy(dtype=float)
    joined["change_p"] = np.where(
        first, adjust_p(np.where(first, p, np.nan), "holm"), adjust_p(np.where(first, np.nan, p), "holm")
    )
    joined["change_state"] = [state_of(v) for v in joined["change_p"]]
    return joined


def _notes(table: pd.DataFrame, minimum_base: int, several: Mapping[str, str]) -> tuple[Note, ...]:
    found = [
        Note(
            message(
                "Each group is compared with all others together; p-values are corrected over all groups (Holm). A "
                "group stands out or has changed where the corrected p-value is below 0.05, and is watched below 0.10."
            )
        )
    ]
    if several:
        found.append(
            Note(
                message(
                    "{columns}: several choices could be ticked. Groups overlap; each is compared with all who did not "
                    "tick it.",
                    columns=", ".join(several),
                )
            )
        )
    if (table["n"] < minimum_base).any():
        found.append(Note(message("Groups with fewer than {n:int} answers are not shown.", n=minimum_base)))
    return tuple(found)

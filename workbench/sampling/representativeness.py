"""How far members, respondents or a sample resemble the frame: standardised differences, R-indicator, conditioning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.columns import INVITED
from workbench.sampling.frame import MISSING_STRATUM, Frame, as_frame
from workbench.sampling.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE_DIFFERENCE = 0.2  # Cohen's small effect; beyond it a composition is called different
MOST_LEVELS = 1000
COMPARED = ("variable", "group", "population", "frame_share", "n", "share", "difference")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Resemblance(Result):
    """Shares of a group of customers beside the frame's.

    Attributes
    ----------
    table
        ``variable``, ``group``, ``population``, ``frame_share``, ``n``, ``share`` (weighted where weights are given),
        ``difference`` (standardised: difference of shares over the frame's standard deviation ``sqrt(p (1 - p))``).
    """

    caption: ClassVar = message("Compared with the frame")
    columns: ClassVar = {
        "frame_share": Column(message("Share in the frame"), "pct1"),
        "share": Column(message("Share in the sample"), "pct1"),
        "difference": Column(message("Standardised difference"), "signed2"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw both shares side by side."""
        from workbench.sampling.pictures import shares

        table = self.table.assign(row=self.table["variable"] + ": " + self.table["group"].astype(str))
        series = {"frame_share": message("Share in the frame"), "share": message("Share in the sample")}
        return shares(table, label="row", series=series, language=language)


@takes_columns("weight", many=["variables"])
def compare_with_frame(
    frame: Frame | pd.DataFrame, chosen: pd.DataFrame, variables: str | Sequence[str], *, weight: str | None = None
) -> Resemblance:
    """Compare a sample, a panel or respondents with the frame, variable by variable.

    Parameters
    ----------
    frame
        The frame; counted in its engine.
    chosen
        Customers, with the frame's id; the frame has the rest.
    variables
        Columns of the frame with few values (at most 1,000 each).
    weight
        Column of weights in `chosen`; without it every customer counts once.

    Returns
    -------
    Resemblance

    Raises
    ------
    InputError
        If a column is missing, nobody of `chosen` is in the frame, or a variable has too many values.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "region": ["n", "n", "s", "s"]})
    >>> compare_with_frame(customers, customers.head(3), "region").table["difference"].round(3).tolist()
    [0.333, -0.333]
    """
    source = as_frame(frame)
    names = [variables] if isinstance(variables, str) else list(variables)
    require_columns(source.column_types, names, where="frame")
    require_columns(chosen.columns, [source.id, *([weight] if weight else [])], where="chosen")
    d, q = source.dialect, source.dialect.quote(source.id)
    listed = source.source.engine.register(chosen[[source.id]].drop_duplicates())
    picked = "".join(f", CAST({d.quote(n)} AS {d.text_type}) AS {d.quote(n)}" for n in names)
    found = source.rows(
        f"SELECT {q}{picked} FROM {{table}} AS t WHERE {source.where} AND CAST({q} AS {d.text_type}) IN "
        f"(SELECT CAST({q} AS {d.text_type}) FROM {listed} AS t)"
    )
    if found.empty:
        raise InputError(
            "Those compared are customers of the frame.",
            found=f"none of {len(chosen)} is eligible there",
            fix="Check that both use the same ids.",
            where="chosen",
        )
    weights = chosen[[source.id]].assign(workbench_weight=chosen[weight] if weight else 1.0)
    joined = found.merge(weights, on=source.id)
    if not names:
        note = Note(message("Nothing is known of these customers on which they could be compared."), "caution")
        kinds = {c: "object" if c in ("variable", "group") else "float64" for c in COMPARED}
        return Resemblance(table=pd.DataFrame(columns=list(COMPARED)).astype(kinds), notes=(note,))
    table = pd.concat([_shares(source, joined, n) for n in names], ignore_index=True)
    far = int((table["difference"].abs() > LARGE_DIFFERENCE).sum())
    notes = []
    if far:
        notes.append(
            Note(
                plural(
                    "{n:int} group differs from the frame by more than {limit:dec1} standard deviations.",
                    "{n:int} groups differ from the frame by more than {limit:dec1} standard deviations.",
                    n=far,
                    limit=LARGE_DIFFERENCE,
                ),
                "caution",
            )
        )
    if lost := max(chosen[source.id].nunique() - len(found), 0):
        text = message("{n:int} of those compared are not in the frame and are left out.", n=lost)
        notes.append(Note(text, "caution"))
    return Resemblance(table=table, notes=tuple(notes))


def few_valued(frame: Frame | pd.DataFrame, columns: Sequence[str], *, most: int = 30) -> list[str]:
    """Return those of `columns` that have at most `most` different values among the eligible.

    Examples
    --------
    >>> few_valued(pd.DataFrame({"customer_id": ["a", "b"], "region": ["n", "n"]}), ["customer_id", "region"], most=1)
    ['region']
    """
    source = as_frame(frame)
    require_columns(source.column_types, columns, where="frame")
    if not columns:
        return []
    counts = ", ".join(f"count(DISTINCT {source.dialect.quote(c)}) AS n_{i}" for i, c in enumerate(columns))
    row = source.rows(f"SELECT {counts} FROM {{table}} AS t WHERE {source.where}").iloc[0]
    return [c for i, c in enumerate(columns) if int(row[f"n_{i}"]) <= most]


def _shares(frame: Frame, joined: pd.DataFrame, name: str) -> pd.DataFrame:
    d = frame.dialect
    level = f"COALESCE(CAST({d.quote(name)} AS {d.text_type}), {d.literal(MISSING_STRATUM)})"
    counts = frame.rows(
        f"SELECT {level} AS level, count(*) AS population FROM {{table}} AS t WHERE {frame.where} GROUP BY {level} "
        f"LIMIT {MOST_LEVELS + 1}"
    ).sort_values("level", ignore_index=True)
    if len(counts) > MOST_LEVELS:
        raise InputError(
            f"A variable to compare has at most {MOST_LEVELS} values.",
            found=f"more in {name!r}",
            fix="Cut it into classes first (bin_strata).",
            where="variables",
        )
    by = (
        joined.assign(level=joined[name].fillna(MISSING_STRATUM))
        .groupby("level")["workbench_weight"]
        .agg(["size", "sum"])
    )
    table = pd.DataFrame({"variable": name, "group": counts["level"], "population": counts["population"]})
    table["frame_share"] = table["population"] / table["population"].sum()
    table["n"] = table["group"].map(by["size"]).fillna(0).astype("int64")
    table["share"] = table["group"].map(by["sum"]).fillna(0.0) / by["sum"].sum()
    spread = np.sqrt(table["frame_share"] * (1 - table["frame_share"]))
    table["difference"] = ((table["share"] - table["frame_share"]) / spread).where(spread > 0, 0.0)
    return table


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RIndicator(Result):
    """How evenly response is spread.

    Attributes
    ----------
    table
        ``group``, ``population``, ``invited``, ``answered``, ``response_rate``, ``partial`` (unconditional partial
        R-indicator: positive where the group answers more than average).
    r_indicator
        1 − 2 S(ρ): 1 if every group answers equally often.
    """

    r_indicator: float

    caption: ClassVar = message("Representativeness of response")
    columns: ClassVar = {
        "invited": INVITED,
        "answered": Column(message("Answered"), "people"),
        "response_rate": Column(message("Response rate"), "pct1"),
        "partial": Column(message("Partial R-indicator"), "signed3"),
    }


def r_indicator(groups: pd.DataFrame, *, by: str = "stratum") -> RIndicator:
    r"""Return the R-indicator of response over groups known for everybody.

    Parameters
    ----------
    groups
        One row per group: `by`, ``population``, ``invited``, ``answered``.
    by
        Name of the group column.

    Returns
    -------
    RIndicator
        ``.r_indicator`` and the partial indicators by group.

    Raises
    ------
    InputError
        If a column is missing or more answered than were invited.

    Notes
    -----
    :math:`R = 1 - 2 \sqrt{\frac{1}{N-1} \sum_h N_h (\rho_h - \bar\rho)^2}`, partial
    :math:`\sqrt{N_h/N} (\rho_h - \bar\rho)` (Schouten, Cobben & Bethlehem 2009, *Survey Methodology* 35, 101–113;
    Schouten, Shlomo & Skinner 2011, *JOS* 27, 231–253).

    Examples
    --------
    >>> groups = pd.DataFrame({"stratum": ["n", "s"], "population": [500, 500], "invited": [100, 100]})
    >>> groups["answered"] = [40, 20]
    >>> round(r_indicator(groups).r_indicator, 3)
    0.8
    """
    require_columns(groups.columns, [by, "population", "invited", "answered"], where="groups")
    invited, answered = (groups[c].to_numpy(dtype=float) for c in ("invited", "answered"))
    if (answered > invited).any() or (invited < 0).any():
        raise InputError(
            "Nobody answers who was not invited.",
            found="a group with more answers than invitations",
            fix="Correct the counts.",
            where="groups",
        )
    used = invited > 0
    population = groups["population"].to_numpy(dtype=float) * used
    rate = np.divide(answered, invited, out=np.zeros_like(answered), where=used)
    total = population.sum()
    mean = float(population @ rate / total)
    r = 1 - 2 * math.sqrt(float(population @ np.square(rate - mean)) / max(total - 1, 1))
    table = pd.DataFrame(
        {
            "group": groups[by].to_numpy(),
            "population": groups["population"].to_numpy(),
            "invited": groups["invited"].to_numpy(),
            "answered": groups["answered"].to_numpy(),
            "response_rate": np.where(used, rate, np.nan),
            "partial": np.where(used, np.sqrt(population / total) * (rate - mean), np.nan),
        }
    )
    notes = []
    if not used.all():
        notes.append(
            Note(
                plural(
                    "{n:int} group had no invitations and is left out of the indicator.",
                    "{n:int} groups had no invitations and are left out of the indicator.",
                    n=int((~used).sum()),
                ),
                "caution",
            )
        )
    return RIndicator(table=table, r_indicator=r, notes=tuple(notes))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Conditioning(Result):
    """Old panellists against new ones: a difference suggests that being asked changes answers."""

    caption: ClassVar = message("Do long-standing members answer differently?")

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)


@takes_columns("value", "joined")
def conditioning_check(
    answers: pd.DataFrame, value: str, *, wave: str, joined: str = "joined_wave", level: float = 0.95
) -> Conditioning:
    """Compare members recruited for `wave` with members from before, by Welch's t interval.

    Parameters
    ----------
    answers
        One row per answering member: `value`, `joined`.
    value
        Numeric answer.
    wave
        The wave in which the new members joined.
    joined
        Column with the wave a member joined.
    level
        Level of the intervals.

    Returns
    -------
    Conditioning
        ``.table``: ``variable``, ``group`` (old, new, difference), ``estimate``, ``std_error``, ``ci_low``,
        ``ci_high``, ``n``, ``p_value`` (of the difference).

    Raises
    ------
    InputError
        If a column is missing or a group has fewer than two answers.

    Examples
    --------
    >>> answers = pd.DataFrame({"score": [1, 2, 3, 4.0], "joined_wave": ["q1", "q1", "q2", "q2"]})
    >>> conditioning_check(answers, "score", wave="q2").table["estimate"].tolist()
    [1.5, 3.5, -2.0]
    """
    from scipy import stats

    require_columns(answers.columns, [value, joined], where="answers")
    used = answers.dropna(subset=[value])
    parts = {"old": used.loc[used[joined] != wave, value], "new": used.loc[used[joined] == wave, value]}
    if min(map(len, parts.values())) < 2:
        sizes = ", ".join(f"{k}: {len(v)}" for k, v in parts.items())
        raise InputError(
            "Both groups have at least two answers.", found=sizes, fix="Wait for more answers.", where="answers"
        )
    rows, errors = [], {}
    for name, part in parts.items():
        errors[name] = float(part.std(ddof=1)) / math.sqrt(len(part))
        half = float(stats.t.ppf((1 + level) / 2, len(part) - 1)) * errors[name]
        mean = float(part.mean())
        rows.append((value, name, mean, errors[name], mean - half, mean + half, len(part), math.nan))
    difference = rows[0][2] - rows[1][2]
    error = math.hypot(errors["old"], errors["new"])
    freedom = error**4 / sum(errors[k] ** 4 / (len(parts[k]) - 1) for k in parts) if error else math.inf
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(difference) / error, freedom)) if error else math.nan
    rows.append((value, "difference", difference, error, difference - half, difference + half, len(used), p))
    columns = ["variable", "group", "estimate", "std_error", "ci_low", "ci_high", "n", "p_value"]
    return Conditioning(table=pd.DataFrame(rows, columns=columns), level=level)

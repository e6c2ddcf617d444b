"""Fieldwork while it runs: completes against targets, and where they will end if it goes on like this."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.checks import Codes, Floats
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.listing import listed
from workbench.core.names import CUSTOMER_ID, STRATUM, Column
from workbench.core.results import Note, Result
from workbench.weighting.columns import ASKED
from workbench.weighting.dispositions import disposition_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN: Final = ("NC", "UH", "UO")
PRIOR_COMPLETES: Final = 5.0
STATES: Final[Mapping[str, Message]] = {
    "target reached": message("target reached"),
    "on course": message("on course"),
    "in doubt": message("in doubt"),
    "will fall short": message("will fall short"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FieldProgress(Result):
    """How far fieldwork is, group by group.

    Attributes
    ----------
    table
        The column of `by`, ``target``, ``asked``, ``completes``, ``open`` (neither answered nor closed), ``expected``
        completes in the end with ``expected_low`` and ``expected_high``, ``call_in`` (further customers to ask
        so that the target can be expected), ``state`` (``target reached``, ``on course``, ``in doubt``, ``will fall
        short``).
    attempts
        One row per attempt number: ``attempt``, ``tried``, ``completes``, ``closed``, ``complete_rate``.
    by
        Name of the grouping column.
    """

    attempts: pd.DataFrame
    by: str

    caption: ClassVar[Message] = message("Progress of fieldwork")
    columns: ClassVar[Mapping[str, Column]] = {
        "target": Column(message("Interviews wanted"), "int"),
        "asked": ASKED,
        "completes": Column(message("Completes"), "people"),
        "open": Column(message("Still open"), "people"),
        "expected": Column(message("Expected in the end"), "int"),
        "expected_low": Column(message("At least ({level:level})"), "int"),
        "expected_high": Column(message("At most ({level:level})"), "int"),
        "call_in": Column(message("To call in"), "int"),
        "state": Column(message("State")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its states in `language`."""
        return self.table.assign(state=[STATES[s].text(language) for s in self.table["state"]])

    def plot(self, language: Language | None = None) -> Figure:
        """Draw completes and expected completes as bars, and the target as a line across each."""
        rows = np.arange(len(self.table))[::-1]

        def draw(ax: Axes) -> None:
            done, end = self.table["completes"], self.table["expected"]
            ax.barh(
                rows,
                end,
                color=charts.ACCENT,
                alpha=0.3,
                height=0.66,
                label=charts.text(message("Expected in the end"), language),
            )
            ax.barh(rows, done, color=charts.ACCENT, height=0.66, label=charts.text(message("Completes"), language))
            target = charts.text(message("Interviews wanted"), language)
            ax.vlines(self.table["target"], rows - 0.42, rows + 0.42, color=charts.INK, linewidth=2, label=target)
            ax.set_yticks(rows, [charts.text(g, language) for g in self.table[self.by]])
            ax.grid(axis="y", visible=False)
            charts.format_axis(ax.xaxis, "int", language)
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, frameon=False)

        return charts.draw_figure(draw, height=max(2.4, 0.34 * len(rows) + 1.2))


def field_progress(
    contacts: pd.DataFrame,
    targets: Mapping[Any, float] | pd.Series,
    *,
    sample: pd.DataFrame | None = None,
    by: str = STRATUM,
    max_attempts: int | None = None,
    level: float = 0.95,
) -> FieldProgress:
    """Compare completed interviews with their targets while fieldwork runs, and project them to its end.

    Parameters
    ----------
    contacts
        Attempts so far: ``customer_id``, ``disposition``, optionally ``attempted_at``; and `by`, unless `sample` has
        it.
    targets
        Completes wanted by level of `by`.
    sample
        Everybody who is to be asked, ``customer_id`` and `by`; those without an attempt count as open. Default: the
        customers in `contacts`.
    by
        Column of groups.
    max_attempts
        How often a customer is tried at most; default: as often as anybody has been so far.
    level
        Level of the range of completes in the end.

    Returns
    -------
    FieldProgress

    Raises
    ------
    InputError
        If a column is missing, a disposition is unknown, a customer repeats in `sample` or was tried without being in
        it, or groups and targets do not match.

    Notes
    -----
    Of the customers tried for the j-th time, all groups together, a share h_j completes and c_j closes otherwise (a
    life table by attempt). Somebody open after k attempts completes with probability
    Σ_{j>k} h_j Π_{k<i<j} (1 - h_i - c_i), times the group's own rate so far relative to all groups,
    (completes + 5) / (completes expected from h + 5). The range counts the chance of each open customer and the
    uncertainty of the rates, as those of Poisson counts.

    Examples
    --------
    >>> contacts = pd.DataFrame({"customer_id": list("abcd"), "stratum": "north",
    ...                          "disposition": ["completed", "refused", "no answer", "no answer"]})
    >>> progress = field_progress(contacts, {"north": 2}, max_attempts=2)
    >>> progress.table[["target", "completes", "open", "expected", "state"]].round(2)
       target  completes  open  expected     state
    0     2.0          1     2       1.5  in doubt
    """
    require_columns(map(str, contacts.columns), [CUSTOMER_ID, "disposition"], where="contacts")
    people = _people(contacts, sample, by)
    levels, wanted, code = _targets(people[by], targets, by)
    attempts = _attempts(contacts, people)
    tried = attempts.groupby("place")["attempt"].max().reindex(range(len(people)), fill_value=0).to_numpy(np.int64)
    last = attempts.drop_duplicates("place", keep="last").set_index("place")["disposition"].reindex(range(len(people)))
    complete = (last == "I").to_numpy(dtype=bool, na_value=False)
    limit = max(max_attempts or 0, 0) or int(tried.max(initial=1))
    still_open = (last.isna() | last.isin(OPEN)).to_numpy(dtype=bool) & (tried < limit)
    life = _life_table(attempts, limit)
    chance = _chances(life)[np.minimum(tried, limit)]
    size = len(levels)
    rate = life["complete_rate"].to_numpy()
    place, number = (attempts[c].to_numpy(dtype=np.int64) for c in ("place", "attempt"))
    usual = np.bincount(code[place], rate[np.minimum(number, limit) - 1], minlength=size)
    completes = np.bincount(code[complete], minlength=size)
    relative = (completes + PRIOR_COMPLETES) / (usual + PRIOR_COMPLETES)
    p = np.clip(chance * relative[code], 0.0, 1.0) * still_open
    more = np.bincount(code, p, minlength=size)
    expected = completes + more
    # chance of each open customer, and how well the rates themselves are known
    unsure = 1 / (completes + PRIOR_COMPLETES) + 1 / max(int(completes.sum()), 1)
    reach = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(
        np.bincount(code, p * (1 - p), minlength=size) + more**2 * unsure
    )
    still = np.bincount(code, still_open, minlength=size)
    fresh = np.clip(_chances(life)[0] * relative, 1e-9, 1.0)
    table = pd.DataFrame(
        {
            by: levels,
            "target": wanted,
            "asked": np.bincount(code, minlength=size),
            "completes": completes,
            "open": still.astype(np.int64),
            "expected": expected,
            "expected_low": np.maximum(completes, expected - reach),
            "expected_high": np.minimum(completes + still, expected + reach),
            "call_in": np.ceil(np.clip(wanted - expected, 0.0, None) / fresh - 1e-9).astype(np.int64),
        }
    )
    table["state"] = np.select(
        [completes >= wanted, table["expected_low"] >= wanted, table["expected_high"] < wanted],
        ["target reached", "on course", "will fall short"],
        default="in doubt",
    )
    return FieldProgress(table=table, level=level, attempts=life, by=by, notes=_notes(table, by))


def _people(contacts: pd.DataFrame, sample: pd.DataFrame | None, by: str) -> pd.DataFrame:
    source, where = (contacts, "contacts") if sample is None else (sample, "sample")
    require_columns(map(str, source.columns), [CUSTOMER_ID, by], where=where)
    people = source[[CUSTOMER_ID, by]]
    if sample is None:
        people = people.drop_duplicates()
    repeated, without = int(people[CUSTOMER_ID].duplicated().sum()), int(people.isna().any(axis=1).sum())
    if repeated or without:
        raise InputError(
            f"Every customer occurs once and has one {by!r}.",
            found=f"{repeated} customers repeated, {without} rows without a customer_id or {by!r}",
            fix="Keep one row per customer, with the group it was drawn in.",
            where=where,
        )
    strangers = int((~contacts[CUSTOMER_ID].isin(people[CUSTOMER_ID])).sum())
    if strangers:
        raise InputError(
            "Only customers of the sample are tried.",
            found=f"{strangers} attempts at customers who are not in the sample",
            fix="Add the reserve that was called in to the sample, or correct the ids.",
            where="contacts",
        )
    return people.sort_values(CUSTOMER_ID, ignore_index=True)


def _targets(
    groups: pd.Series, targets: Mapping[Any, float] | pd.Series, by: str
) -> tuple[list[Hashable], Floats, Codes]:
    code, unique = pd.factorize(groups, sort=True)
    levels = list(unique)
    wanted = dict(targets.items())
    lacking, extra = [g for g in levels if g not in wanted], [g for g in wanted if g not in set(levels)]
    bad = [g for g, t in wanted.items() if not np.isfinite(float(t)) or float(t) < 0]
    if lacking or extra or bad:
        raise InputError(
            f"Every level of {by!r} has a target, zero or above, and customers.",
            found=f"without a target: {lacking or 'none'}; without customers: {extra or 'none'}; not a number: "
            f"{bad or 'none'}",
            fix="Give one target per group, with the group's own spelling.",
            where="targets",
        )
    return levels, np.array([float(wanted[g]) for g in levels]), np.asarray(code, dtype=np.int64)


def _attempts(contacts: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return attempts in order up to the one that closed each customer: ``place``, ``attempt``, ``disposition``."""
    place = pd.Index(people[CUSTOMER_ID]).get_indexer(pd.Index(contacts[CUSTOMER_ID]))
    table = pd.DataFrame({"place": place, "disposition": disposition_groups(contacts["disposition"]).to_numpy()})
    keys = ["place"]
    if "attempted_at" in contacts.columns:
        table["when"] = pd.to_datetime(contacts["attempted_at"], errors="raise").to_numpy()
        keys.append("when")
    table = table.sort_values(keys, kind="stable", ignore_index=True)
    closing = (~table["disposition"].isin(OPEN)).astype(np.int64)
    closed_before = closing.groupby(table["place"]).cumsum() - closing
    table = table[closed_before == 0]
    return table.assign(attempt=table.groupby("place").cumcount() + 1)[["place", "attempt", "disposition"]]


def _life_table(attempts: pd.DataFrame, limit: int) -> pd.DataFrame:
    number = np.minimum(attempts["attempt"].to_numpy(dtype=np.int64), limit) - 1
    done = (attempts["disposition"] == "I").to_numpy(dtype=bool)
    left = (~attempts["disposition"].isin(OPEN)).to_numpy(dtype=bool) & ~done
    tried, completes, closed = (np.bincount(number, w, minlength=limit) for w in (np.ones(len(done)), done, left))
    known = np.flatnonzero(tried > 0)
    # an attempt nobody has reached yet goes like the last one that somebody has
    source = known[np.searchsorted(known, np.arange(limit), side="right") - 1] if len(known) else np.arange(limit)
    base = np.maximum(tried, 1.0)
    return pd.DataFrame(
        {
            "attempt": np.arange(1, limit + 1),
            "tried": tried.astype(np.int64),
            "completes": completes.astype(np.int64),
            "closed": closed.astype(np.int64),
            "complete_rate": (completes / base)[source],
            "closed_rate": (closed / base)[source],
        }
    )


def _chances(life: pd.DataFrame) -> Floats:
    """Return the chance to complete in the end for somebody open after 0, 1, …, limit attempts."""
    chances = np.zeros(len(life) + 1)
    for j in range(len(life) - 1, -1, -1):
        h, c = life["complete_rate"].iloc[j], life["closed_rate"].iloc[j]
        chances[j] = h + (1 - h - c) * chances[j + 1]
    return chances


def _notes(table: pd.DataFrame, by: str) -> tuple[Note, ...]:
    notes = [
        Note(message("Expected completes: those who are still open go on to answer like those tried as often so far."))
    ]
    short = table[table["state"] == "will fall short"]
    if len(short):
        notes.append(
            Note(
                message(
                    "{n:int} of {all:int} groups will fall short of their target: {names}. Calling in {extra:int} "
                    "further customers makes up for it.",
                    n=len(short),
                    all=len(table),
                    names=listed(map(str, short[by]), most=6),
                    extra=int(short["call_in"].sum()),
                ),
                "caution",
            )
        )
    return tuple(notes)

"""Strata that are too small, joined to a neighbour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from workbench.core.errors import InputError
from workbench.core.language import message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.core.value_names import SEPARATOR
from workbench.sampling.frame import Frame, stratum_counts
from workbench.sampling.strata import with_column


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Collapsed(Result):
    """Strata after small ones were joined.

    Attributes
    ----------
    table
        ``stratum``, ``population``, ``collapsed_stratum``, ``collapsed_population``.
    """

    caption: ClassVar = message("Small strata joined to a neighbour")
    columns: ClassVar = {
        "collapsed_stratum": Column(message("Joined stratum")),
        "collapsed_population": Column(message("Joined population"), "int"),
    }

    def apply(self, frame: Frame, name: str = "collapsed_stratum") -> Frame:
        """Return `frame` with the joined strata as its only stratum column."""
        d = frame.dialect
        moved = self.table[self.table["stratum"] != self.table["collapsed_stratum"]]
        if moved.empty:
            return frame
        whens = " ".join(
            f"WHEN {d.literal(a)} THEN {d.literal(b)}"
            for a, b in zip(moved["stratum"], moved["collapsed_stratum"], strict=True)
        )
        sql = f"CASE {frame.stratum_sql} {whens} ELSE {frame.stratum_sql} END"
        return replace(with_column(frame, name, sql), stratum=name)


def collapse_strata(frame: Frame, minimum: int) -> Collapsed:
    """Join strata of fewer than `minimum` customers to a neighbour.

    The smallest stratum goes first. Its neighbour is the smallest other stratum that shares the most leading stratum
    variables with it; ties go to the label that sorts first. This repeats until none is too small.

    Parameters
    ----------
    frame
        A frame with strata, the most important variable first.
    minimum
        Fewest customers a stratum may have.

    Returns
    -------
    Collapsed
        ``.table`` says which stratum went where; ``.apply(frame)`` makes the frame with joined strata.

    Raises
    ------
    InputError
        If the whole frame has fewer customers than `minimum`.

    Examples
    --------
    >>> import pandas as pd
    >>> import pandas as pd
    >>> customers = pd.DataFrame({"customer_id": range(9), "region": list("nnnnnnsss"), "size": list("aaaaabaab")})
    >>> collapse_strata(Frame(customers, stratum=["region", "size"]), 2).table["collapsed_stratum"].tolist()
    ['n | a + b', 'n | a + b', 's | a + b', 's | a + b']
    """
    counts = stratum_counts(frame)
    if int(counts["population"].sum()) < minimum:
        raise InputError(
            "The frame is at least as large as its smallest stratum.",
            found=f"minimum={minimum:,} and {int(counts['population'].sum()):,} customers",
            fix="Lower the minimum.",
            where="minimum",
        )
    groups = {(s,): int(n) for s, n in zip(counts["stratum"], counts["population"], strict=True)}
    while min(groups.values()) < minimum and len(groups) > 1:
        small = min(groups, key=lambda g: (groups[g], g))
        other = min((g for g in groups if g != small), key=lambda g: (-_shared(small, g), groups[g], g))
        groups[tuple(sorted(small + other))] = groups.pop(small) + groups.pop(other)
    names = {s: _joined(g) for g in groups for s in g}
    sizes = {s: n for g, n in groups.items() for s in g}
    table = counts[["stratum", "population"]].assign(
        collapsed_stratum=counts["stratum"].map(names), collapsed_population=counts["stratum"].map(sizes)
    )
    joined = int((table["stratum"] != table["collapsed_stratum"]).sum())
    notes = []
    if joined:
        notes.append(
            Note(
                plural(
                    "{n:int} stratum was joined so that each has at least {minimum:int} customers.",
                    "{n:int} strata were joined so that each has at least {minimum:int} customers.",
                    n=joined,
                    minimum=minimum,
                )
            )
        )
    return Collapsed(table=table, notes=tuple(notes))


def _shared(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Count the leading variables on which all strata of both groups agree."""
    parts = [s.split(SEPARATOR) for s in a + b]
    count = 0
    for column in zip(*parts, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count


def _joined(group: tuple[str, ...]) -> str:
    if len(group) == 1:
        return group[0]
    same = _shared(group, group)
    lead = group[0].split(SEPARATOR)[:same]
    rest = " + ".join(SEPARATOR.join(s.split(SEPARATOR)[same:]) for s in group)
    return SEPARATOR.join([*lead, rest])

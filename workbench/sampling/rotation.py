"""Rotation groups of a panel: members who serve together and leave together, the longest-serving group first."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd


def in_natural_order(name: object) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts names as people do: numbers in them count as numbers.

    Examples
    --------
    >>> sorted(["w10", "w9", "w1"], key=in_natural_order)
    ['w1', 'w9', 'w10']
    """
    parts = re.findall(r"\d+|\D+", str(name))
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)


def wave_places(names: Sequence[object], waves: Sequence[str] = ()) -> dict[object, int]:
    """Return name of a wave → its place in time.

    Parameters
    ----------
    names
        Names that occur.
    waves
        Waves in their order, as far as it is known; others came before them, in the natural order of their names.

    Examples
    --------
    >>> wave_places(["w10", "w9", "autumn"], ["w9", "autumn", "w10"])
    {'w9': 0, 'autumn': 1, 'w10': 2}
    >>> wave_places(["w10", "w9"])
    {'w9': 0, 'w10': 1}
    """
    known = list(dict.fromkeys(waves))
    before = sorted({n for n in names if n not in known}, key=in_natural_order)
    return {n: i for i, n in enumerate([*before, *known])}


def groups_of(rotate: float) -> int:
    """Return how many rotation groups a panel has of which a share leaves in each wave; one where nobody does.

    Examples
    --------
    >>> groups_of(0.25), groups_of(0.0)
    (4, 1)
    """
    return max(round(1 / rotate), 1) if rotate > 0 else 1


def mark_rotated(
    current: pd.DataFrame, targets: Mapping[str, int], rotate: float, places: Mapping[object, int], id_column: str
) -> pd.DataFrame:
    """Mark those who leave because their stratum is over its target or the turn of their group has come.

    Groups leave in the order in which their first members joined, and among those of one wave in the natural order of
    their names; a member without a group is as old as his or her own membership.

    Parameters
    ----------
    current
        Members with ``stratum``, ``joined_wave``, ``rotation_group``, ``prn`` and ``status``.
    targets
        Stratum → members wanted.
    rotate
        Share of the target to leave in this wave.
    places
        Name of a wave → its place in time.
    id_column
        Name of the id.

    Returns
    -------
    DataFrame
        The same rows, ``status`` ``rotated_out`` where they leave.
    """
    result = current.copy()
    joined = current["joined_wave"].map(places).fillna(-1).astype("int64")
    group = current["rotation_group"]
    age = joined.groupby(group.where(group.notna(), current[id_column].astype(str))).transform("min")
    names = sorted(group.dropna().unique(), key=in_natural_order)
    order = current.assign(
        _age=age, _group=group.map({g: i for i, g in enumerate(names)}).fillna(-1).astype("int64"), _joined=joined
    )
    for stratum, part in order[order["status"] == "stays"].groupby("stratum"):
        target = targets.get(str(stratum), 0)
        turn = math.ceil(rotate * target - 1e-9)
        already = int(((order["stratum"] == stratum) & (order["status"] != "stays")).sum())
        out = max(len(part) - target, turn - already, 0)
        oldest = part.sort_values(["_age", "_group", "_joined", "prn", id_column]).index[:out]
        result.loc[oldest, "status"] = "rotated_out"
    return result


def with_groups(recruits: pd.DataFrame, current: pd.DataFrame, known: Sequence[object], groups: int) -> pd.DataFrame:
    """Give recruits their rotation groups: the places that drop-outs left, and new groups for those that rotated out.

    Parameters
    ----------
    recruits
        New members with ``stratum``, in their order.
    current
        Members so far with ``stratum``, ``status`` and ``rotation_group``.
    known
        Every group that there ever was, so that no name is used twice.
    groups
        Groups that the panel has at a time.

    Returns
    -------
    DataFrame
        The recruits with ``rotation_group``.

    Examples
    --------
    >>> new = pd.DataFrame({"stratum": ["n", "n", "n"]})
    >>> nobody = pd.DataFrame({"stratum": [], "status": [], "rotation_group": []})
    >>> with_groups(new, nobody, [], 2)["rotation_group"].tolist()
    ['1', '2', '1']
    """
    leaving = set(current.loc[current["status"] == "rotated_out", "rotation_group"].dropna())
    staying = current[(current["status"] == "stays") & current["rotation_group"].notna()]
    open_ = sorted(set(staying["rotation_group"]) - leaving, key=in_natural_order)
    names = [*open_, *_new_names([g for g in known if isinstance(g, str)], max(groups - len(open_), 0 if open_ else 1))]
    chosen: list[str] = []
    counts: dict[object, dict[str, int]] = {}
    for stratum in recruits["stratum"]:
        if stratum not in counts:
            there = staying.loc[staying["stratum"] == stratum, "rotation_group"].value_counts()
            counts[stratum] = {g: int(there.get(g, 0)) for g in names}
        smallest = min(names, key=lambda g: counts[stratum][g])
        counts[stratum][smallest] += 1
        chosen.append(smallest)
    return recruits.assign(rotation_group=chosen)


def _new_names(known: Sequence[str], many: int) -> list[str]:
    """Return names that follow those known: G5 after G1 to G4, 5 after 1 to 4."""
    numbered = [m for m in (re.fullmatch(r"(\D*)(\d+)", g) for g in known) if m]
    last = max((int(m[2]) for m in numbered), default=len(known))
    prefix = numbered[-1][1] if numbered else ""
    return [f"{prefix}{last + 1 + i}" for i in range(many)]

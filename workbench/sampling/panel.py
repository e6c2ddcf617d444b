"""The panel of sample-point customers: who stays, who leaves, who is recruited for the next wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd

from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, message, plural
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.sampling.coordination import look_up
from workbench.sampling.drawing import Draw, smallest_numbers
from workbench.sampling.frame import WHOLE, Frame, as_frame, stratum_counts
from workbench.sampling.random_numbers import check_salt
from workbench.sampling.rotation import groups_of, mark_rotated, wave_places, with_groups
from workbench.sampling.stratum_sizes import Sizes, sizes_of
from workbench.sampling.words import in_words

STATUSES = ("stays", "recruited", "rotated_out", "inactive", "left_frame")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PanelPlan(Result):
    """The panel for the next wave.

    Attributes
    ----------
    table
        By stratum: ``stratum``, ``population``, ``target``, ``before``, ``left_frame``, ``inactive``, ``rotated_out``,
        ``stays``, ``recruited``, ``after``, ``short`` (target less after).
    members
        One row per member of the wave before or after: id, ``stratum``, ``joined_wave``, ``left_wave`` (this wave for
        those who leave, else empty), ``rotation_group``, ``status`` (stays, recruited, rotated_out, inactive,
        left_frame, or left_before for those who left in earlier waves).
    wave
        The wave planned for.
    """

    members: pd.DataFrame
    wave: str

    caption: ClassVar = message("Panel of sample-point customers")
    columns: ClassVar = {
        "target": Column(message("Target"), "int"),
        "before": Column(message("Members before"), "people"),
        "left_frame": Column(message("No longer eligible"), "people"),
        "inactive": Column(message("Inactive"), "people"),
        "rotated_out": Column(message("Rotated out"), "people"),
        "stays": Column(message("Stay"), "people"),
        "recruited": Column(message("Recruited"), "people"),
        "after": Column(message("Members after"), "people"),
        "short": Column(message("Short of target"), "int"),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its codes in words."""
        return in_words(self.table, language)

    @property
    def active(self) -> pd.DataFrame:
        """Members of the planned wave."""
        return self.members[self.members["status"].isin(["stays", "recruited"])].reset_index(drop=True)


def plan_panel(
    frame: Frame | pd.DataFrame,
    members: pd.DataFrame | None = None,
    *,
    sizes: Sizes,
    salt: str,
    wave: str,
    rotate: float = 0.0,
    participation: pd.DataFrame | None = None,
    inactive_after: int = 2,
    waves: Sequence[str] = (),
) -> PanelPlan:
    """Plan who is on the panel in the next wave: keep, let go, rotate out, and recruit to match the frame.

    Parameters
    ----------
    frame
        The new wave's frame, with the strata the panel shall match.
    members
        The panel so far: the frame's id, ``joined_wave``, and optional ``left_wave`` (members who left stay listed, so
        that nobody is recruited twice) and ``rotation_group`` (members who leave together). None for a first
        recruitment.
    sizes
        Members wanted: a number (allocated in proportion to the strata), an `Allocation`, a table or a mapping.
    salt
        Salt of the panel; another one than the waves' keeps panel and waves independent.
    wave
        Name of the wave planned for.
    rotate
        Share of each stratum's target to rotate out, the longest-serving group first; 0.25 makes four groups.
    participation
        One row per member and wave: id, ``wave``, ``answered`` (true or false), in the order of the waves.
    inactive_after
        A member who missed this many waves in a row, up to the last, is let go.
    waves
        Names of the waves in their order, oldest first; where it is not known, names count in their natural order (w9
        before w10).

    Returns
    -------
    PanelPlan
        ``.table`` by stratum, ``.members``, ``.active``.

    Raises
    ------
    InputError
        If columns are missing, a member is listed twice, `rotate` is out of range, or sizes do not fit the strata.

    Notes
    -----
    Members leave for the first reason that holds: no longer eligible, inactive, over target, rotated out. Each stratum
    is then filled up to its target with the smallest permanent random numbers among eligible customers who never were
    members, so refreshment goes where the panel fell short.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": [f"C{i:02d}" for i in range(40)], "region": ["n", "n", "s", "n"] * 10})
    >>> frame = Frame(customers, stratum="region")
    >>> first = plan_panel(frame, sizes=8, salt="panel", wave="2026q2")
    >>> plan_panel(frame, first.members, sizes=8, salt="panel", wave="2026q3", rotate=0.5).table[
    ...     ["stratum", "target", "rotated_out", "stays", "recruited"]]
      stratum  target  rotated_out  stays  recruited
    0       n       6            3      3          3
    1       s       2            1      1          1
    """
    chosen = as_frame(frame)
    check_salt(salt)
    if not 0 <= rotate <= 1:
        raise InputError(
            "A share to rotate is between 0 and 1.", found=repr(rotate), fix="Give 0.25 for a quarter.", where="rotate"
        )
    counts = stratum_counts(chosen)[["stratum", "population"]]
    targets = _targets(counts, sizes)
    known = _known(members, chosen.id)
    current = known[known["left_wave"].isna()].drop(columns="left_wave")
    current = current.merge(look_up(chosen, current[[chosen.id]], salt), on=chosen.id, how="left")
    current["status"] = "stays"
    current.loc[current["prn"].isna(), "status"] = "left_frame"
    missed = _inactive(participation, chosen.id, inactive_after)
    current.loc[(current["status"] == "stays") & current[chosen.id].isin(missed), "status"] = "inactive"
    places = wave_places([*known["joined_wave"], wave], [*(w for w in waves if w != wave), wave] if waves else ())
    current = mark_rotated(current, targets, rotate, places, chosen.id)
    recruits = _recruits(chosen, known[[chosen.id]], counts, targets, current, salt, wave)
    recruits = with_groups(recruits, current, known["rotation_group"].tolist(), groups_of(rotate))
    everybody = pd.concat([current, recruits], ignore_index=True)
    leaving = everybody["status"].isin(["rotated_out", "inactive", "left_frame"])
    everybody["left_wave"] = pd.Series(wave, index=everybody.index).where(leaving)
    columns = [chosen.id, "stratum", "joined_wave", "left_wave", "rotation_group", "status"]
    everybody = everybody.assign(_joined=everybody["joined_wave"].map(places))
    everybody = everybody.sort_values(["stratum", "_joined", chosen.id], ignore_index=True)[columns]
    table = _table(counts, targets, everybody)
    past = known[known["left_wave"].notna()].assign(status="left_before", stratum=None)
    everybody = pd.concat([everybody, past[columns]], ignore_index=True) if len(past) else everybody
    short = int(table["short"].clip(lower=0).sum())
    notes = []
    if short:
        text = plural(
            "{n:int} place stays empty: the strata have no more customers who never were members.",
            "{n:int} places stay empty: the strata have no more customers who never were members.",
            n=short,
        )
        notes.append(Note(text, "caution"))
    return PanelPlan(table=table, members=everybody, wave=wave, notes=tuple(notes))


def _targets(counts: pd.DataFrame, sizes: Sizes) -> dict[str, int]:
    if isinstance(sizes, int):
        from workbench.sampling.allocation import allocate

        return sizes_of(allocate(counts, sizes, minimum=0))
    targets = {s: int(n) for s, n in sizes_of(sizes).items()}
    unknown = [s for s in targets if s not in set(counts["stratum"])]
    if unknown:
        raise InputError(
            "Every target belongs to a stratum of the frame.",
            found=f"not in the frame: {unknown[:5]}",
            fix="Give targets for the strata of stratum_counts(frame).",
            where="sizes",
        )
    return targets


def _known(members: pd.DataFrame | None, id_column: str) -> pd.DataFrame:
    if members is None:
        return pd.DataFrame({c: pd.Series([], dtype="str") for c in (id_column, "joined_wave", "left_wave")}).assign(
            rotation_group=pd.Series([], dtype="object")
        )
    require_columns(members.columns, [id_column, "joined_wave"], where="members")
    known = members.reindex(columns=[id_column, "joined_wave", "left_wave", "rotation_group"])
    group = known["rotation_group"]
    known["rotation_group"] = group.astype("object").where(group.isna(), group.astype(str))
    twice = known.loc[known["left_wave"].isna(), id_column].duplicated()
    if twice.any():
        raise InputError(
            "A member is on the panel once.",
            found=f"{int(twice.sum())} ids twice",
            fix="Keep one open membership per customer.",
            where="members",
        )
    return known


def _inactive(participation: pd.DataFrame | None, id_column: str, after: int) -> set[object]:
    if participation is None:
        return set()
    require_columns(participation.columns, [id_column, "wave", "answered"], where="participation")
    last = participation.groupby(id_column, sort=False)["answered"].agg(
        lambda a: len(a) >= after and not any(a[-after:])
    )
    return set(last.index[last.astype(bool)])


def _recruits(
    frame: Frame,
    known: pd.DataFrame,
    counts: pd.DataFrame,
    targets: Mapping[str, int],
    current: pd.DataFrame,
    salt: str,
    wave: str,
) -> pd.DataFrame:
    staying = current.loc[current["status"] == "stays", "stratum"].value_counts()
    open_frame = frame
    if len(known):
        d, q = frame.dialect, frame.dialect.quote(frame.id)
        listed = frame.source.engine.register(known.drop_duplicates())
        never = f"CAST({q} AS {d.text_type}) NOT IN (SELECT CAST({q} AS {d.text_type}) FROM {listed} AS t)"
        rules = {**dict(frame.reasons), message("is or was a member"): never}
        open_frame = replace(frame, table=frame.source, eligible=rules)
    free = frame_counts(open_frame)
    plan = pd.DataFrame({"stratum": counts["stratum"]})
    plan["population"] = plan["stratum"].map(free).fillna(0).astype("int64")
    wanted = plan["stratum"].map(targets).fillna(0) - plan["stratum"].map(staying).fillna(0)
    plan["n"] = wanted.clip(lower=0).astype("int64")
    plan["n"] = plan[["n", "population"]].min(axis=1)
    plan = plan[plan["n"] > 0].assign(reserve=0)
    columns = [frame.id, "stratum", "joined_wave", "rotation_group", "status"]
    if plan.empty:
        return pd.DataFrame({c: pd.Series([], dtype="object") for c in columns})
    label = frame.stratum_sql if frame.stratum else frame.dialect.literal(WHOLE)
    rows = smallest_numbers(Draw(open_frame, salt), plan, label)
    return rows.assign(joined_wave=wave, rotation_group=None, status="recruited")[columns]


def frame_counts(frame: Frame) -> dict[str, int]:
    """Return stratum → eligible customers; empty where nobody is eligible."""
    try:
        counts = stratum_counts(frame)
    except InputError:  # everybody is a member already
        return {}
    return dict(zip(counts["stratum"], counts["population"].tolist(), strict=True))


def _table(counts: pd.DataFrame, targets: Mapping[str, int], members: pd.DataFrame) -> pd.DataFrame:
    labelled = members.assign(stratum=members["stratum"].fillna(""))
    many = pd.crosstab(labelled["stratum"], labelled["status"]).reindex(columns=list(STATUSES), fill_value=0)
    table = counts.assign(target=counts["stratum"].map(targets).fillna(0).astype("int64")).set_index("stratum")
    gone = many[~many.index.isin(table.index)]
    table = table.join(many).fillna(0).astype("int64")
    if len(gone):  # who left the frame has no stratum there any more
        table = pd.concat([table, gone.assign(population=0, target=0)[table.columns]])
    table["before"] = table[["stays", "rotated_out", "inactive", "left_frame"]].sum(axis=1)
    table["after"] = table["stays"] + table["recruited"]
    table["short"] = table["target"] - table["after"]
    order = [
        "population",
        "target",
        "before",
        "left_frame",
        "inactive",
        "rotated_out",
        "stays",
        "recruited",
        "after",
        "short",
    ]
    return table[order].rename_axis("stratum").reset_index()

"""Chapter 10, the panel of sample-point customers: who stays, who is recruited, and what they are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.findings import Finding
from workbench.core.language import message
from workbench.core.membership import among
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.sample.words import counted
from workbench.report.run.release import FROZEN
from workbench.sampling import (
    Conditioning,
    Frame,
    conditioning_check,
    plan_panel,
    r_indicator,
    rewards_due,
)
from workbench.sampling.panel import PanelPlan as PlannedPanel
from workbench.sampling.panel import frame_counts
from workbench.store import Wave
from workbench.store.config.sample import PanelPlan
from workbench.store.earlier import earlier_waves

MEMBERS, STRATA = "panel_members", "panel_strata"
ENOUGH_ASKED, ENOUGH_PER_STRATUM, ENOUGH_ANSWERS = 20, 30, 10
PANEL_SHOWN = (
    "stratum",
    "target",
    "before",
    "left_frame",
    "inactive",
    "rotated_out",
    "stays",
    "recruited",
    "after",
    "short",
)
PANEL_COLUMNS = PlannedPanel.columns
LIKENESS_COLUMNS = {"n": Column(message("Members"), "people"), "share": Column(message("Share of the panel"), "pct1")}
REWARD_COLUMNS: Mapping[str, Column] = {
    "answers": Column(message("Answers so far"), "int"),
    "members": Column(message("Members"), "people"),
    "earned": Column(message("Earned"), "money"),
    "paid": Column(message("Paid so far"), "money"),
    "due": Column(message("Rewards due"), "money"),
}


@dataclass(frozen=True)
class Panel:
    """The panel of a wave: its ``members``, the counts by ``strata``, how often each answered, and caveats.

    ``paid`` is what members were paid so far (`customer_id`, `rewards`), ``invited_on`` the day of their invitation.
    """

    members: pd.DataFrame
    strata: pd.DataFrame
    participation: pd.DataFrame
    paid: pd.DataFrame
    invited_on: dt.date
    notes: tuple[Note, ...] = ()

    @property
    def active(self) -> pd.DataFrame:
        """Members of this wave."""
        return self.members[self.members["status"].isin(["stays", "recruited"])].reset_index(drop=True)


def panel_of(wave: Wave, frame: Frame) -> Panel | None:
    """Return the panel of a wave, planned anew or as it was released; None where the plan has none."""
    plan = wave.config.panel
    if plan is None:
        return None
    before, changed = _members_before(wave)
    earlier = earlier_waves(wave)
    participation = participation_in(earlier, before)
    paid, day = paid_so_far(wave), first_day(wave)
    if wave.has(FROZEN[MEMBERS], FROZEN[STRATA]):
        return Panel(wave.read(FROZEN[MEMBERS]), wave.read(FROZEN[STRATA]), participation, paid, day)
    eligible = sum(frame_counts(frame).values())
    made = plan_panel(
        frame,
        before,
        sizes=min(plan.members, eligible),
        salt=plan.salt or f"{wave.config.study}-panel",
        wave=wave.config.wave,
        rotate=0.0 if changed else plan.rotate,
        participation=participation,
        inactive_after=plan.inactive_after,
        waves=[*(w.config.wave for w in reversed(earlier)), wave.config.wave],
    )
    members = made.members.assign(invited_on=pd.Timestamp(day))
    notes = list(made.notes)
    if eligible < plan.members:
        text = message(
            "The panel has {n:people} places instead of {wanted:int}: more customers are not eligible.",
            n=eligible,
            wanted=plan.members,
        )
        notes.append(Note(text, "caution"))
    if changed:
        notes.append(
            Note(
                message(
                    "The panel's file names members who joined or left with this wave, so nobody else is "
                    "rotated out for the length of membership."
                )
            )
        )
    return Panel(members, made.table, participation, paid, day, tuple(notes))


def paid_so_far(wave: Wave) -> pd.DataFrame:
    """Return what members were paid: ``customer_id`` and ``rewards`` of the panel's file, empty where it is silent."""
    if "rewards" in wave.columns("panel"):
        return wave.read("panel", columns=["customer_id", "rewards"]).dropna()
    return pd.DataFrame({"customer_id": pd.Series([], dtype="str"), "rewards": pd.Series([], dtype="float64")})


def first_day(wave: Wave) -> dt.date:
    """Return the day on which fieldwork starts: the plan's, else the day after the data end."""
    return wave.config.fieldwork.starts or wave.config.as_of + dt.timedelta(days=1)


def _members_before(wave: Wave) -> tuple[pd.DataFrame | None, bool]:
    """Return the members so far, and whether their list already has this wave's changes."""
    name, before = wave.config.wave, wave.previous
    columns = ("customer_id", "joined_wave", "left_wave", "rotation_group")
    if wave.has("panel"):
        there = [c for c in columns if c in wave.columns("panel")]
        members = wave.read("panel", columns=there).reindex(columns=list(columns))
        return members, bool((members["joined_wave"] == name).any() or (members["left_wave"] == name).any())
    if before is not None:
        for artefact in (FROZEN[MEMBERS], MEMBERS):
            if before.has(artefact):
                return before.read(artefact, columns=list(columns)), False
    return None, False


def participation_in(waves: list[Wave], members: pd.DataFrame | None) -> pd.DataFrame:
    """Return which members answered in which earlier wave, oldest wave first.

    Where a wave has a record of contacts, only members somebody tried to reach count as asked.

    Returns
    -------
    DataFrame
        ``customer_id``, ``wave``, ``answered``.
    """
    nothing = pd.DataFrame(
        {
            "customer_id": pd.Series([], dtype="str"),
            "wave": pd.Series([], dtype="str"),
            "answered": pd.Series([], dtype="bool"),
        }
    )
    if members is None:
        return nothing
    order = {w.config.wave: i for i, w in enumerate(reversed(waves))}
    joined = members["joined_wave"].map(order).where(members["joined_wave"].isin(order), len(order))
    left = members["left_wave"].map(order).fillna(len(order))
    parts = [nothing]
    for wave in reversed(waves):
        if not wave.has("responses"):
            continue
        place = order[wave.config.wave]
        there = members.loc[(joined <= place) & (left > place), ["customer_id"]]
        if wave.has("contacts"):
            there = there[among(there["customer_id"], wave.read("contacts", columns=["customer_id"])["customer_id"])]
        answered = among(there["customer_id"], wave.read("responses", columns=["customer_id"])["customer_id"])
        parts.append(there.assign(wave=wave.config.wave, answered=answered))
    filled = [p for p in parts if len(p)]
    return pd.concat(filled, ignore_index=True) if filled else nothing


def panel_table(panel: Panel) -> pd.DataFrame:
    """Return the panel by stratum; those who left the frame have no stratum there any more."""
    gone: Any = message("(no longer in the frame)")
    return panel.strata.assign(stratum=[s or gone for s in panel.strata["stratum"]])


def panel_rewards(panel: Panel, plan: PanelPlan) -> pd.DataFrame:
    """Return what each active member earned, was paid, and is due.

    Returns
    -------
    DataFrame
        ``customer_id``, ``answers``, ``earned``, ``paid`` (the column `rewards` of the panel's file), ``due``.
    """
    ids = panel.active[["customer_id"]]
    asked = panel.participation[among(panel.participation["customer_id"], ids["customer_id"])]
    rules = plan.rewards
    due = rewards_due(
        asked,
        per_answer=rules.per_answer if rules else 0,
        bonus=dict(rules.bonus) if rules else None,
        paid=panel.paid[among(panel.paid["customer_id"], ids["customer_id"])],
    )
    table = ids.merge(due, on="customer_id", how="left").fillna({"answers": 0})
    return table.fillna(0.0).astype({"answers": int})


def reward_summary(rewards: pd.DataFrame) -> pd.DataFrame:
    """Return how many members have answered how often, and what they earned, were paid and are due: no ids."""
    table = rewards.groupby("answers")[["earned", "paid", "due"]].sum()
    table.insert(0, "members", rewards.groupby("answers").size())
    return table.reset_index()


def panel_findings(panel: Panel, wave: str) -> list[Finding]:
    """Put the panel into words."""
    total = panel.strata[[c for c in PANEL_SHOWN if c != "stratum"]].sum()
    found = [
        counted(
            "panel.members",
            message(
                "The panel of {wave} has {n:people} members: {stays:people} stay and {new:people} are recruited.",
                wave=wave,
                n=total["after"],
                stays=total["stays"],
                new=total["recruited"],
            ),
            total["after"],
            source="panel",
            importance=40,
        ),
        counted(
            "panel.invited",
            message("{n:people} invitations are due on {day:date}.", n=total["after"], day=panel.invited_on),
            total["after"],
            source="panel",
            importance=39,
        ),
    ]
    if total["before"]:
        text = message(
            "{gone:people} of {before:people} members leave: {left:people} are no longer eligible, {inactive:people} "
            "did not answer, {out:people} are rotated out or stand in a stratum that is over its target.",
            gone=total["before"] - total["stays"],
            before=total["before"],
            left=total["left_frame"],
            inactive=total["inactive"],
            out=total["rotated_out"],
        )
        found.append(counted("panel.left", text, total["before"], source="panel", importance=38))
    asked = panel.participation
    last = asked[asked["wave"] == asked["wave"].iloc[-1]] if len(asked) else asked
    if len(last) >= ENOUGH_ASKED:
        text = message(
            "{rate:pct} of the {n:people} members who were asked in {wave} answered.",
            rate=last["answered"].mean(),
            n=len(last),
            wave=str(last["wave"].iloc[0]),
        )
        found.append(counted("panel.answered", text, len(last), source="panel-rewards", importance=36))
        # with few members in each stratum chance alone makes response look uneven
        if len(last) >= ENOUGH_PER_STRATUM * len(panel.strata):
            text = message(
                "Over the strata they answered with an R-indicator of {r:dec2} (1 is perfectly even).",
                r=_evenness(panel, last),
            )
            found.append(counted("panel.even", text, len(last), source="panel-rewards", importance=34))
    return found


def panel_conditioning(wave: Wave, value: str = "recommend") -> Conditioning | None:
    """Compare the answers of new and long-standing members in the latest wave that has enough of both.

    Parameters
    ----------
    wave
        The wave; those before it are looked through, nearest first.
    value
        Numeric answer to compare.

    Returns
    -------
    Conditioning or None
        None where no earlier wave has ten answers of either kind.
    """
    members, _ = _members_before(wave)
    waves = earlier_waves(wave)
    order = {w.config.wave: i for i, w in enumerate(reversed(waves))}
    for earlier in waves if members is not None else []:
        if value not in earlier.columns("responses"):
            continue
        name = earlier.config.wave
        there = members[members["joined_wave"].map(order).fillna(-1) <= order[name]]  # type: ignore[index]
        answers = earlier.read("responses", columns=["customer_id", value]).merge(there, on="customer_id")
        new = answers.loc[answers[value].notna(), "joined_wave"] == name
        if min(new.sum(), (~new).sum()) >= ENOUGH_ANSWERS:
            return conditioning_check(answers, value, wave=name)
    return None


def conditionings(wave: Wave) -> list[Conditioning]:
    """Return the comparison of new and long-standing members in a list, an empty one where they are too few."""
    found = panel_conditioning(wave)
    return [] if found is None else [found]


def _evenness(panel: Panel, last: pd.DataFrame) -> float:
    strata = panel.members.dropna(subset=["stratum"]).drop_duplicates("customer_id").set_index("customer_id")["stratum"]
    by = last.assign(stratum=last["customer_id"].map(strata)).groupby("stratum")["answered"].agg(["size", "sum"])
    groups = panel.strata[["stratum", "population"]].merge(by, left_on="stratum", right_index=True)
    return r_indicator(groups.rename(columns={"size": "invited", "sum": "answered"})).r_indicator

"""Chapter 10, who was asked before: the samples of earlier waves, whom this wave spares, and the overlap with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from workbench.core.findings import Finding
from workbench.core.language import message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.report.chapters.sample.words import counted
from workbench.report.run.release import RELEASED
from workbench.report.site.blocks import Block, Caption, notes, table
from workbench.sampling import Burden, Coordination, Frame, Overlap, Sample, coordinate, limit_burden, overlap
from workbench.sampling.burden import resting_ids
from workbench.store import Wave
from workbench.store.earlier import earlier_waves

REFUSED = "do_not_contact"
NOT_REFUSED = f"{REFUSED} IS DISTINCT FROM TRUE"
OVERLAP_COLUMNS = {"n": Column(message("Asked in that wave"), "people")}


@dataclass(frozen=True)
class Sparing:
    """What earlier waves mean for this one.

    Attributes
    ----------
    frame
        The frame to draw from.
    start
        Where on the circle of random numbers the draw starts.
    burden
        Who is left out, None where nobody is.
    coordination
        Where each stratum starts, None where earlier waves do not decide that.
    asked
        Earlier wave → its asked customers, nearest wave first.
    keep
        Share of the last wave's customers who are asked again; None where earlier waves are spared or do not matter.
    """

    frame: Frame
    start: float | Mapping[str, float]
    burden: Burden | None
    coordination: Coordination | None
    asked: Mapping[str, pd.DataFrame]
    keep: float | None = None

    def available(self) -> pd.Series[int] | None:
        """Return how many customers of each stratum may be asked; None where all may."""
        return None if self.burden is None else self.burden.table.set_index("stratum")["available"]

    def with_chances(self, sample: Sample) -> Sample:
        """Return the sample with probabilities that speak for those who rest, too."""
        return sample if self.burden is None else self.burden.unconditional(sample)

    def notes(self) -> list[Note]:
        """Return what the reader must know of both."""
        parts = [p for p in (self.burden, self.coordination) if p is not None]
        found = [n for p in parts for n in p.notes]
        if self.keep is None or self.coordination is None:
            return found
        text = message(
            "{keep:pct} of the customers asked in {wave} are asked again, the others make room for new ones. The draw "
            "starts in their midst, which leaves everybody's probability as it was.",
            keep=self.keep,
            wave=next(iter(self.asked)),
        )
        return [Note(text), *found]


def asked_in(wave: Wave) -> pd.DataFrame:
    """Return who was asked in a wave: the sample, and from the reserve those whom somebody tried to reach.

    Returns
    -------
    DataFrame
        ``customer_id``, ``wave``, ``attempted_at`` (the first attempt, or the wave's own day where that is not known).
    """
    parts = []
    if wave.has(RELEASED):
        released = wave.read(RELEASED, columns=["customer_id", "reserve"])
        parts.append(released.loc[~released["reserve"], ["customer_id"]])
    if wave.has("contacts"):
        dated = [c for c in ("attempted_at",) if c in wave.columns("contacts")]
        parts.append(wave.read("contacts", columns=["customer_id", *dated]))
    everybody = pd.concat(parts) if parts else pd.DataFrame({"customer_id": pd.Series([], dtype="str")})
    if "attempted_at" not in everybody:
        everybody["attempted_at"] = pd.NaT
    first = pd.to_datetime(everybody["attempted_at"]).groupby(everybody["customer_id"]).min()
    day = pd.Timestamp(wave.config.as_of)
    table = first.fillna(day).rename("attempted_at").rename_axis("customer_id").reset_index()
    return table.assign(wave=wave.config.wave)[["customer_id", "wave", "attempted_at"]]


def spare_earlier(frame: Frame, wave: Wave, salt: str) -> Sparing:
    """Find whom the sampling plan leaves alone, and where the draw starts.

    Parameters
    ----------
    frame
        Everybody eligible.
    wave
        The wave, with its plan and the waves before it.
    salt
        The study's salt.

    Returns
    -------
    Sparing
        Frame and start to draw with.
    """
    plan = wave.config.sample
    asked = {w.config.wave: asked_in(w) for w in earlier_waves(wave)}
    nearest = list(asked.values())[: plan.spare_waves]
    resting = [t[["customer_id"]] for t in nearest if plan.spare_by == "exclude"]
    day = wave.config.as_of + dt.timedelta(days=1)
    if plan.rest_months is not None and asked:
        contacts = pd.concat(list(asked.values()))
        resting.append(resting_ids(contacts, as_of=day, months=plan.rest_months, most=plan.most_contacts))
    # where a condition of eligibility speaks of it, the waterfall has counted them already
    refused = REFUSED if REFUSED in frame.column_types and REFUSED not in frame.where else None
    burden = None
    if any(len(r) for r in resting) or refused:
        ids = (
            pd.concat(resting).drop_duplicates()
            if resting
            else pd.DataFrame({"customer_id": pd.Series([], dtype="str")})
        )
        burden = limit_burden(frame, ids, as_of=day, months=None, do_not_contact=refused)
    chosen = frame if burden is None else burden.frame
    coordination = None
    if plan.spare_by == "start" and nearest:
        coordination = coordinate(chosen, pd.concat(nearest)[["customer_id"]], "spare", salt=salt)
    last = next(iter(asked.values()), None)
    if plan.keep is not None and last is not None and len(last):
        coordination = coordinate(chosen, last[["customer_id"]], "rotate", salt=salt, share=1 - plan.keep)
    start = plan.start if coordination is None else coordination.start
    return Sparing(chosen, start, burden, coordination, asked, plan.keep)


def overlap_with(sample: Sample, sparing: Sparing) -> Overlap:
    """Count whom the sample shares with each earlier wave."""
    return overlap(sample, dict(sparing.asked))


def overlap_findings(shared: Overlap, n: int) -> list[Finding]:
    """Say how many were asked in an earlier wave."""
    if shared.table.empty:
        return []
    last = shared.table.iloc[0]
    if not last["shared"]:
        text = message("Nobody in the sample was asked in {wave}.", wave=str(last["wave"]))
        return [counted("sample.none_again", text, n, source="overlap", importance=60, tone="good")]
    text = message(
        "{shared:people} of {n:people} customers drawn were asked in {wave} too.",
        shared=last["shared"],
        n=n,
        wave=str(last["wave"]),
    )
    return [counted("sample.again", text, last["shared"], source="overlap", importance=60)]


def sparing_blocks(shared: Overlap, sparing: Sparing, n: int) -> list[Block]:
    """Show who was asked before, and how earlier waves were spared."""
    text = message("No earlier wave is known, so nobody was asked before.")
    caption = Caption(message("Customers of this sample who were asked before"), base=n)
    known = len(shared.table) > 0
    found = [table(shared, "overlap", caption, columns=OVERLAP_COLUMNS) if known else notes([text], "overlap")]
    spared = [r for r in (sparing.burden, sparing.coordination) if r is not None]
    if spared:
        hidden = "free" if sparing.keep is not None else "kept"
        found.append(table(spared[0], "sparing", only=[c for c in spared[0].table.columns if c != hidden]))
    if sparing.keep is not None and sparing.notes():
        found.append(notes(sparing.notes(), "sparing-notes"))
    if spared[1:]:
        found.append(table(spared[1], "starts", only=("stratum", "population", "asked", "start", "free")))
    return found


def contactable(frame: Frame) -> Frame:
    """Return the frame without those who do not want to be contacted, where it has them still."""
    if REFUSED not in frame.column_types or REFUSED in frame.where:
        return frame
    rules = {**dict(frame.reasons), message("asked not to be contacted"): NOT_REFUSED}
    return replace(frame, table=frame.source, eligible=rules)


def with_plain_conditions(sample: Sample, frame: Frame) -> Sample:
    """Return the sample with the conditions of eligibility only, for the statement; who rests is said in words."""
    return replace(sample, conditions=frame.reasons)

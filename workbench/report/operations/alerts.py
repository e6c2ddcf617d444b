"""Findings that somebody must hear of at once: clear, for the worse, and said once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from workbench.core.findings import Finding, findings_from
from workbench.core.language import Message, message, plural
from workbench.core.membership import among
from workbench.nps.callbacks import CALL_KINDS
from workbench.report.export.lists import put
from workbench.store import Wave
from workbench.store.config.notify import NotifyPlan
from workbench.store.provenance import hash_values

TOLD = "alerts.json"
RATE = "response.rate"


@dataclass(frozen=True)
class Alert:
    """Something somebody must hear of.

    Attributes
    ----------
    id
        What it is about; one of the same id and numbers is told once.
    text
        What is said.
    mark
        What changes when it becomes another alert of the same id.
    """

    id: str
    text: Message
    mark: str


def alerts_of(wave: Wave, plan: NotifyPlan, day: dt.date) -> list[Alert]:
    """Return the alerts of a wave whose report has run.

    Parameters
    ----------
    wave
        The wave.
    plan
        What ``notify:`` of its ``wave.yaml`` calls an alert.
    day
        The day that counts as today.

    Returns
    -------
    list of Alert
        Findings that are clear and for the worse; too few answers; detractors who were not called in time.
    """
    known = _findings(wave)
    found = [
        Alert(f.id, f.text, hash_values(round(f.evidence.estimate, 6))[:12])
        for f in known
        if f.state == "clear" and f.tone == "bad" and any(fnmatchcase(f.id, p) for p in plan.alerts)
    ]
    return [*found, *_response(known, plan), *_uncalled(wave, plan, day)]


def not_yet_told(study: Path, wave: str, alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts that were not told before."""
    told = _told(study)
    return [a for a in alerts if told.get(f"{wave}/{a.id}") != a.mark]


def remember_told(study: Path, wave: str, alerts: Sequence[Alert]) -> None:
    """Keep in mind which alerts were told."""
    if not alerts:
        return
    told = _told(study) | {f"{wave}/{a.id}": a.mark for a in alerts}
    put(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode(), study / TOLD)


def _told(study: Path) -> dict[str, str]:
    try:
        content: dict[str, str] = json.loads((study / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _findings(wave: Wave) -> list[Finding]:
    names = [n for n in wave.manifest.artefacts if n.startswith("findings_")]
    return [f for n in names for f in findings_from(wave.read(n))]


def _response(known: Sequence[Finding], plan: NotifyPlan) -> list[Alert]:
    rate = next((f for f in known if f.id == RATE), None)
    wanted = plan.response_at_least
    if rate is None or wanted is None or rate.evidence.estimate >= wanted:
        return []
    share = rate.evidence.estimate
    said = message(
        "{share:pct1} of those asked have answered; at least {wanted:pct1} should.", share=share, wanted=wanted
    )
    return [Alert("response.below", said, f"{share:.3f}")]


def _uncalled(wave: Wave, plan: NotifyPlan, day: dt.date) -> list[Alert]:
    """Return that detractors wait longer than they should, by the contacts that were noted since they answered."""
    if plan.uncalled_days is None or not wave.has("actions") or not wave.has("responses"):
        return []
    listed = wave.read("actions", columns=["customer_id", "action", "reasons"])
    listed = listed[(listed["action"] == "call") & listed["reasons"].str.split(",").map(lambda r: "detractor" in r)]
    columns = wave.columns("responses")
    if "submitted_at" not in columns or "customer_id" not in columns:
        return []
    answers = wave.read("responses", columns=["customer_id", "submitted_at"]).dropna()
    last = pd.to_datetime(answers["submitted_at"]).groupby(answers["customer_id"]).max()
    since = listed["customer_id"].map(last)
    late = listed[since < pd.Timestamp(day) - pd.Timedelta(days=plan.uncalled_days)]
    called: set[str] = set()
    if wave.has("interactions") and "kind" in wave.columns("interactions"):
        notes = wave.read("interactions", columns=["customer_id", "opened_at", "kind"], only=late["customer_id"])
        notes = notes[notes["kind"].isin(CALL_KINDS)]
        after = pd.to_datetime(notes["opened_at"]) >= notes["customer_id"].map(last)
        called = set(notes.loc[after, "customer_id"])
    n = int((~among(late["customer_id"], called)).sum())
    if not n:
        return []
    said = plural(
        "{n:int} customer who would not recommend you was not called within {days:int} days.",
        "{n:int} customers who would not recommend you were not called within {days:int} days.",
        n=n,
        days=plan.uncalled_days,
    )
    return [Alert("detractors.uncalled", said, str(n))]

"""Telling somebody how a run ended: a webhook, a line in a file, a program that reads the message."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import ConfigError
from workbench.report.operations.alerts import Alert, alerts_of, not_yet_told, remember_told
from workbench.report.operations.record import RunRecord
from workbench.store import Wave
from workbench.store.config.notify import Event, NotifyPlan

SECONDS = 20


@dataclass(frozen=True)
class Notice:
    """A message about a wave.

    Attributes
    ----------
    event
        ``published``, ``unchanged``, ``failed`` or ``alert``.
    study, wave
        What it is about.
    text
        One line, in the wave's first language where it is about a finding.
    details
        More for a program: front page, exit code, ids of findings.
    alert
        What it is about, where it is an alert.
    """

    event: Event
    study: str
    wave: str
    text: str
    details: Mapping[str, Any]
    alert: Alert | None = None

    def to_json(self, moment: dt.datetime) -> dict[str, Any]:
        """Return it as it is sent; ``text`` is what chat systems show."""
        head = {"event": self.event, "study": self.study, "wave": self.wave, "text": self.text}
        return {**head, "at": moment.isoformat(timespec="seconds"), **self.details}


def notices_of(wave: Wave, record: RunRecord, day: dt.date, *, for_study: bool = False) -> list[Notice]:
    """Return what there is to tell about a wave after a run, by what ``notify:`` asks for.

    Parameters
    ----------
    wave
        The wave.
    record
        What the run did.
    day
        The day that counts as today.
    for_study
        Whether it speaks for its study, too: of waves that could not be read, and of what ended the whole run.
    """
    plan = wave.config.notify
    if plan is None:
        return []
    notices = _of_wave(wave, record, plan, day)
    if for_study:
        notices += _of_study(wave.config.study, record)
    return [n for n in notices if n.event in plan.on]


def _of_wave(wave: Wave, record: RunRecord, plan: NotifyPlan, day: dt.date) -> list[Notice]:
    """Return what became of a wave that was run, and its alerts."""
    study, name = wave.config.study, wave.config.wave
    done = record.waves.get(name, {})
    if "chapters" not in done:
        return []
    details = {"front": done.get("front", ""), "exit_code": record.exit_code}
    broken = [c for c, told in done["chapters"].items() if told["state"] == "failed"]
    state: Event = done["state"]
    text = "report published" if state == "published" else "nothing new"
    if broken:
        state, text = "failed", f"{', '.join(broken)} failed"
    elif name in record.without_numbers:
        state, text = "failed", "there are answers, and no number of them could be published"
    notices = [Notice(state, study, name, f"{study}/{name}: {text}", details)]
    fresh = not_yet_told(wave.folder.parent, name, alerts_of(wave, plan, day))
    language = wave.config.languages[0]
    return notices + [
        Notice("alert", study, name, a.text.text(language), {**details, "finding": a.id}, a) for a in fresh
    ]


def _of_study(study: str, record: RunRecord) -> list[Notice]:
    """Return which waves could not be read, or what else ended the run."""
    details = {"front": "", "exit_code": record.exit_code}
    unread = {n: w["reason"] for n, w in record.waves.items() if w["state"] == "not read"}
    if unread:
        return [Notice("failed", study, n, f"{study}/{n}: {reason}", details) for n, reason in unread.items()]
    # 4 and 7 are told of the wave they are about; 5 is another run at work, which tells by itself
    if record.exit_code in (0, 4, 5, 7):
        return []
    return [Notice("failed", study, "", f"{study}: {record.error}", details)]


def send(wave: Wave, notices: Sequence[Notice]) -> list[str]:
    """Send messages by every way that ``notify:`` names.

    Returns
    -------
    list of str
        What went wrong; a message that does not get through never ends a run. Alerts that got through by every way are
        not told again.
    """
    plan = wave.config.notify
    if plan is None or not notices:
        return []
    faults: list[str] = []
    reached = True
    for notice in notices:
        content = notice.to_json(dt.datetime.now().astimezone())
        for way, used in (("webhook", plan.webhook), ("file", plan.file), ("command", plan.command)):
            fault = _sent(way, plan, wave.folder, content) if used else ""
            if fault:
                reached = False
                faults.append(f"notify: {way}: {fault}")
    if reached:
        remember_told(wave.folder.parent, wave.config.wave, [n.alert for n in notices if n.alert is not None])
    return faults


def _sent(way: str, plan: NotifyPlan, folder: Path, content: Mapping[str, Any]) -> str:
    """Send one message by one way and return what went wrong, empty where nothing did."""
    text = json.dumps(content, ensure_ascii=False)
    try:
        if way == "webhook":
            return _posted(address_of(plan), content)
        if way == "file":
            place = folder / str(plan.file)
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("a", encoding="utf-8") as lines:
                lines.write(f"{text}\n")
            return ""
        done = subprocess.run(plan.command, input=text, text=True, capture_output=True, timeout=SECONDS, check=False)
        return "" if done.returncode == 0 else f"it ended with {done.returncode}: {done.stderr.strip()[:200]}"
    except (OSError, subprocess.TimeoutExpired, ConfigError) as error:
        # an address may carry a secret, so only the kind of the fault is told
        return type(error).__name__ if way == "webhook" and not isinstance(error, ConfigError) else str(error)


def _posted(address: str, content: Mapping[str, Any]) -> str:
    import httpx  # late: most runs tell nobody by the web, and it takes longer to load than a run with nothing to do

    try:
        answer = httpx.post(address, json=content, timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return "" if answer.is_success else f"it answered {answer.status_code}"


def address_of(plan: NotifyPlan) -> str:
    """Return the address of a webhook from the environment.

    Raises
    ------
    ConfigError
        If the variable is not set.
    """
    name = str(plan.webhook).removeprefix("env:")
    address = os.environ.get(name, "")
    if not address:
        raise ConfigError(
            "The address of a webhook stands in the environment.",
            found=f"{name} is not set",
            fix=f"Set {name} where the run is started, or take webhook: out of notify: in wave.yaml.",
        )
    return address

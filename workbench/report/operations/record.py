"""A record of every run: what it did to each wave and chapter, what it cost, and how it ended."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import in_english
from workbench.report.export.lists import put
from workbench.report.run.outcomes import Outcome
from workbench.store import Wave
from workbench.store.provenance import package_versions

FOLDER = "runs"
KEPT = 200
SURVEYED = ("10_sample", "20_response", "90_summary")  # chapters that say how it was asked, and not what was answered


@dataclass
class RunRecord:
    """What a run did.

    Attributes
    ----------
    command
        The command as it was given.
    started, ended
        Moments with their zone.
    waves
        Wave → its state (``published``, ``unchanged``, ``not run``, ``not read``), its front page, what became of its
        chapters and the reason where it was not run.
    exit_code, error
        How it ended.
    """

    command: str
    started: str
    ended: str = ""
    versions: Mapping[str, str] = field(default_factory=package_versions)
    waves: dict[str, dict[str, Any]] = field(default_factory=dict)
    exit_code: int = 0
    error: str = ""

    @classmethod
    def begin(cls, command: str) -> RunRecord:
        """Return the record of a run that starts now."""
        return cls(command, _now())

    def chapters(self, wave: Wave, outcomes: Mapping[str, Outcome], front: Path | None, *, is_new: bool) -> None:
        """Take note of a wave whose chapters are done."""
        self.waves[wave.config.wave] = {
            "state": "published" if is_new else "unchanged",
            "front": "" if front is None else str(front),
            "answers": has_answers(wave),
            "numbers": has_numbers(outcomes),
            "chapters": {name: _chapter(o) for name, o in outcomes.items()},
        }

    @property
    def without_numbers(self) -> list[str]:
        """Waves that had answers, and of which no number could be published."""
        return [n for n, told in self.waves.items() if told.get("answers") and not told.get("numbers")]

    def left_out(self, wave: str, reason: str, *, fault: bool) -> None:
        """Take note of a wave that was not run: because it cannot be read, or is not due."""
        self.waves[wave] = {"state": "not read" if fault else "not run", "reason": reason}

    def end(self, study: Path, exit_code: int, error: str = "") -> Path:
        """Write the record into ``runs/`` of the study; the oldest beyond 200 go.

        Returns
        -------
        Path
            The file, named by the moment the run started.
        """
        self.ended, self.exit_code, self.error = _now(), exit_code, error
        folder = study / FOLDER
        stamp = self.started[:19].replace("-", "").replace(":", "").replace("T", "-")
        path = folder / f"{stamp}-{uuid.uuid4().hex[:4]}.json"
        put(json.dumps(asdict(self), ensure_ascii=False, indent=1).encode(), path)
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return path


def read_records(study: Path, *, most: int = KEPT) -> list[RunRecord]:
    """Return the records of a study's last runs, the newest first; a file that is none is passed over.

    Parameters
    ----------
    study
        The study's folder.
    most
        At most so many.
    """
    found = []
    for path in sorted((study / FOLDER).glob("*.json"), reverse=True)[:most]:
        try:
            found.append(RunRecord(**json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError, OSError):  # half written by hand, or of a version to come
            continue
    return found


def has_answers(wave: Wave) -> bool:
    """Tell whether answers of a wave came in."""
    entry = wave.manifest.tables.get("responses")
    return entry is not None and entry.clean.rows > 0


def has_numbers(outcomes: Mapping[str, Outcome]) -> bool:
    """Tell whether a chapter that is about what was answered, bought or spent was computed, in part at least."""
    return any(
        o.state in ("ran", "unchanged") and not (o.sections and all(s.is_off for s in o.sections.values()))
        for name, o in outcomes.items()
        if name not in SURVEYED
    )


def _chapter(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"state": outcome.state}
    if outcome.state == "ran":
        told |= {"seconds": round(outcome.seconds, 2), "rows": outcome.rows}
        if outcome.why:
            told["why"] = list(outcome.why)
        if outcome.cost is not None:
            told |= {"cpu_seconds": outcome.cost[0], "peak_mb": outcome.cost[1]}
    if outcome.reason is not None:
        told["reason"] = outcome.reason.text("en")
    if outcome.error is not None:
        told["reason"] = in_english(outcome.error.found)
    if outcome.not_computed:
        told["sections_missing"] = outcome.not_computed
    return told


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="milliseconds")

"""Why a chapter runs again: what of everything it depends on is another than when it last ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.report.chapter import Chapter
from workbench.report.run.execute import is_whole
from workbench.report.run.keys import chapter_parts, key_of
from workbench.store import Wave
from workbench.store.manifest import ChapterRun

# what the parts of a key are called when they have changed, in the order in which they are told
SAID: Mapping[str, str] = {
    "wave.yaml": "wave.yaml ({names})",
    "file": "files that wave.yaml names ({names})",
    "table": "data ({names})",
    "wave before": "results of the wave before ({names})",
    "chapters before": "what chapters before it could not compute",
    "notebook": "its notebook",
    "parameters": "its parameters",
    "package": "another version of {names}",
    "program": "the program",
}
MOST_NAMES = 4


@dataclass(frozen=True)
class Planned:
    """What the next run would do with a chapter.

    Attributes
    ----------
    chapter
        Its name.
    state
        ``runs``, ``unchanged``, ``left out``, or ``may run``: it uses what a chapter makes that runs.
    why
        The reasons, in words.
    """

    chapter: str
    state: str
    why: tuple[str, ...] = ()


def why_again(chapter: Chapter, wave: Wave, parts: Mapping[str, str]) -> tuple[str, ...]:
    """Return why a chapter has to run; nothing where its last run still stands.

    Parameters
    ----------
    chapter
        The chapter.
    wave
        An opened wave.
    parts
        What the chapter's result depends on now: `workbench.report.run.keys.chapter_parts`.
    """
    manifest = wave.manifest
    last = manifest.chapters.get(chapter.name)
    if last is None:
        failed = manifest.failures.get(chapter.name)
        return ("it failed the last time" if failed else "it has not run yet",)
    if not last.is_sound:
        return ("its last run had a fault",)
    if last.key != key_of(parts):
        return changed_parts(last, parts)
    off = {a for s in chapter.sections if s.id in last.sections and last.sections[s.id].is_off for a in s.makes}
    there = manifest.made_by(chapter.name)
    whole = (wave.artefacts / last.notebook).is_file() and all(is_whole(wave, n, h) for n, h in last.made.items())
    promised = set(chapter.makes) - off <= set(last.made)
    return () if whole and promised and there == last.made else ("what it made is gone or was changed",)


def changed_parts(last: ChapterRun, parts: Mapping[str, str]) -> tuple[str, ...]:
    """Say which parts of a chapter's key are other than at its last run.

    Examples
    --------
    >>> last = ChapterRun(key="", parameters={}, notebook="", seconds=1, finished="", versions={},
    ...                   parts={"wave.yaml targets": "a", "package pandas": "3.0", "program": "x"})
    >>> changed_parts(last, {"wave.yaml targets": "b", "package pandas": "3.1", "program": "x", "table answers": "c"})
    ('wave.yaml (targets)', 'data (answers)', 'another version of pandas 3.0 → 3.1')
    """
    if not last.parts:
        release = last.versions.get("workbench", "")
        return (f"it was made by an earlier release{f' ({release})' if release else ''}",)
    groups: dict[str, list[str]] = {}
    for part in sorted(last.parts.keys() | parts.keys()):
        was, now = last.parts.get(part, ""), parts.get(part, "")
        if was != now:
            kind = next(k for k in SAID if part == k or part.startswith(f"{k} "))
            name = part.removeprefix(kind).strip()
            groups.setdefault(kind, []).append(f"{name} {was or '–'} → {now or '–'}" if kind == "package" else name)
    return tuple(text.format(names=_listed(groups[kind])) for kind, text in SAID.items() if kind in groups)


def planned(wave: Wave, chapters: Sequence[Chapter], notebooks: Path) -> list[Planned]:
    """Return what the next run would do with each chapter of a wave, and why; nothing is run.

    Parameters
    ----------
    wave
        An opened wave.
    chapters
        The chapters, each after those it waits for.
    notebooks
        Folder of their notebooks.
    """
    found: list[Planned] = []
    moved: dict[str, str] = {}  # what a chapter makes that runs → that chapter
    for chapter in chapters:
        left_out = chapter.left_out(wave)
        if left_out is not None and not {*chapter.reads} & moved.keys():
            found.append(Planned(chapter.name, "left out", (left_out.text("en"),)))
            continue
        why = () if left_out is not None else why_again(chapter, wave, chapter_parts(chapter, wave, notebooks))
        makers = sorted({moved[n] for n in chapter.reads if n in moved})
        state = "runs" if why else "may run" if makers else "unchanged"
        rests = (f"it uses what {', '.join(makers)} makes",) if makers and not why else ()
        found.append(Planned(chapter.name, state, (*why, *rests)))
        if state != "unchanged":
            moved |= dict.fromkeys(chapter.makes, chapter.name)
    return found


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")

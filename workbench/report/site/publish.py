"""Publishing a wave: all pages of an edition are written aside, and one rename makes them the wave's pages."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.language import Language, Message, format_value, message
from workbench.core.speeches import SPEECHES
from workbench.report.chapter import Chapter
from workbench.report.export.downloads import write_downloads
from workbench.report.run.outcomes import Outcome
from workbench.report.site.editions import (
    EDITION_FILE,
    changes_since,
    facts_of,
    fingerprint_of,
    read_edition,
    status_of,
)
from workbench.report.site.methods import WORDS as METHOD_WORDS
from workbench.report.site.methods import methods_address
from workbench.report.site.protection import protected
from workbench.report.site.refusals import chapter_note
from workbench.report.site.render import Item, Page, dressed, read_page, script, write_page
from workbench.store import Wave
from workbench.store.manifest import Manifest
from workbench.store.provenance import hash_source, hash_values, package_versions

EDITIONS = "editions"  # as deep as <study>/<wave>, so that links between pages hold in both places
KEPT_EDITIONS = 10
FRONT = "90_summary"
NEIGHBOURS = {"before": "before-{wave}.html", "after": "after-{wave}.html"}
LANGUAGE_NAMES: Mapping[Language, str] = {code: speech.name for code, speech in SPEECHES.items()}

WORDS: Mapping[str, Message] = {
    "skip": message("Skip to the content"),
    "all_waves": message("All waves"),
    "languages": message("Language"),
    "contents": message("Contents"),
    "chapters": message("Chapters"),
    "code": message("Code"),
    "downloads": message("Tables and figures of this page to download"),
    "glossary": message("Glossary"),
    "methods": METHOD_WORDS["methods"],
    "earlier": message("Previous wave"),
    "later": message("Next wave"),
    "show_code": message("Show all code"),
    "hide_code": message("Hide all code"),
    "sort": message("Sort by this column"),
    "to_waves": message("Waves of this study"),
    "printed": message("The numbers behind figures, and folded tables, are in the workbook this page offers."),
    "provenance": message("Where these numbers come from"),
}


@dataclass(frozen=True)
class Edition:
    """A published edition of a wave's report."""

    folder: Path
    front: Path
    is_new: bool


def publish(wave: Wave, chapters: Sequence[Chapter], outcomes: Mapping[str, Outcome], reports: Path) -> Edition:
    """Write the pages of a wave and put them in place with one rename.

    Parameters
    ----------
    wave
        The wave.
    chapters
        All chapters of the report, in their order.
    outcomes
        What became of them in this run.
    reports
        The site's folder; pages go to ``<study>/<wave>/``.

    Returns
    -------
    Edition
        Where the pages are. If nothing they show has changed, the standing edition.

    Notes
    -----
    ``<study>/<wave>`` is a symbolic link to the newest edition; earlier editions stay beside it under their date.
    """
    study = reports / wave.config.study
    link = study / wave.config.wave
    key = _edition_key(wave, outcomes)
    standing = read_edition(link)
    if standing.get("key") == key and (link / "index.html").is_file():
        return Edition(link.resolve(), link / "index.html", is_new=False)
    made = dt.datetime.now().astimezone()
    editions = reports / EDITIONS
    stem = f"{wave.config.study}.{wave.config.wave}"
    building = editions / f".{stem}.{uuid.uuid4().hex[:8]}.tmp"
    building.mkdir(parents=True)
    study.mkdir(exist_ok=True)
    try:
        measures = measures_of(wave)
        facts = _write_pages(wave, chapters, outcomes, building, made, standing, measures)
        content = {
            "key": key,
            "study": wave.config.study,
            "wave": wave.config.wave,
            "title": {n: wave.config.title.text(n) for n in wave.config.languages},
            "as_of": wave.config.as_of.isoformat(),
            "previous": wave.config.previous,
            "status": status_of(wave),
            "measures": measures,
            "languages": list(wave.config.languages),
            "chapters": sum(o.state != "left out" for o in outcomes.values()),
            "computed": [n for n, o in outcomes.items() if o.state in ("ran", "unchanged")],
            "facts": facts,
            "made": made.isoformat(timespec="seconds"),
        }
        (building / EDITION_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        target = editions / f"{stem}.{made:%Y%m%d-%H%M%S}-{key[:6]}"
        shutil.rmtree(target, ignore_errors=True)
        building.replace(target)
        _point(link, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    standing_on = last_computed(editions, stem, _failed(chapters, outcomes)).values()
    signed = {s.numbers for s in wave.config.signed}
    _tidy(editions, stem, keep={target.name, *(e["folder"] for e in standing_on)}, signed=signed)
    return Edition(target, link / "index.html", is_new=True)


def page_name(chapter: str, language: Language, languages: Sequence[Language]) -> str:
    """Return the file of a chapter's page; the first language of the wave has no suffix.

    Examples
    --------
    >>> page_name("50_loyalty", "en", ["zh-CN", "en"]), page_name("90_summary", "zh-CN", ["zh-CN", "en"])
    ('50_loyalty.en.html', 'index.html')
    """
    stem = "index" if chapter == FRONT else chapter
    return f"{stem}.html" if language == languages[0] else f"{stem}.{language}.html"


def _edition_key(wave: Wave, outcomes: Mapping[str, Outcome]) -> str:
    runs = {n: (r.key, [s.state for s in r.sections.values()]) for n, r in wave.manifest.chapters.items()}
    left_out = {n: o.reason.text("en") for n, o in outcomes.items() if o.reason is not None}
    failed = {n: f.model_dump(mode="json") for n, f in wave.manifest.failures.items()}
    return hash_values(runs, left_out, failed, wave.config.model_dump(mode="json", exclude={"notify"}), hash_source())


def _write_pages(
    wave: Wave,
    chapters: Sequence[Chapter],
    outcomes: Mapping[str, Outcome],
    folder: Path,
    made: dt.datetime,
    standing: Mapping[str, Any],
    measures: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    manifest = wave.manifest
    last = last_computed(folder.parent, f"{wave.config.study}.{wave.config.wave}", _failed(chapters, outcomes))
    ran = [c for c in chapters if outcomes[c.name].state != "left out"]
    pages = {(c.name, n): _page(wave, manifest, c, last.get(c.name), n) for c in ran for n in wave.config.languages}
    # nothing small leaves the wave's folder: facts, downloads and pages are made of what is left
    pages = protected(pages, wave.config.privacy.minimum_cell)
    facts = facts_of(wave, pages)
    news = {n: [m.text(n) for m in changes_since(standing, facts, measures, n)] for n in wave.config.languages}
    downloads = write_downloads(pages, folder, wave.config.languages[0])
    for language in wave.config.languages:
        given = []
        for chapter in ran:
            resources = _resources(wave, manifest, chapter, chapters, outcomes, language, made)
            resources |= {"script": script(), "downloads": downloads[chapter.name, language]}
            resources |= {"signatures": _signatures(wave, facts["fingerprint"], language)}
            resources["provenance"].append(
                {"term": message("Fingerprint of the numbers").text(language), "value": facts["fingerprint"]}
            )
            if chapter.name == FRONT and news[language]:
                since = str(standing["made"])[:16].replace("T", " ")
                title = message("What changed since the report of {when}", when=since).text(language)
                resources["news"] = {"title": title, "lines": news[language]}
            given.append(resources)
        bare = [write_page(pages[c.name, language], r) for c, r in zip(ran, given, strict=True)]
        for chapter, html in zip(ran, dressed(bare, given), strict=True):
            (folder / page_name(chapter.name, language, wave.config.languages)).write_text(html, encoding="utf-8")
    return facts


def _failed(chapters: Sequence[Chapter], outcomes: Mapping[str, Outcome]) -> list[str]:
    return [c.name for c in chapters if outcomes[c.name].state == "failed"]


def _page(wave: Wave, manifest: Manifest, chapter: Chapter, last: Mapping[str, Any] | None, language: Language) -> Page:
    run = manifest.chapters.get(chapter.name)
    if run is not None:
        return read_page(wave.artefacts / run.notebook, language, run.sections)
    earlier = None
    if last is not None:
        place = f"../../{EDITIONS}/{last['folder']}/{page_name(chapter.name, language, last['languages'])}"
        earlier = (place, str(last["made"])[:16].replace("T", " "))
    note = chapter_note(manifest.failures[chapter.name], language, earlier)
    return Page((Item("prose", note),), (), {}, {})


def last_computed(editions: Path, stem: str, chapters: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return, for chapters that failed, the newest edition in which each was computed.

    Parameters
    ----------
    editions
        Folder of all editions.
    stem
        Study and wave, as the names of editions begin.
    chapters
        Names of the chapters.

    Returns
    -------
    dict
        Chapter → what the edition says of itself, with its ``folder``; a chapter that never was computed is not in it.
    """
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(editions.glob(f"{stem}.[0-9]*/{EDITION_FILE}"), reverse=True) if chapters else ():
        content = read_edition(file.parent) | {"folder": file.parent.name}
        for name in content.get("computed", ()):
            if name in chapters:
                found.setdefault(name, content)
    return found


def measures_of(wave: Wave) -> list[dict[str, Any]]:
    """Return the wave's headline numbers with their intervals, for the history of the study."""
    if not wave.has("summary"):
        return []
    rows: list[dict[str, Any]] = json.loads(wave.read("summary").to_json(orient="records"))
    return rows


def _signatures(wave: Wave, fingerprint: str, language: Language) -> list[dict[str, str]]:
    lines = []
    for sign in wave.config.signed:
        good = sign.numbers == fingerprint
        valid = message("Signed by {name} on {day:date}.", name=sign.name, day=sign.date)
        void = message(
            "The signature of {name} of {day:date} is void: the numbers have changed since.",
            name=sign.name,
            day=sign.date,
        )
        lines.append({"kind": "good" if good else "void", "text": (valid if good else void).text(language)})
    return lines


def _resources(
    wave: Wave,
    manifest: Manifest,
    chapter: Chapter,
    chapters: Sequence[Chapter],
    outcomes: Mapping[str, Outcome],
    language: Language,
    made: dt.datetime,
) -> dict[str, Any]:
    config = wave.config

    def file(name: str, to: Language) -> str:
        return page_name(name, to, config.languages)

    links = []
    for c in sorted(chapters, key=lambda c: (c.name != FRONT, c.name)):
        outcome = outcomes[c.name]
        reason = outcome.reason.text(language) if outcome.reason else ""
        href = "" if outcome.state == "left out" else file(c.name, language)
        links.append(
            {"name": c.name, "text": c.title.text(language), "href": href, "reason": reason, "current": c is chapter}
        )
    as_of = message("Data to {day:date}", day=config.as_of).text(language)
    analyst = f" · {config.analyst}" if config.analyst else ""
    banner = message("This company is generated. No person or customer in this report exists.")
    return {
        "language": language,
        "title": chapter.title.text(language),
        "wave_title": config.title.text(language),
        "meta": f"{config.study} / {config.wave} · {as_of}{analyst}",
        "words": {k: m.text(language) for k, m in WORDS.items()},
        "home": f"../../index{SPEECHES[language].suffix}.html",
        "front": file(FRONT, language),
        "is_front": chapter.name == FRONT,
        "as_of": as_of,
        "glossary": f"../../glossary{SPEECHES[language].suffix}.html",
        "methods": "../../" + methods_address(chapter.name, language),
        # pages of their own, written with the index, so that they lead somewhere whatever is published later
        "earlier": f"../../{config.study}/{NEIGHBOURS['before'].format(wave=config.wave)}",
        "later": f"../../{config.study}/{NEIGHBOURS['after'].format(wave=config.wave)}",
        "languages": [
            {"text": LANGUAGE_NAMES[n], "lang": n, "href": file(chapter.name, n), "current": n == language}
            for n in config.languages
        ],
        "chapters": links,
        "banner": banner.text(language) if config.generated else "",
        "provenance": _provenance(manifest, chapter, language),
        "made": message("Made {when}", when=f"{made:%Y-%m-%d %H:%M}").text(language),
    }


def _provenance(manifest: Manifest, chapter: Chapter, language: Language) -> list[dict[str, str]]:
    rows = []
    for table, entry in manifest.tables.items():
        for raw in entry.inputs:
            kept = format_value(entry.clean.rows, "int", language)
            text = message("{rows} rows kept, SHA-256 {digest}", rows=kept, digest=raw.sha256[:16]).text(language)
            rows.append({"term": f"{table} ← {raw.path}", "value": text})
    run = manifest.chapters.get(chapter.name)
    if run is None:
        return rows
    computed = message(
        "{seconds:dec1} s, finished {when}", seconds=run.seconds, when=run.finished[:16].replace("T", " ")
    )
    rows.append({"term": message("Computed in").text(language), "value": computed.text(language)})
    if run.parameters:
        values = ", ".join(f"{k} = {v}" for k, v in run.parameters.items())
        rows.append({"term": message("Parameters").text(language), "value": values})
    versions = ", ".join(f"{k} {v}" for k, v in package_versions().items())
    rows.append({"term": message("Versions").text(language), "value": versions})
    return rows


def _point(link: Path, target: Path) -> None:
    """Make `link` point to `target` in one step."""
    fresh = link.with_name(f".{link.name}.{uuid.uuid4().hex[:8]}")
    fresh.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)
    fresh.replace(link)


def _tidy(editions: Path, stem: str, *, keep: Collection[str], signed: Collection[str]) -> None:
    """Remove leavings of killed runs and editions beyond the newest ten, but none that is signed or a page leads to."""
    for left in editions.glob(f".{stem}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    for old in sorted(editions.glob(f"{stem}.[0-9]*"))[:-KEPT_EDITIONS]:
        if old.name not in keep and fingerprint_of(old) not in signed:
            shutil.rmtree(old, ignore_errors=True)

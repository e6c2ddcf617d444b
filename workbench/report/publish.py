"""Publishing a wave: all pages of an edition are written aside, and one rename makes them the wave's pages."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.language import Language, Message, format_value, message
from workbench.report.chapter import Chapter
from workbench.report.fonts import page_font
from workbench.report.render import Page, css, read_page, write_page
from workbench.report.run import Outcome
from workbench.store import Wave
from workbench.store.manifest import Manifest
from workbench.store.provenance import hash_source, hash_values, package_versions

EDITIONS = "editions"  # as deep as <study>/<wave>, so that links between pages hold in both places
EDITION_FILE = "edition.json"
KEPT_EDITIONS = 10
FRONT = "90_summary"
LANGUAGE_NAMES: Mapping[Language, str] = {"zh-CN": "中文", "en": "English"}

WORDS: Mapping[str, Message] = {
    "skip": message("Skip to the content"),
    "all_waves": message("All waves"),
    "languages": message("Language"),
    "contents": message("Contents"),
    "chapters": message("Chapters"),
    "code": message("Code"),
    "downloads": message("Tables of this page to download"),
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
    standing = _read_edition(link)
    if standing.get("key") == key and (link / "index.html").is_file():
        return Edition(link.resolve(), link / "index.html", is_new=False)
    made = dt.datetime.now().astimezone()
    editions = reports / EDITIONS
    stem = f"{wave.config.study}.{wave.config.wave}"
    building = editions / f".{stem}.{uuid.uuid4().hex[:8]}.tmp"
    building.mkdir(parents=True)
    study.mkdir(exist_ok=True)
    try:
        headline = _write_pages(wave, chapters, outcomes, building, made)
        content = {
            "key": key,
            "study": wave.config.study,
            "wave": wave.config.wave,
            "title": {n: wave.config.title.text(n) for n in wave.config.languages},
            "as_of": wave.config.as_of.isoformat(),
            "languages": list(wave.config.languages),
            "chapters": sum(o.state != "left out" for o in outcomes.values()),
            "headline": headline,
            "made": made.isoformat(timespec="seconds"),
        }
        (building / EDITION_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        target = editions / f"{stem}.{made:%Y%m%d-%H%M%S}-{key[:6]}"
        shutil.rmtree(target, ignore_errors=True)
        building.replace(target)
        _point(link, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _tidy(editions, stem, keep=target)
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
    runs = {n: r.key for n, r in wave.manifest.chapters.items()}
    left_out = {n: o.reason.text("en") for n, o in outcomes.items() if o.reason is not None}
    return hash_values(runs, left_out, wave.config.model_dump(mode="json"), hash_source())


def _write_pages(
    wave: Wave, chapters: Sequence[Chapter], outcomes: Mapping[str, Outcome], folder: Path, made: dt.datetime
) -> dict[str, Any]:
    manifest = wave.manifest
    ran = [c for c in chapters if c.name in manifest.chapters and outcomes[c.name].state != "left out"]
    notebooks = {c.name: wave.artefacts / manifest.chapters[c.name].notebook for c in ran}
    pages = {(c.name, n): read_page(notebooks[c.name], n) for c in ran for n in wave.config.languages}
    text = "".join(i.html for p in pages.values() for i in p.items) + "".join(_all_words(chapters))
    style = page_font(text) + css()
    downloads = _write_downloads(pages, folder, wave.config.languages[0])
    for chapter in ran:
        for language in wave.config.languages:
            resources = _resources(wave, manifest, chapter, chapters, outcomes, language, made)
            resources |= {"css": style, "downloads": downloads.get(chapter.name, [])}
            html = write_page(pages[chapter.name, language], resources)
            (folder / page_name(chapter.name, language, wave.config.languages)).write_text(html, encoding="utf-8")
    return {n: pages[FRONT, n].cards for n in wave.config.languages if (FRONT, n) in pages}


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
        links.append({"text": c.title.text(language), "href": href, "reason": reason, "current": c is chapter})
    as_of = message("Data to {day:date}", day=config.as_of).text(language)
    analyst = f" · {config.analyst}" if config.analyst else ""
    banner = message("This company is generated. No person or customer in this report exists.")
    return {
        "language": language,
        "title": chapter.title.text(language),
        "wave_title": config.title.text(language),
        "meta": f"{config.study} / {config.wave} · {as_of}{analyst}",
        "words": {k: m.text(language) for k, m in WORDS.items()},
        "home": "../../" + ("index.html" if language == "zh-CN" else "index.en.html"),
        "front": file(FRONT, language),
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
    run = manifest.chapters[chapter.name]
    if run.parameters:
        values = ", ".join(f"{k} = {v}" for k, v in run.parameters.items())
        rows.append({"term": message("Parameters").text(language), "value": values})
    versions = ", ".join(f"{k} {v}" for k, v in package_versions().items())
    rows.append({"term": message("Versions").text(language), "value": versions})
    return rows


def _write_downloads(
    pages: Mapping[tuple[str, Language], Page], folder: Path, language: Language
) -> dict[str, list[dict[str, str]]]:
    written: dict[str, list[dict[str, str]]] = {}
    (folder / "downloads").mkdir()
    for (chapter, spoken), page in pages.items():
        if spoken != language:
            continue
        for name, csv in page.tables.items():
            file = f"{chapter}-{name}.csv"
            # with a byte order mark, or Excel reads Chinese as something else
            (folder / "downloads" / file).write_text(csv, encoding="utf-8-sig")
            written.setdefault(chapter, []).append({"href": f"downloads/{file}", "text": file})
    return written


def _all_words(chapters: Sequence[Chapter]) -> list[str]:
    titles = [c.title for c in chapters]
    return [m.text("zh-CN") for m in (*WORDS.values(), *titles)]


def _read_edition(link: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((link / EDITION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _point(link: Path, target: Path) -> None:
    """Make `link` point to `target` in one step."""
    fresh = link.with_name(f".{link.name}.{uuid.uuid4().hex[:8]}")
    fresh.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)
    fresh.replace(link)


def _tidy(editions: Path, stem: str, *, keep: Path) -> None:
    """Remove leavings of killed runs and editions beyond the newest ten."""
    for left in editions.glob(f".{stem}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    for old in sorted(editions.glob(f"{stem}.[0-9]*"))[:-KEPT_EDITIONS]:
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)

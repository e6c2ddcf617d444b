"""A wave's deck, and its summary as a document, written into a file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import InputError
from workbench.core.language import Language, Message, format_value, message, use_language
from workbench.report.deck.document import write_document
from workbench.report.deck.drawing import Drawer
from workbench.report.deck.same_bytes import same_bytes
from workbench.report.deck.story import FRONT, Slide, Tile, slides_of
from workbench.report.deck.template import open_template, read_presentation
from workbench.report.deck.updating import update
from workbench.report.export.lists import put
from workbench.report.site.editions import HEADLINES, facts_of
from workbench.report.site.publish import measures_of
from workbench.report.site.render import Page
from workbench.report.site.standing import protected_pages
from workbench.report.steps import chapters_of
from workbench.store import Wave, show_study_words

FOLDER = "exports"


@dataclass(frozen=True)
class Written:
    """A deck that was written.

    Attributes
    ----------
    path
        The file.
    slides
        How many slides it has.
    told
        What an update did that is not simply new numbers.
    """

    path: Path
    slides: int
    told: tuple[Message, ...] = ()


def write_deck(
    wave: Wave,
    *,
    language: Language | None = None,
    template: Path | None = None,
    last: Path | None = None,
    to: Path | None = None,
) -> Written:
    """Write the deck of a wave.

    Parameters
    ----------
    wave
        A wave whose report has run.
    language
        Its language; the wave's first by default.
    template
        A firm's presentation whose layouts are used.
    last
        An earlier deck to be updated; it stays as it is, and the new one is written beside it.
    to
        The file; by default ``exports/deck-<wave>.<language>.pptx`` in the wave's folder.

    Raises
    ------
    InputError
        If the wave has no report yet, or the template lacks a layout.

    Notes
    -----
    Slides say what the pages say, after small counts were hidden. The same wave gives the same bytes.
    """
    chosen, path = _place(wave, language, to, "pptx")
    slides = story_of(wave, chosen)
    told: list[Message] = []
    if last is None:
        made = open_template(template)
        drawer = Drawer(made, chosen)
        for slide in slides:
            drawer.add(slide)
    else:
        made = read_presentation(last)
        told = update(made, slides, chosen)
    _properties(made, wave, chosen)
    content = io.BytesIO()
    made.save(content)
    put(same_bytes(content.getvalue()), path)
    return Written(path, len(made.slides), tuple(told))


def write_summary(wave: Wave, *, language: Language | None = None, to: Path | None = None) -> Written:
    """Write the summary of a wave as a document of Word.

    Parameters
    ----------
    wave
        A wave whose report has run.
    language
        Its language; the wave's first by default.
    to
        The file; by default ``exports/summary-<wave>.<language>.docx`` in the wave's folder.

    Raises
    ------
    InputError
        If the wave has no report yet.
    """
    chosen, path = _place(wave, language, to, "docx")
    slides = [s for s in story_of(wave, chosen) if not s.key.startswith(("table/", "appendix"))]
    put(same_bytes(write_document(slides, chosen, _moment(wave))), path)
    return Written(path, len(slides))


def story_of(wave: Wave, language: Language) -> list[Slide]:
    """Return the slides of a wave before they are drawn.

    Raises
    ------
    InputError
        If the wave has no report yet.
    """
    show_study_words(wave.config)
    pages = protected_pages(wave, chapters_of(wave.folder.parent))
    spoken: Mapping[str, Page] = {c: p for (c, n), p in pages.items() if n == language}
    if FRONT not in spoken:
        raise InputError(
            "A deck is made of a report.",
            found=f"{wave.config.study}/{wave.config.wave} has none yet",
            fix=f"Run 'workbench report {wave.folder}' first.",
            where=str(wave.folder),
        )
    fingerprint = str(facts_of(wave, pages)["fingerprint"])
    with use_language(language):
        return slides_of(wave, spoken, language, tiles=_tiles(wave, language), fingerprint=fingerprint)


def _tiles(wave: Wave, language: Language) -> tuple[Tile, ...]:
    tiles = []
    for row in measures_of(wave):
        label, style = HEADLINES.get(str(row["measure"]), (None, ""))
        if label is None or row["estimate"] is None:
            continue
        ends = [row["ci_low"], row["ci_high"]]
        interval = ""
        if None not in ends:
            low, high = (format_value(float(e), style, language) for e in ends)
            words = message("{level:level} interval {low} to {high}", level=row["level"], low=low, high=high)
            interval = words.text(language)
        value = format_value(float(row["estimate"]), style, language)
        name = label.text(language)
        if style == "money" and (currency := wave.config.currency):
            name = message("{name} ({currency})", name=name, currency=currency).text(language)
        tiles.append(Tile(str(row["measure"]), name, value, interval))
    return tuple(tiles)


def _place(wave: Wave, language: Language | None, to: Path | None, kind: str) -> tuple[Language, Path]:
    chosen = language or wave.config.languages[0]
    if chosen not in wave.config.languages:
        raise InputError(
            "A deck speaks a language of its wave.",
            found=chosen,
            fix=f"Use {' or '.join(wave.config.languages)}, or add it to languages: in wave.yaml.",
            where="--language",
        )
    name = "deck" if kind == "pptx" else "summary"
    return chosen, to or wave.folder / FOLDER / f"{name}-{wave.config.wave}.{chosen}.{kind}"


def _moment(wave: Wave) -> dt.datetime:
    return dt.datetime.combine(wave.config.as_of, dt.time())


def _properties(made: Any, wave: Wave, language: Language) -> None:
    told = made.core_properties
    told.title = f"{wave.config.title.text(language)} \u00b7 {wave.config.wave}"
    told.author = wave.config.analyst or ""
    told.last_modified_by, told.revision, told.language = "", 1, language
    told.created = told.modified = _moment(wave)

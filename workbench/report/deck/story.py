"""What a deck tells: which slides, in which order, each with one message, its proof, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.core.language import Language, Message, message
from workbench.report.deck.page_parts import Numbers, Part, parts_of
from workbench.report.deck.proofs import bases_of, crosstab_chart, pieces_of, trend_chart
from workbench.report.deck.series import Chart, chart_of
from workbench.report.site.render import Page
from workbench.store import Wave

FRONT, TABLES = "90_summary", "55_tables"
# chapters whose panels are told after those of the summary
TOLD = ("50_loyalty", TABLES, "35_attitudes", "45_outlook", "40_value", "60_tiers", "30_segments", "20_response")
# what its drawing alone can say: a place in a picture
ONLY_DRAWN = ("importance-performance",)
MOST_MESSAGES = 16
MOST_TABLE_SLIDES = 16
WORDS: Mapping[str, Message] = {
    "sum": message("In short"),
    "asked": message("How we asked, and how far to trust it"),
    "headline": message("The wave in numbers"),
    "actions": message("What to do"),
    "appendix": message("Appendix"),
    "tables": message("Tables"),
    "questions": message("What was asked"),
}


@dataclass(frozen=True)
class Tile:
    """A headline number: what it is, how it reads, its interval, and its change on the wave before."""

    key: str
    label: str
    value: str
    interval: str = ""
    change: str = ""


@dataclass(frozen=True)
class Slide:
    """A slide before it is drawn.

    Attributes
    ----------
    key
        Its name, the same from wave to wave: an update finds it by it.
    kind
        ``title``, ``section``, ``tiles``, ``words``, ``chart`` or ``table``.
    title
        Its message.
    measure
        What is shown, and in what unit.
    chart
        Its chart.
    numbers
        Its table.
    lines
        Headings with what is said under each.
    tiles
        Headline numbers.
    source
        Base, question, wave and table it comes from, at the foot.
    notes
        How it was made, for whoever speaks.
    """

    key: str
    kind: str
    title: str
    measure: str = ""
    chart: Chart | None = None
    numbers: Numbers | None = None
    lines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tiles: tuple[Tile, ...] = field(default=())
    source: str = ""
    notes: tuple[str, ...] = ()


def slides_of(
    wave: Wave, pages: Mapping[str, Page], language: Language, *, tiles: tuple[Tile, ...] = (), fingerprint: str = ""
) -> list[Slide]:
    """Return the slides of a wave.

    Parameters
    ----------
    wave
        The wave.
    pages
        Chapter → its page in `language`, as it was published.
    language
        Language of the deck.
    tiles
        Its headline numbers.
    fingerprint
        Of the numbers of the edition, for the notes.

    Returns
    -------
    list of Slide
        Title, numbers, summary, how it was asked, a slide for each finding with its proof, what to do, and an appendix.
        What a wave does not have is left out.
    """
    teller = _Teller(wave, {c: parts_of(p) for c, p in pages.items()}, language, fingerprint)
    return [
        teller.opening(),
        *teller.tiles(tiles),
        *teller.summary(),
        *teller.trust(),
        *teller.messages(),
        *teller.actions(),
        *teller.appendix(),
    ]


class _Teller:
    """Tells one wave in one language."""

    def __init__(self, wave: Wave, parts: Mapping[str, list[Part]], language: Language, fingerprint: str) -> None:
        self.wave, self.parts, self.language = wave, parts, language
        # a study's own chapters come last
        self.chapters = (FRONT, *TOLD, *(c for c in parts if c not in TOLD and c != FRONT))
        self.stamp = f"{wave.config.study} / {wave.config.wave}"
        self.made_from = message(
            "Wave {wave}, data to {day:date}; fingerprint of the numbers {print}.",
            wave=self.stamp,
            day=wave.config.as_of,
            print=fingerprint or "–",
        ).text(language)

    def opening(self) -> Slide:
        """Say whose wave it is, of when, and how many answered."""
        config = self.wave.config
        lines = [message("Data to {day:date}", day=config.as_of).text(self.language)]
        answers = self._answers()
        if answers >= config.privacy.minimum_cell:
            lines.append(message("{n:int} answers", n=answers).text(self.language))
        if config.generated:
            lines.append(
                message("This company is generated. No person or customer in this report exists.").text(self.language)
            )
        title = config.title.text(self.language)
        return Slide("opening", "title", title, lines=((self.stamp, tuple(lines)),), notes=(self.made_from,))

    def tiles(self, tiles: tuple[Tile, ...]) -> list[Slide]:
        """Show the headline numbers side by side."""
        if not tiles:
            return []
        told = tuple(replace(t, change=self._change(t.key)) for t in tiles)
        return [self._slide("headline", "tiles", self._word("headline"), tiles=told, source=self.stamp)]

    def _change(self, measure: str) -> str:
        trend = {"nps": "nps-trend", "satisfied": "satisfaction-trend"}.get(measure)
        part = self._part(FRONT, trend) if trend else None
        if part is None or part.numbers is None or "change" not in part.numbers.names:
            return ""
        change, low, high = (part.numbers.column(c)[-1].text for c in ("change", "change_low", "change_high"))
        words = message("Change {x} ({low} to {high})", x=change, low=low, high=high)
        return words.text(self.language) if any(c.isdigit() for c in change) else ""

    def summary(self) -> list[Slide]:
        """Say the summary's headline and its sentences."""
        found = self._part(FRONT, "statements")
        if found is None or not found.lines:
            return []
        title = found.title or self._word("sum")
        return [self._slide("summary", "words", title, lines=found.lines, source=self.stamp)]

    def trust(self) -> list[Slide]:
        """Say who was asked, who answered, and where the weak spots are."""
        facts = self._part(FRONT, "facts")
        if facts is None:
            return []
        return [self._slide("asked", "words", self._word("asked"), lines=facts.lines, source=self.stamp)]

    def messages(self) -> list[Slide]:
        """Tell each finding with its proof: the summary's first, then what other chapters add to them."""
        found: list[Slide] = []
        seen: set[str] = set()
        for chapter in self.chapters:
            for part in self.parts.get(chapter, []):
                if part.kind not in ("panel", "crosstab", "trend") or part.name in ONLY_DRAWN or part.title in seen:
                    continue
                slide = self._message(chapter, part)
                if slide is not None and len(found) < MOST_MESSAGES:
                    seen.add(part.title)
                    found.append(slide)
        return found

    def actions(self) -> list[Slide]:
        """Say what to do."""
        cards = self._part(FRONT, "actions")
        if cards is None or not cards.lines:
            return []
        return [self._slide("actions", "words", self._word("actions"), lines=cards.lines, source=self.stamp)]

    def appendix(self) -> list[Slide]:
        """Show the tables behind: those of questions by groups, else those below the findings."""
        tables = [(TABLES, p) for p in self.parts.get(TABLES, []) if p.kind == "crosstab"]
        below = [(c, p) for c in self.chapters for p in self.parts.get(c, []) if p.kind == "panel" and p.numbers]
        named = {c for c, _ in tables}
        seen: set[str] = set()
        slides: list[Slide] = []
        for chapter, part in (*tables, *(b for b in below if b[0] not in named)):
            title = part.measure
            if part.kind == "panel":
                title = message("Numbers: {title}", title=part.title).text(self.language)
            if part.numbers is None or title in seen:
                continue
            seen.add(title)
            slides += self._tables(chapter, part, title)
        asked = self._part("20_response", "asked")
        if asked is not None and asked.numbers is not None:
            slides += self._tables("20_response", asked, self._word("questions"))
        if not slides:
            return []
        return [Slide("appendix", "section", self._word("appendix")), *slides[:MOST_TABLE_SLIDES]]

    def _message(self, chapter: str, part: Part) -> Slide | None:
        chart = self._chart(part)
        title = (part.title or part.measure).rstrip(".。")
        if (chart is None and part.numbers is None) or not title:
            return None
        key = f"{chapter}/{part.name.split('-')[0] if part.kind == 'crosstab' else part.name}"
        base = bases_of(part, self.language)
        wording = self._wording(part.name)
        source = " · ".join([*base, *([wording] if wording else []), self.stamp, key])
        notes = (part.note, *(part.numbers.notes if part.numbers else ()), self.made_from)
        numbers = None if chart is not None or part.numbers is None else pieces_of(part.numbers)[0]
        kind = "chart" if chart is not None else "table"
        return self._slide(
            key,
            kind,
            title,
            measure=self._measure(part, chart),
            chart=chart,
            numbers=numbers,
            source=source,
            notes=notes,
        )

    def _chart(self, part: Part) -> Chart | None:
        if part.kind == "crosstab":
            return crosstab_chart(part)
        return trend_chart(part, self.language) if part.kind == "trend" else chart_of(part.numbers)

    def _measure(self, part: Part, chart: Chart | None) -> str:
        """Return what a slide's chart shows; what a page says of the marks of its own drawing is not said of others."""
        clause = re.split(r"[;；]", part.measure)[0]
        if part.kind in ("crosstab", "trend"):
            return part.measure
        if chart is None or part.numbers is None:
            return clause
        told = clause
        group = part.numbers.heads[-1][0].text
        if chart.kind == "bars" and (chart.series[0].low or len(chart.series) == 1) and chart.series[0].name != group:
            told = message("{measure}, by {group}", measure=chart.series[0].name, group=group).text(self.language)
        level = re.search(r"\d+\s?%", part.numbers.label("ci_low")) if chart.series[0].low else None
        if level is None:
            return told
        return told + message("; thin lines: {level} intervals", level=level[0]).text(self.language)

    def _tables(self, chapter: str, part: Part, title: str) -> list[Slide]:
        assert part.numbers is not None
        pieces = pieces_of(part.numbers)
        found = []
        for n, piece in enumerate(pieces, 1):
            name = f"{title} ({n}/{len(pieces)})" if len(pieces) > 1 else title
            key = f"table/{chapter}/{part.name}" + (f"/{n}" if n > 1 else "")
            source = f"{self.stamp} · {chapter}/{part.name}"
            notes = (*part.numbers.notes, self.made_from)
            found.append(self._slide(key, "table", name, numbers=piece, source=source, notes=notes))
        return found

    def _slide(self, key: str, kind: str, title: str, **told: object) -> Slide:
        slide = replace(Slide(key, kind, title), **told)  # type: ignore[arg-type]
        return replace(slide, notes=tuple(n for n in (slide.notes or (self.made_from,)) if n))

    def _part(self, chapter: str, name: str) -> Part | None:
        return next((p for p in self.parts.get(chapter, []) if p.name == name), None)

    def _word(self, name: str) -> str:
        return WORDS[name].text(self.language)

    def _answers(self) -> int:
        return len(self.wave.read("respondents", columns=["weight"])) if self.wave.has("respondents") else 0

    def _wording(self, panel: str) -> str:
        """Return how the question of a panel was asked, where a codebook tells it."""
        column = "recommend" if panel in ("trend", "answers") or panel.startswith("nps") else "satisfaction"
        if column == "satisfaction" and not panel.startswith("satisf"):
            return ""
        asked = self._part("20_response", "asked")
        if asked is None or asked.numbers is None:
            return ""
        row = next((r for r in asked.numbers.rows if column in r[0].text.split("/")[0]), None)
        if row is None or len(row) < 2 or row[1].text.lower() == column:
            return ""
        return row[1].text

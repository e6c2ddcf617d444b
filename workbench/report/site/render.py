"""An executed notebook as a page: the cells of one language, its blocks numbered, the code folded away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal

import jinja2
import nbformat

from workbench.core.errors import ChapterError, in_english
from workbench.core.language import SOURCE, Language, Message, message
from workbench.core.speeches import SPEECHES
from workbench.report.run.sections import section_of
from workbench.report.site.blocks import MIME, NUMBER
from workbench.report.site.fonts import page_font
from workbench.report.site.outside import fetched_from_outside
from workbench.report.site.panels import linked
from workbench.report.site.refusals import in_language, left_out_note, section_note
from workbench.report.site.terms import with_terms
from workbench.store.manifest import SectionRun

TEMPLATES = Path(__file__).parent / "templates"
TAGS: dict[Language, str] = {code: speech.tag for code, speech in SPEECHES.items()}
HIDDEN_TAGS = {"contract", "hidden", "parameters", "injected-parameters"}
MOST_BYTES = 1_000_000
HEAD_BLOCKS = {("cards", "headline"), ("findings", "findings")}
STYLE = "/* style */"
LABELS = {"table": message("Table {n}", n=0).template, "figure": message("Figure {n}", n=0).template}


@dataclass(frozen=True)
class Item:
    """A part of a page: prose, folded code, or a block."""

    kind: Literal["prose", "code", "block", "panel"]
    html: str


@dataclass(frozen=True)
class Heading:
    """A second-level heading of a page, for the contents list."""

    id: str
    text: str


@dataclass(frozen=True)
class Page:
    """A chapter in one language, before it is put into the template."""

    items: tuple[Item, ...]
    headings: tuple[Heading, ...]
    tables: dict[str, str]
    figures: dict[str, str]
    title: str = ""
    head: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_page(notebook: Path, language: Language, sections: Mapping[str, SectionRun] | None = None) -> Page:
    """Read an executed notebook as a page of one language.

    Parameters
    ----------
    notebook
        The executed notebook.
    language
        Language of the page.
    sections
        Section → what became of it; of one that was not computed its heading stands and the reason why.

    Raises
    ------
    ChapterError
        If a cell shows something a page cannot show, so that nothing is dropped silently.
    """
    content: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    items: list[Item] = []
    headings: list[Heading] = []
    tables: dict[str, str] = {}
    figures: dict[str, str] = {}
    people: dict[str, dict[str, Any]] = {}
    title = head = ""
    numbers = {"table": 0, "figure": 0}
    code: list[str] = []
    missing = {k: s for k, s in (sections or {}).items() if s.state != "computed"}
    told: set[str] = set()
    known = {t for c in content.cells for t in c.metadata.get("tags", [])}
    # prose that nobody has translated yet reads as it was written first
    spoken = TAGS[language] if TAGS[language] in known else TAGS[SOURCE]
    absent: list[SectionRun] = []
    top: int | None = None
    for position, cell in enumerate(content.cells):
        tags = set(cell.metadata.get("tags", []))
        section = section_of(tags) or ""
        if section in missing:
            if section not in told:
                told.add(section)
                if missing[section].state in ("left out", "not needed"):
                    absent += [missing[section]] if missing[section].state == "left out" else []
                    continue
                _fold(code, items)
                items.append(Item("prose", _heading(escape(in_language(missing[section].title, language)), headings)))
                items.append(Item("prose", section_note(missing[section], language)))
            continue
        if tags & set(TAGS.values()) and spoken not in tags:
            continue
        if cell.cell_type == "markdown":
            if cell.source.startswith("## "):
                _fold(code, items)
            items.append(Item("prose", _prose(cell.source, headings)))
        elif cell.cell_type == "code":
            top = len(items) if top is None else top
            blocks = [] if tags & HIDDEN_TAGS else _blocks(cell, position, notebook)
            for block in blocks:
                html = block["html"][language]
                if block["kind"] in numbers:
                    numbers[block["kind"]] += 1
                    label = Message(LABELS[block["kind"]], {"n": numbers[block["kind"]]}).text(language)
                    # a link to itself: the address to send when one speaks of this table or figure
                    address = f'<a class="number-label" href="#{escape(block["name"])}">{escape(label)}</a>'
                    html = html.replace(NUMBER, address, 1)
                if block["csv"].strip():  # a table without a column has nothing to take along
                    tables[block["name"]] = block["csv"]
                if block.get("people"):
                    people[block["name"]] = block["people"]
                if block["kind"] == "headline":
                    # the page's own head, wherever in the notebook it was computed
                    title, head = block["title"].get(language, ""), html
                    continue
                if block["kind"] in ("figure", "panel") and "<svg" in html:
                    figures[block["name"]] = html
                item = Item("panel" if block["kind"] == "panel" else "block", html)
                if top is not None and (block["kind"], block["name"]) in HEAD_BLOCKS:
                    # what sums the chapter up stands at its head, though it is known only at its end
                    items.insert(top, item)
                    top += 1
                else:
                    items.append(item)
            # what was injected names a folder of this machine; the page's provenance tells the parameters
            if cell.source.strip() and not tags & {"hidden", "parameters", "injected-parameters"}:
                code.append(cell.source)
    _fold(code, items)
    if absent:
        items.append(Item("prose", left_out_note(absent, language)))
    return Page(tuple(items), tuple(headings), tables, figures, title, head, people)


def not_showable(content: Any, notebook: Path) -> str:
    """Return what cells of an executed notebook show that a page cannot, empty where it can show all of it."""
    for position, cell in enumerate(content.cells):
        if cell.cell_type == "code" and not set(cell.metadata.get("tags", [])) & HIDDEN_TAGS:
            try:
                _blocks(cell, position, notebook)
            except ChapterError as error:
                return in_english(error.found)
    return ""


def write_page(page: Page, resources: dict[str, Any]) -> str:
    """Put a page into the template, without its style (see `dressed`).

    Raises
    ------
    ChapterError
        If the page would fetch something from outside.
    """
    given = {**resources, "page_items": page.items, "headings": page.headings, "css": STYLE}
    given |= {"heading": page.title or resources["title"], "head": page.head}
    html = template("page.html.j2").render(resources=given)
    pages = {link["name"]: link["href"] for link in resources["chapters"] if link["href"]}
    text = linked(re.sub(r"\n\s*\n+", "\n", html), pages)
    text = with_terms(text, resources["language"], resources["glossary"])
    outside = fetched_from_outside(text)
    if outside:
        raise _not_alone(f"it fetches {outside}", resources)
    return text


def dressed(pages: Sequence[str], resources: Sequence[dict[str, Any]]) -> list[str]:
    """Return the pages of one language with their style, which carries every character they use and no other.

    Raises
    ------
    ChapterError
        If a page is over 1 MB.
    """
    style = page_font("".join(pages)) + css()
    finished = [page.replace(STYLE, style, 1) for page in pages]
    for text, given in zip(finished, resources, strict=True):
        if len(text.encode()) > MOST_BYTES:
            raise _not_alone(f"{len(text.encode()):,} bytes", given)
    return finished


def _not_alone(found: str, resources: dict[str, Any]) -> ChapterError:
    return ChapterError(
        "A page stands alone and has at most 1 MB.",
        found=found,
        fix="Show a smaller table or a simpler figure.",
        where=str(resources.get("title")),
    )


@cache
def css() -> str:
    """Return the style of all pages."""
    return (TEMPLATES / "page.css").read_text(encoding="utf-8").strip()


@cache
def script() -> str:
    """Return the script of all pages; without it they read as well, only less comfortably."""
    return (TEMPLATES / "page.js").read_text(encoding="utf-8").strip()


@cache
def template(name: str) -> jinja2.Template:
    """Return a template of the site; what it is given was escaped where it was made."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=False).get_template(name)


def _prose(source: str, headings: list[Heading]) -> str:
    import mistune

    html = str(mistune.html(source))

    return re.sub(r"<h2>(.*?)</h2>", lambda match: _heading(match.group(1), headings), html)


def _heading(html: str, headings: list[Heading]) -> str:
    """Return a heading with an address, and note it for the contents list."""
    heading = Heading(f"part-{len(headings) + 1}", re.sub(r"<[^>]+>", "", html))
    headings.append(heading)
    return f'<h2 id="{heading.id}">{html}</h2>'


def _fold(code: list[str], items: list[Item]) -> None:
    """Fold the code of a section away at its end."""
    if code:
        items.append(Item("code", "\n\n".join(_code(c) for c in code)))
        code.clear()


@lru_cache(maxsize=1 << 11)  # a chapter's cells are the same in every wave
def _code(source: str) -> str:
    # From the modules that define them: the packages `pygments.formatters` and `pygments.lexers`
    # replace themselves while they are imported, and a second thread that renders a page meanwhile
    # is left with one that has no formatter.
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip()


def _blocks(cell: Any, position: int, notebook: Path) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for output in cell.outputs:
        data = output.get("data", {})
        if MIME in data:
            blocks.append(data[MIME])
            continue
        if output.get("name") == "stderr":
            continue  # warnings go to the log of the run; what a reader must know stands in the notes
        shown = output.get("name") or next(iter(data), output.output_type)
        said = str(output.get("text") or data.get("text/plain", ""))
        raise ChapterError(
            "A page shows tables, figures, cards, findings and notes.",
            found=f"cell {position} shows {shown}: {said[:200]!r}",
            fix="Wrap the result: table(…), figure(…), findings(…) or notes(…); end other lines with '_ ='.",
            where=notebook.stem,
        )
    return blocks

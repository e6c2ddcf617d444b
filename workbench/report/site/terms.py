"""Terms of the glossary on the pages: the first time a term is used on a page, it opens its entry where it stands.

Buttons and popovers of HTML do it without a script, by keyboard too; closed entries are neither printed nor read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

import yaml

from workbench.core.language import SOURCE, Language, message

MORE: Final = message("Glossary")
# sentences that are seen at once; no heading, and no button inside another
MARKED: Final = frozenset({"p", "li"})
LEFT: Final = frozenset(
    {"a", "button", "code", "details", "pre", "h1", "h2", "h3", "h4", "nav", "svg", "table", "footer"}
)
TAG: Final = re.compile(r"(<[^>]+>)")


@cache
def glossary_terms() -> tuple[dict[str, Any], ...]:
    """Return the terms of the glossary: ``id``, and ``name``, ``text`` and ``words`` in each language."""
    text = (Path(__file__).parent / "glossary.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple({"id": key, **languages} for key, languages in content.items())


def with_terms(html: str, language: Language, glossary: str) -> str:
    """Return a page on which each term, where it is first used, opens its entry of the glossary.

    Parameters
    ----------
    html
        A page. Only sentences of its ``main`` are touched.
    language
        Its language.
    glossary
        Address of the glossary.

    Examples
    --------
    >>> page = with_terms("<main><p>The NPS rose; the NPS of …</p></main>", "en", "glossary.en.html")
    >>> page.count('popovertarget="term-nps"'), page.count('<div popover id="term-nps"')
    (1, 1)
    """
    start, end = html.find("<main"), html.rfind("</main>")
    if start < 0 or end < 0:
        return html
    used: dict[str, dict[str, str]] = {}
    body = "".join(_marked(html[start:end], language, used))
    return html[:start] + body + "".join(_entry(k, t, language, glossary) for k, t in used.items()) + html[end:]


def _marked(body: str, language: Language, used: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield the parts of a page; the first use of each term in a sentence is a button."""
    depth = {"marked": 0, "left": 0}
    for part in TAG.split(body):
        if part.startswith("<"):
            name = re.match(r"</?\s*([a-z0-9]+)", part)
            kind = "marked" if name and name[1] in MARKED else "left" if name and name[1] in LEFT else ""
            if kind and not part.endswith("/>"):
                depth[kind] += -1 if part.startswith("</") else 1
            yield part
        elif depth["marked"] > 0 and not depth["left"] and part.strip():
            yield _with_buttons(part, language, used)
        else:
            yield part


def _with_buttons(text: str, language: Language, used: dict[str, dict[str, str]]) -> str:
    pattern, ids = _pattern(language)
    if not ids:  # the glossary does not know this language
        return text

    def button(match: re.Match[str]) -> str:
        term = ids[match[0].lower()]
        if term["id"] in used:
            return match[0]
        used[term["id"]] = term[language]
        return f'<button type="button" class="term" popovertarget="term-{term["id"]}">{match[0]}</button>'

    return pattern.sub(button, text)


@cache
def _pattern(language: Language) -> tuple[re.Pattern[str], dict[str, dict[str, Any]]]:
    """Return what finds any term of a language, the longest words first, and which term each spelling is."""
    ids: dict[str, dict[str, Any]] = {}
    for term in glossary_terms():
        told = term.get(language, {})
        for spelling in (*re.findall(r"[^()（）]+", told.get("name", "")), *told.get("words", ())):
            if len(spelling.strip()) > 1:  # a single Chinese character stands inside other words
                ids.setdefault(escape(spelling.strip()).lower(), term)
    spellings = "|".join(re.escape(s) for s in sorted(ids, key=len, reverse=True))
    edge = r"\b" if language == SOURCE else ""
    return re.compile(f"{edge}(?:{spellings}){edge}", re.IGNORECASE), ids


def _entry(key: str, term: dict[str, str], language: Language, glossary: str) -> str:
    more = f'<a href="{escape(glossary)}#{key}">{escape(MORE.text(language))}</a>'
    said = f"<strong>{escape(term['name'])}</strong> {escape(term['text'])}"
    return f'<div popover id="term-{key}" class="entry"><p>{said} {more}</p></div>'

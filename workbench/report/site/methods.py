"""The page of methods: every formula of the library with its symbols, its source and when (not) to use it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from workbench.core.language import Language, Message, message
from workbench.core.speeches import SPEECHES

PAIR: Final = ("en", "zh-CN")
FOLDER: Final = Path(__file__).parent
FILES: Final[Mapping[Language, str]] = {n: f"methods{speech.suffix}.html" for n, speech in SPEECHES.items()}
ROOMS: Final[Mapping[str, Message]] = {
    "sampling": message("Sampling"),
    "weighting": message("Weighting"),
    "estimation": message("Estimation"),
    "nps": message("Loyalty"),
    "clv": message("Customer value"),
    "clustering": message("Customer segments"),
    "tiers": message("Customer tiers"),
    "tabulation": message("Tables"),
    "learning": message("Outlook and offers"),
}
# where a chapter's readers should start
STARTS: Final[Mapping[str, str]] = {
    "10_sample": "sampling",
    "20_response": "weighting",
    "30_segments": "clustering",
    "35_attitudes": "clustering",
    "40_value": "clv",
    "45_outlook": "learning",
    "50_loyalty": "nps",
    "55_tables": "tabulation",
    "60_tiers": "tiers",
}
WORDS: Final[Mapping[str, Message]] = {
    "methods": message("Methods and formulas"),
    "lead": message(
        "Every method of the report and of the library behind it: what it answers, how it is computed, when to use it "
        "and when not, and where it comes from."
    ),
    "formula": message("Formula"),
    "use": message("When to use it"),
    "avoid": message("When not"),
    "source": message("Source"),
    "function": message("In the library"),
    "chapters": message("In the report"),
    "unused": message("not used by a chapter"),
    "contents": message("Contents"),
    "find": message("Find a method"),
}


def methods_address(chapter: str, language: Language) -> str:
    """Return the address, from the site's folder, of the methods that a chapter uses most.

    Examples
    --------
    >>> methods_address("50_loyalty", "en"), methods_address("90_summary", "zh-CN")
    ('methods.en.html#room-nps', 'methods.html')
    """
    return FILES[language] + (f"#room-{STARTS[chapter]}" if chapter in STARTS else "")


def place_of(language: Language) -> int:
    """Return where in a pair of texts a language stands; one that the methods are not written in reads English.

    Examples
    --------
    >>> place_of("en"), place_of("zh-CN")
    (0, 1)
    """
    return PAIR.index(language) if language in PAIR else 0


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Both(_Part):
    """A text in each language."""

    en: str
    zh: str = Field(alias="zh-CN")

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return (self.en, self.zh)[place_of(language)]


class Formula(Both):
    """A formula in LaTeX, and what it is the formula of."""

    tex: str


class Words(_Part):
    """What is said of a method in one language."""

    name: str
    answers: str
    use: str
    avoid: str


class Method(_Part):
    """One entry of the page.

    Attributes
    ----------
    functions
        Public names of its room that compute it.
    chapters
        Chapters of the report that use it.
    formula
        LaTeX, or LaTeX with a caption.
    symbols
        LaTeX → what it stands for, English and Chinese.
    source
        Papers and books, with page or equation.
    en, zh
        What is said of it.
    """

    functions: tuple[str, ...] = Field(min_length=1)
    chapters: tuple[str, ...] = ()
    formula: tuple[str | Formula, ...] = Field(min_length=1)
    symbols: Mapping[str, tuple[str, str]] = Field(min_length=1)
    source: tuple[str | Both, ...] = Field(min_length=1)
    en: Words
    zh: Words = Field(alias="zh-CN")

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas, those without a caption with an empty one."""
        return tuple(Formula(tex=f, en="", zh="") if isinstance(f, str) else f for f in self.formula)

    def words(self, language: Language) -> Words:
        """Return what is said of it in `language`."""
        return (self.en, self.zh)[place_of(language)]


@cache
def read_methods() -> Mapping[str, Mapping[str, Method]]:
    """Return the methods by room and id, in the order of the page."""
    files = {room: (FOLDER / f"methods_{room}.yaml").read_text(encoding="utf-8") for room in ROOMS}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
    read = {room: yaml.load(text, Loader=loader) for room, text in files.items()}
    return {room: {k: Method(**v) for k, v in methods.items()} for room, methods in read.items()}


@cache
def mathml(tex: str, *, block: bool = False) -> str:
    r"""Return LaTeX as MathML, which browsers draw and read aloud without a network.

    Parameters
    ----------
    tex
        The formula.
    block
        Whether it stands on a line of its own.

    Examples
    --------
    >>> mathml("n_h").split(">", 1)[1]
    '<mrow><msub><mi>n</mi><mi>h</mi></msub></mrow></math>'
    """
    from latex2mathml.converter import convert

    drawn = str(convert(tex, display="block" if block else "inline"))
    # signs that the converter takes for letters, which browsers would set without space
    return re.sub("<mi>(&#x000B1;|&#x0007E;|&#x027FA;|&#x02032;|&#x029F5;|[:;])</mi>", r"<mo>\1</mo>", drawn)


def methods_digest(*more: str) -> str:
    """Return what changes when the page would: the methods, this module, and whatever else goes into it."""
    files = [*(FOLDER / f"methods_{room}.yaml" for room in ROOMS), Path(__file__)]
    whole = hashlib.sha256()
    for part in [*(f.read_bytes() for f in files), *(m.encode() for m in more)]:
        whole.update(part)
    return whole.hexdigest()[:16]


def methods_content(language: Language) -> dict[str, Any]:
    """Return what the template of the page is filled with, in one language; texts are escaped."""
    from workbench.report.steps import CHAPTERS

    titles = {c.name: c.title.text(language) for c in CHAPTERS}
    rooms = [
        {
            "id": f"room-{room}",
            "title": escape(title.text(language)),
            "methods": [_entry(room, key, m, titles, language) for key, m in read_methods()[room].items()],
        }
        for room, title in ROOMS.items()
    ]
    words = {k: escape(m.text(language)) for k, m in WORDS.items()}
    return {"language": language, "words": words, "rooms": rooms}


def _entry(room: str, key: str, method: Method, titles: Mapping[str, str], language: Language) -> dict[str, Any]:
    said = method.words(language)
    place = place_of(language)
    return {
        "id": key,
        "name": escape(said.name),
        "answers": escape(said.answers),
        "use": escape(said.use),
        "avoid": escape(said.avoid),
        "formulas": [{"caption": escape(f.text(language)), "math": mathml(f.tex, block=True)} for f in method.formulas],
        "symbols": [{"math": mathml(s), "text": escape(pair[place])} for s, pair in method.symbols.items()],
        "sources": [
            {"text": escape(s if isinstance(s, str) else s.text(language)), "lang": "en" if isinstance(s, str) else ""}
            for s in method.source
        ],
        "functions": [f"workbench.{room}.{name}" for name in method.functions],
        "chapters": [escape(titles[c]) for c in method.chapters],
    }

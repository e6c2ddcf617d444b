"""Every sentence a reviewer sees: a template in English, its values, and a catalogue for each other language.

A sentence is written once, as ``message("Base of {n:int} is below {minimum:int}.", n=12, minimum=30)``. The English
template is its key in the catalogue (``core/locale/zh_CN/<room>.po``); values are formatted for the language when the
text is asked for, so one computed result can be read in either language with the same numbers.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, lru_cache
from gettext import c2py
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from babel import dates, numbers
from babel.messages.pofile import read_po

from workbench.core.currency import babel_locale, with_currency
from workbench.core.people import PEOPLE, fewest_told, is_few
from workbench.core.speeches import SPEECHES
from workbench.core.value_names import named_value

LOCALE_FOLDER = Path(__file__).parent / "locale"
MISSING = "–"
SOURCE = "en"  # the language of the templates in the code
LANGUAGES: tuple[str, ...] = tuple(SPEECHES)
if TYPE_CHECKING:
    from babel.messages.catalog import Catalog
    from typing_extensions import TypeIs

    Language = str
else:
    Language = Literal[LANGUAGES]

_current: ContextVar[Language | None] = ContextVar("language", default=None)


def current_language() -> Language:
    """Return the language results are shown in: the one set by `use_language`, else ``WORKBENCH_LANGUAGE``, else en."""
    chosen = _current.get() or os.environ.get("WORKBENCH_LANGUAGE", "en")
    known = (code for code in LANGUAGES if code.lower().split("-")[0] == chosen.lower().replace("_", "-").split("-")[0])
    return next(known, SOURCE)


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Show results in `language` inside the ``with`` block.

    Parameters
    ----------
    language
        ``en`` or ``zh-CN``.

    Returns
    -------
    Iterator
        For a ``with`` statement; nothing is yielded.

    Examples
    --------
    >>> with use_language("zh-CN"):
    ...     str(message("Region"))
    '地区'
    """
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return English template → translated template, merged from the language's ``.po`` files.

    A sentence with a plural is found by its plural; what is returned is its first form.
    """
    return MappingProxyType({template: forms[0] for template, forms in _forms(language).items()})


@cache
def _forms(language: Language) -> dict[str, tuple[str, ...]]:
    """Return English template (of many) → translated templates, one for each plural form of the language."""
    entries: dict[str, tuple[str, ...]] = {}
    for entry in chain.from_iterable(_catalogues(language)):
        if isinstance(entry.id, tuple | list):
            entries[str(entry.id[-1])] = tuple(map(str, entry.string or ()))
        elif entry.id and entry.string:
            entries[str(entry.id)] = (str(entry.string),)
    return entries


@cache
def _plural_rule(language: Language) -> Callable[[int], int]:
    """Return which of a language's forms goes with a number, as its catalogue says."""
    return next((c2py(c.plural_expr) for c in _catalogues(language) if c.num_plurals > 1), lambda _: 0)


# babel reads a catalogue in a hundredth of a second, and there are some twenty: once for words and rules
@cache
def _catalogues(language: Language) -> tuple[Catalog, ...]:
    return tuple(map(_read, sorted((LOCALE_FOLDER / language.replace("-", "_")).glob("*.po"))))


def _read(path: Path) -> Catalog:
    with path.open("rb") as handle:
        return read_po(handle)


def warm_up() -> None:
    """Read the catalogues of every language, so that processes forked from here have them."""
    for language in LANGUAGES:
        plural("{n:int} customer", "{n:int} customers", n=1).text(language)


class Spoken(Protocol):
    """Anything that reads in every language: a `Message`, or words a study gives in both."""

    def text(self, language: Language) -> str:
        """Return the words in `language`."""


@dataclass(frozen=True)
class Message:
    """A sentence with its values, readable in every language.

    Attributes
    ----------
    template
        English text with ``{name:format}`` places; also its key in the catalogues.
    values
        What goes into the places. A value may itself be `Spoken`.
    singular
        The template where the value ``n`` is one; none where the sentence has no plural.

    Examples
    --------
    >>> m = message("{n:int} answers", n=1234)
    >>> str(m)
    '1,234 answers'
    >>> m.text("zh-CN")
    '1,234 份答卷'
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    singular: str | None = None

    def text(self, language: Language) -> str:
        """Return the sentence in `language`; an untranslated template stays English."""
        forms = _forms(language).get(self.template) if language != SOURCE else None
        if forms is None:
            template = self.singular if self.singular is not None and self._count == 1 else self.template
        else:
            template = forms[min(_plural_rule(language)(self._count), len(forms) - 1)]
        return _Places(language).vformat(template, (), self.values)

    @property
    def is_whole(self) -> bool:
        """Whether every value it names is there; a sentence with a gap in it says nothing."""
        return all(_is_there(self.values.get(n)) for _, n, _, _ in string.Formatter().parse(self.template) if n)

    @property
    def _count(self) -> int:
        n = self.values["n"] if self.singular is not None else 0
        return 0 if ":people}" in self.template and is_few(n) else int(n)  # fewer than ten may be several

    def __str__(self) -> str:
        return self.text(current_language())

    def __reduce__(self) -> tuple[object, ...]:
        # a read-only view cannot travel between processes; its content can
        return _rebuilt, (self.template, dict(self.values), self.singular)


def _is_there(value: Any) -> bool:
    if isinstance(value, str) or is_spoken(value):
        return not isinstance(value, Message) or value.is_whole
    return value is not None and value == value and value not in (math.inf, -math.inf)


def _rebuilt(template: str, values: dict[str, Any], singular: str | None) -> Message:
    return Message(template, MappingProxyType(values), singular)


def message(template: str, /, **values: Any) -> Message:
    """Make a `Message`; the template must be a literal, so that translators' tools find it.

    Parameters
    ----------
    template
        The sentence in English, a literal, with places such as ``{n:int}``.
    **values
        What goes into the places.

    Returns
    -------
    Message
        A sentence that is put into words when its language is known.

    Examples
    --------
    >>> message("{n:int} answers", n=1200).text("en")
    '1,200 answers'
    """
    return Message(template, MappingProxyType(values))


def plural(singular: str, many: str, /, *, n: float, **values: Any) -> Message:
    """Make a `Message` that counts: one template where `n` is one, another where it is not.

    Parameters
    ----------
    singular, many
        The sentence in English, both literals; a catalogue has them as ``msgid`` and ``msgid_plural``.
    n
        What is counted; stands in the places as ``n``.
    **values
        What goes into the other places.

    Examples
    --------
    >>> [plural("{n:int} group has no answers.", "{n:int} groups have no answers.", n=n).text("en") for n in (1, 2)]
    ['1 group has no answers.', '2 groups have no answers.']
    """
    return Message(many, MappingProxyType({"n": n, **values}), singular)


class _Places(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format_value(value, format_spec, self.language)
        return with_currency(text, self.language) if format_spec == "money" else text


def format_value(value: Any, style: str, language: Language) -> str:
    """Write a value as `language` writes it.

    Parameters
    ----------
    value
        A number, date, text, something `Spoken`, or nothing (a dash).
    style
        ``int``, ``people``, ``base``, ``some`` (counts of people; few are not told), ``dec0`` … ``dec4``, ``signed1``
        (with its sign), ``pct``, ``pct1`` (a share as per cent), ``signedpct``, ``points1``, ``signedpoints1`` (a share
        as percentage points), ``level`` (of an interval: 95 %), ``money`` (rounded; 万 and 亿 in Chinese), ``p`` (a
        p-value), ``p_is`` (the same after 'p = '), ``date``, ``text``, or empty.

    Examples
    --------
    >>> format_value(0.1234, "pct1", "en"), format_value(-3.21, "signed1", "en"), format_value(2.5e6, "money", "zh-CN")
    ('12.3%', '−3.2', '250万')
    """
    if isinstance(value, str):
        return named_value(value, language)
    if isinstance(value, bool):
        return message("yes").text(language) if value else message("no").text(language)
    if is_spoken(value):
        return value.text(language)
    if value is None or value != value:
        return MISSING
    if isinstance(value, dt.date):
        return dates.format_date(value, SPEECHES[language].date, locale=babel_locale(language))
    if style in ("", "text"):
        return str(value)
    return _number(float(value), style, language)


def is_spoken(value: object) -> TypeIs[Spoken]:
    """Tell whether a cell's value says itself in every language.

    Asking a protocol takes a hundred times as long as asking for its one method.

    Examples
    --------
    >>> is_spoken(1.5), is_spoken("x"), is_spoken(message("yes"))
    (False, False, True)
    """
    return callable(getattr(type(value), "text", None))


def _number(value: float, style: str, language: Language) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if style in ("p", "p_is"):
        # near the usual threshold a fourth decimal says on which side the value lies
        pattern = "0.0000" if abs(value - 0.05) < 0.005 else "0.000"
        shown = "< 0.001" if value < 0.001 else _in_digits(value, pattern, language)
        return shown if style == "p" else f"p {shown}" if value < 0.001 else f"p = {shown}"
    if style == "level":
        whole = abs(100 * value - round(100 * value)) < 1e-9
        return _number(100 * value, "dec0" if whole else "dec1", language) + (" %" if language == "en" else "%")
    if style == "money":
        return _money(value, language)
    if style in PEOPLE:
        few = message("< {n:int}", n=fewest_told())
        return few.text(language) if is_few(value) else _number(value, "int", language)
    kind = style.rstrip("0123456789")
    digits = int(style[len(kind) :] or 0)
    if kind in ("points", "signedpoints"):
        return _number(100 * value, f"{'signed' if kind.startswith('signed') else 'dec'}{digits}", language)
    if kind not in ("int", "dec", "pct", "signed", "signedpct"):
        return format(value, style)
    share = kind in ("pct", "signedpct")
    kept = digits + 2 * share
    if kind.startswith("signed") and not round(value, kept) and round(value, kept + 1):
        digits += 1  # the end of an interval that just excludes zero must not read as zero
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + ("%" if share else "")
    rounded = round(value, digits + (2 if share else 0)) + 0.0  # + 0.0 turns -0.0 into 0.0
    text = _in_digits(rounded, pattern, language).replace("-", "−")
    return "+" + text if kind.startswith("signed") and rounded > 0 else text


@lru_cache(maxsize=1 << 14)  # a number stands in a table, in its file and in sentences, and Babel takes its time
def _in_digits(value: float, pattern: str, language: Language) -> str:
    return str(numbers.format_decimal(value, pattern, locale=babel_locale(language)))


def _money(value: float, language: Language) -> str:
    size, unit = money_unit(value, language)
    scaled = value / size
    return _number(scaled, "dec0" if abs(scaled) >= 100 else "dec2", language) + unit


def money_unit(value: float, language: Language) -> tuple[float, str]:
    """Return the unit in which a language writes an amount: its size, and what stands after the number.

    Examples
    --------
    >>> money_unit(2_500_000, "zh-CN"), money_unit(2_500, "en")
    ((10000.0, '万'), (1.0, ''))
    """
    return next(((size, unit) for size, unit in SPEECHES[language].money if abs(value) >= size), (1.0, ""))

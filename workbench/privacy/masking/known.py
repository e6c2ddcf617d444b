"""Exact matching against what a wave itself knows: its ids, names, telephones, e-mail addresses, invitations.

The search goes from the comments to the tables: a wave has a million customers and thousands of comments. What a
comment could name is collected, the identifying columns are read once in batches, and only values that a comment
really holds are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.engine import Table
from workbench.privacy.masking.lists import word_list
from workbench.privacy.masking.normalise import normalise
from workbench.privacy.masking.spans import Span
from workbench.privacy.masking.surnames import AMBIGUOUS_FIRST
from workbench.privacy.masking.words import TAIL, Word, compacted, words_of

AT_ONCE = 400_000  # candidates that are looked up in one reading of the tables
BATCH = 500_000
OFTEN, OFTEN_SHARE = 3, 0.01
SHORT_NUMBER = 5
_LABEL = re.compile(
    r"(?:客户|顾客|会员|用户|编号|账号|帐号|卡号|工号|单号|号码?|邀请码?|#|"
    r"(?<![a-z])(?:customer|client|member|account|user|card|order|invitation|code|id|no\.?|number))"
    r"[\s是为::#.]{0,3}(?:is\s|was\s|no\.?\s?|number\s)?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:我叫|名叫|名字叫|姓名|叫|找|是|联系|感谢|谢谢|表扬|投诉|店员|客服|经理|[—\-–]|mr\.?|mrs\.?|ms\.?|"
    r"dr\.?|name is|named|called|regards,?|"
    r"i'm|i am|ask for|thanks to|contact)[\s是为::]{0,3}$",
    re.IGNORECASE,
)
_TITLED = re.compile(r"(?:先生|女士|小姐|经理|店长|师傅|老师|医生|同志|,? (?:was|is|helped|made))")
_QUANTITY = re.compile(
    r"\s?(?:元|块|万|%|‰|个|份|次|天|晚|间|年|月|点|米|"
    r"人|公里|克|dollars?|usd|rmb|cny|points|miles|km|"
    r"people|times|hours?|minutes?)",
    re.IGNORECASE,
)
_EVERYDAY = word_list("everyday")
Rows = str | Path | pd.DataFrame | Table


@dataclass(frozen=True)
class KnownValues:
    """Values of a wave's own tables that its texts hold.

    Attributes
    ----------
    telling
        Values that are masked wherever they stand.
    guarded
        Values that are everyday words or short numbers as well: masked only where the words beside them say that they
        are meant.
    """

    telling: frozenset[str] = field(default_factory=frozenset)
    guarded: frozenset[str] = field(default_factory=frozenset)

    def spans(self, text: str) -> Iterator[Span]:
        """Find the values in a text as `normalise` gives it.

        Examples
        --------
        >>> known = KnownValues(frozenset({"c0012"}), frozenset({"1042"}))
        >>> text = "c-0012 paid 1042, customer number 1042"
        >>> sorted({(s.start, text[s.start : s.end]) for s in known.spans(text)})
        [(0, 'c-0012'), (34, '1042')]
        """
        if not self.telling and not self.guarded:
            return
        for word in words_of(text):
            if word.key in self.telling:
                if not (word.key.isdigit() and len(word.key) <= SHORT_NUMBER and _counts(text, word)):
                    yield Span(word.start, word.end, "known")
            elif word.key in self.guarded and _meant(text, word):
                yield Span(word.start, word.end, "known")


def known_values(
    texts: Iterable[str],
    tables: Mapping[str | Path, Sequence[str]] | Sequence[tuple[Rows, Sequence[str]]] = (),
    more: Collection[str] = (),
) -> KnownValues:
    """Return which values of the identifying columns of a wave stand in its texts.

    Parameters
    ----------
    texts
        Comments and other words of customers.
    tables
        Tables of an engine, Parquet files or DataFrames, each with the columns whose values tell one person from
        others.
    more
        Values that are known beside the tables, such as the names of interviewers.

    Returns
    -------
    KnownValues

    Notes
    -----
    A value is *telling* by itself if it holds an ``@``; six digits or more; five characters, letters and digits mixed;
    two Latin words; or three Chinese characters. Five digits are, unless a currency or unit stands beside them. A
    number of up to four digits, a single Latin word, two Chinese characters, and whatever stands in more than 1 % of
    the texts (and in more than three of them) is *guarded*: a short number needs a word such as 会员 or "customer"
    before it, an everyday word needs one that brings a name. Single Latin words and Chinese names of two characters
    that are no everyday words and are rare in the texts are telling if they are written with a capital, or at all.

    Memory is bounded: at most 400,000 candidates are held, and tables are read in batches of 500,000 rows; the work is
    linear in the texts and, for each 400,000 candidates, in the rows of the tables.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["C0012", "C0013"], "name": ["王小明", "李静"]})
    >>> sorted(known_values(["c-0012 is mine", "王小明很好"], [(customers, ["customer_id", "name"])]).telling)
    ['c0012', '王小明']
    """
    sources = list(tables.items()) if isinstance(tables, Mapping) else list(tables)
    plain = [normalise(t).text for t in texts]
    extra = {form for value in more for form in _forms(value)}
    found: set[str] = set()
    candidates: set[str] = set()
    for text in plain:
        candidates |= {w.key for w in words_of(text)}
        if len(candidates) >= AT_ONCE:
            found |= _looked_up(candidates, sources) | (candidates & extra)
            candidates = set()
    found |= _looked_up(candidates, sources) | (candidates & extra)
    guarded = {v for v in found if _needs_a_word(v)} | _everyday(found, plain)
    return KnownValues(frozenset(found - guarded), frozenset(guarded))


def _looked_up(candidates: set[str], sources: Sequence[tuple[Rows, Sequence[str]]]) -> set[str]:
    """Return the candidates that are values of the columns."""
    if not candidates:
        return set()
    wanted = pa.array(sorted(candidates), pa.string())
    found: set[str] = set()
    for source, columns in sources:
        for batch in _batches(source, columns):
            for column in batch.columns:
                for form in _column_forms(column):
                    if not len(form):
                        continue
                    hits = form.filter(pc.is_in(form, value_set=wanted))
                    found |= set(pc.unique(hits).to_pylist())
    found.discard(None)
    return found


def _batches(source: Rows, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    if isinstance(source, pd.DataFrame):
        yield from pa.Table.from_pandas(source[list(columns)], preserve_index=False).to_batches(BATCH)
        return
    if isinstance(source, Table):
        yield from source.batches(columns)
        return
    with pq.ParquetFile(source) as file:
        yield from file.iter_batches(BATCH, columns=list(columns))


def _column_forms(column: pa.Array) -> Iterator[pa.Array]:
    """Return the values of a column as words are looked up: small letters, compact, and the end of long numbers."""
    if pa.types.is_floating(column.type):
        whole = pc.if_else(pc.equal(pc.round(column), column), column, None)
        column = pc.cast(whole, pa.int64(), safe=False)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    texts = pc.utf8_lower(pc.utf8_normalize(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), form="NFKC"))
    yield texts
    compact = pc.replace_substring_regex(texts, r"[\s.\-_/()+]", "")
    yield compact.filter(pc.not_equal(compact, texts))
    # 0086 138 …, +86 138 … and 138 … are one number
    digits = compact.filter(pc.match_substring_regex(compact, rf"^\d{{{TAIL + 1},}}$"))
    yield pc.utf8_slice_codeunits(digits, start=-TAIL)


def _forms(value: str) -> set[str]:
    plain = normalise(value.strip()).text.lower()
    compact = compacted(plain)
    return {plain, compact, compact[-TAIL:] if compact.isdigit() else compact} - {""}


def _needs_a_word(value: str) -> bool:
    """Tell whether a value is a short number or an everyday word, which the words beside it have to explain."""
    if "@" in value:
        return False
    letters = sum(c.isalpha() for c in value)
    if not letters:
        return sum(c.isdigit() for c in value) < SHORT_NUMBER
    if any(c.isdigit() for c in value):
        return len(compacted(value)) < SHORT_NUMBER - 1
    words = value.split()
    return len(words) == 1 and (
        words[0] in _EVERYDAY or words[0] in AMBIGUOUS_FIRST or (value.isascii() and len(value) < 2)
    )


def _everyday(found: set[str], texts: Sequence[str]) -> set[str]:
    """Return the values that these texts use as words: in many of them, or in small letters as well."""
    often: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        seen, lower = set(), set()
        for word in words_of(text):
            if word.key in found:
                seen.add(word.key)
                written = text[word.start : word.end]
                if written.isascii() and written.isalpha() and written.islower():
                    lower.add(word.key)
        often.update(seen)
        small.update(lower)
    most = max(OFTEN, OFTEN_SHARE * len(texts))
    # a number or an address is never a word, however often it stands there
    words = {v for v in found if all(c.isalpha() for c in v)}
    return {v for v in words if often[v] > most or small[v] > OFTEN}


def _counts(text: str, word: Word) -> bool:
    """Tell whether a number of five digits is an amount: a currency before it, or a unit after it."""
    return bool(_QUANTITY.match(text, word.end)) or text[: word.start].rstrip()[-1:] in ("¥", "$", "€", "£", "¥")


def _meant(text: str, word: Word) -> bool:
    before = text[max(0, word.start - 24) : word.start]
    if any(c.isdigit() for c in word.key):
        return bool(_LABEL.search(before))
    return bool(_NAMED.search(before) or _LABEL.search(before) or _TITLED.match(text, word.end))

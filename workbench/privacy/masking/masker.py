"""Masking: personal details in a text are replaced by what they are, and nothing else is touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import overload

import pandas as pd

from workbench.privacy.masking.addresses import address_spans
from workbench.privacy.masking.by_context import context_spans
from workbench.privacy.masking.known import KnownValues
from workbench.privacy.masking.names_chinese import chinese_name_spans
from workbench.privacy.masking.names_english import english_name_spans
from workbench.privacy.masking.normalise import normalise
from workbench.privacy.masking.phones import phone_spans
from workbench.privacy.masking.spans import Span, without_overlaps
from workbench.privacy.masking.structured import structured_spans

MASKS = {
    "known": "[customer]",
    "email": "[email]",
    "link": "[link]",
    "id": "[id]",
    "card": "[card]",
    "plate": "[plate]",
    "passport": "[passport]",
    "ip": "[ip]",
    "phone": "[phone]",
    "account": "[account]",
    "number": "[number]",
    "birth": "[birthday]",
    "address": "[address]",
    "name": "[name]",
}
_PASSES = 4


@dataclass(frozen=True)
class Masker:
    """Masks texts, with what a wave knows of its customers.

    Attributes
    ----------
    known
        Values of the wave's own tables that its texts hold (`known_values`).

    Examples
    --------
    >>> mask = Masker(KnownValues(frozenset({"c0012"})))
    >>> mask("my number is C0012, call 13812345678")
    'my number is [customer], call [phone]'
    """

    known: KnownValues = field(default_factory=KnownValues)

    def __call__(self, text: str) -> str:
        """Return a text with its personal details masked."""
        # what is masked changes what stands beside the rest: a second reading finds nothing new, or masks it
        for _ in range(_PASSES):
            spans = self.spans(text)
            if not spans:
                break
            text = _replaced(text, spans)
        return text

    def spans(self, text: str) -> list[Span]:
        """Return where personal details stand in a text as it was written; none of them overlap."""
        normal = normalise(text)
        plain = normal.text
        found = [*self.known.spans(plain)]
        letters = any(c.isalpha() for c in plain)
        if letters or any(c.isdigit() for c in plain):
            for rule in (structured_spans, context_spans, phone_spans, address_spans):
                found += rule(plain)
            if not plain.isascii():
                found += chinese_name_spans(plain)
            found += english_name_spans(plain)
        masks = _masked(plain)
        kept = [s for s in without_overlaps(found) if not any(s.start < m.end and m.start < s.end for m in masks)]
        return without_overlaps(normal.back(s) for s in kept)

    def all(self, texts: pd.Series) -> pd.Series:
        """Return texts with their personal details masked; what is no text stays missing.

        Examples
        --------
        >>> Masker().all(pd.Series(["call 13812345678", None])).tolist()
        ['call [phone]', None]
        """
        places, distinct = pd.factorize(texts, use_na_sentinel=True)
        masked = [self(t) if isinstance(t, str) else t for t in distinct]
        return pd.Series(
            [None if p < 0 else masked[p] for p in places], index=texts.index, dtype=object, name=texts.name
        )


@overload
def mask_personal(text: str, known: KnownValues | None = None) -> str: ...


@overload
def mask_personal(text: pd.Series, known: KnownValues | None = None) -> pd.Series: ...


def mask_personal(text: str | pd.Series, known: KnownValues | None = None) -> str | pd.Series:
    """Replace what could identify a person by what it is.

    Parameters
    ----------
    text
        A text, or a Series of them.
    known
        Values of the wave's own tables that its texts hold (`known_values`); without them only form and context tell.

    Returns
    -------
    str or Series
        The text with masks (`MASKS`) in the place of e-mail addresses, links, telephone, identity, bank, passport,
        order and member numbers, plates, accounts, dates of birth, addresses and names; every other character stays.

    Notes
    -----
    A text is read in one spelling (`normalise`) and changed as it was written. Masking what is masked changes nothing.
    How much is found and how much of what is masked is personal stands in ``docs/privacy_masking.md``; some names are
    missed, so a person reads quotes before they are published.

    Examples
    --------
    >>> mask_personal("Call me on 138 1234 5678, says Mr Smith")
    'Call me on [phone], says Mr [name]'
    >>> mask_personal("我叫王小明,电话一三八一二三四五六七八,住在人民路88号3单元")
    '我叫[name],电话[phone],住在[address]'
    """
    masker = Masker(known or KnownValues())
    return masker.all(text) if isinstance(text, pd.Series) else masker(text)


def _replaced(text: str, spans: list[Span]) -> str:
    parts, done = [], 0
    for span in spans:
        parts += [text[done : span.start], MASKS[span.kind]]
        done = span.end
    return "".join([*parts, text[done:]])


def _masked(text: str) -> list[Span]:
    found = []
    for mask in MASKS.values():
        place = text.find(mask)
        while place >= 0:
            found.append(Span(place, place + len(mask), "known"))
            place = text.find(mask, place + 1)
    return found

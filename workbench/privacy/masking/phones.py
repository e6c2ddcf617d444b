"""Telephone numbers: as `phonenumbers` knows those of a country, by their groups, or by the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from workbench.privacy.masking.spans import Span

# where a number without a country code may be from
REGIONS = ("CN", "US", "GB", "HK", "TW", "SG", "MO", "JP", "KR", "AU", "DE", "FR", "ES", "IT", "NL", "IN")
MOST_GROUPS, LEAST = 6, 8
_CANDIDATE = re.compile(
    r"(?<![A-Za-z\d.$¥€£#+_])(?:\(?\+ ?|00)?(?:\(\d{1,5}\)|\d)(?:[ .\-/‐-―()]{0,3}\d){6,16}"
    r"(?:\s?(?:转|分机|ext\.?|extension|x|#)\s?\d{1,6})?(?![\d%‰])",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(?:电话|手机|座机|联系方式|联系号码|联系我|号码|致电|拨打|打给|回电|来电|打我|打这个|短信|传真|热线|"
    r"tel\b|telephone|"
    r"phone|mobile|cell|call|ring|text|dial|fax|reach|contact|whatsapp|number|sms|landline)[^\d\n]{0,24}$",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:电话|座机|手机号?|联系方式|致电|拨打|tel|telephone|phone|mobile|cell)(?:号码?| ?number| ?no\.?)?"
    r"[是为:: ,]{0,3}(?:is |at |on )?(\d{3,4}[ \-]?\d{4}(?:[ \-]?\d)?)(?!\d)",
    re.IGNORECASE,
)
_CN_MOBILE = re.compile(r"(?:\+?0{0,2}86)?(1[3-9]\d{9})")
_CN_LANDLINE = re.compile(r"(?:0086|86)?0?(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_GROUPS = re.compile(
    r"\(\d{3}\) ?\d{3}[ .\-]\d{4}|1?[ .\-]?\d{3}[.\-]\d{3}[.\-]\d{4}|\d{3} \d{3} \d{4}|0\d{2,4}[ "
    r"\-]\d{3,4}[ \-]\d{3,4}|"
    r"07\d{3} ?\d{6}|0\d{1,4}-\d{6,8}|\d{3}-\d{4}-\d{4}"
)
_DATE = re.compile(
    r"\d{2}[./]\d{1,2}[./]\d{1,2}(?!\d)(?:-\d{1,2})?$|(?:19|20)\d\d([.\-/ ])\d{1,2}\1\d{1,2}|"
    r"\d{1,2}([.\-/ ])\d{1,2}\2(?:19|20)\d\d"
)
_RANGE = re.compile(r"(?:19|20)\d\d ?[\-‐-―/] ?(?:19|20)\d\d|\d{3,5} ?[\-‐-―/] ?\d{3,5}")
_COMPANY = re.compile(r"(?:400|800)[ \-]?\d|95\d{3}(?:\d{3})?$|1?[ .\-]?\(?8(?:00|33|44|55|66|77|88)\)?[ .\-]")
_UNIT = re.compile(
    r"\s?(?:元|块|万|亿|米|公里|平|克|毫升|卡|年|月|股|度|miles?\b|km\b|kg\b|dollars?\b|usd\b|rmb\b|points\b)",
    re.IGNORECASE,
)
_PUBLIC_TYPES = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
)


def phone_spans(text: str) -> Iterator[Span]:
    """Find telephone numbers.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        Numbers with their extension. Numbers everybody is meant to call (400, 800, 95…) are none.

    Notes
    -----
    A number counts if it has a country code and a possible length; if it is a mobile or fixed line of China, assigned
    or not; if it stands in the groups of a telephone number; or if words before it say that it is one and its length is
    possible in one of `REGIONS`. Dates, ranges, amounts and measures are left alone.

    Examples
    --------
    >>> [s.kind for s in phone_spans("call me on +44 7700 900123, room 1208, 2019-05-01")]
    ['phone']
    """
    for found in _CANDIDATE.finditer(text):
        # a price or a room may stand beside a number: 13812345678 100
        first = next((part for part in _parts(found) if _is_phone(text, *part)), None)
        if first is not None:
            yield Span(*first, "phone")
    for found in _SHORT.finditer(text):
        if not _UNIT.match(text, found.end()):
            yield Span(found.start(1), found.end(1), "phone")


def _parts(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Return the whole number, then what is left without the groups behind it or before it, the longest first."""
    gaps = [m.start() + found.start() for m in re.finditer(" ", found[0])][:MOST_GROUPS]
    yield found.span()
    starts, ends = [found.start(), *(g + 1 for g in gaps)], [found.end(), *gaps]
    for start, end in sorted(((s, e) for s in starts for e in ends), key=lambda p: p[0] - p[1]):
        if LEAST <= end - start < found.end() - found.start():
            yield start, end


def _is_phone(text: str, start: int, end: int) -> bool:
    number = text[start:end]
    main = re.split(r"\s?(?:转|分机|ext|x|#)", number, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = re.sub(r"\D", "", main)
    foreign = main.lstrip("( ").startswith(("+", "00"))
    said = bool(_SAID.search(text, max(0, start - 40), start))
    if _DATE.match(main) or (_RANGE.fullmatch(main) and not said) or _COMPANY.match(main) or _UNIT.match(text, end):
        return False
    if foreign:
        return _possible(
            "+" + digits.removeprefix("00") if not main.lstrip("( ").startswith("+") else "+" + digits, None
        )
    if _CN_MOBILE.fullmatch(digits) or (_CN_LANDLINE.fullmatch(digits) and digits.lstrip("86").startswith("0")):
        return True
    if _GROUPS.fullmatch(main.strip()) and not _only_years(main):
        return True
    if said and 7 <= len(digits) <= 13:
        return True
    # digits in one row are a telephone number only where a country has that very number, and only with a trunk zero
    return digits.startswith("0") and any(_assigned(digits, region) for region in REGIONS)


def _possible(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed) and phonenumbers.number_type(parsed) not in _PUBLIC_TYPES


def _assigned(number: str, region: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in _PUBLIC_TYPES


def _only_years(text: str) -> bool:
    return all(re.fullmatch(r"(?:19|20)\d\d", part) for part in re.split(r"\D+", text.strip()) if part)

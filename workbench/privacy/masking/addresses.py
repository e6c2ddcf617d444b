"""Postal addresses, Chinese and English: a number beside a street, a building beside a unit, a box, a postcode."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.masking.lists import word_list
from workbench.privacy.masking.spans import Span

_NUM = r"(?:\d{1,5}[A-Za-z]?|[一二三四五六七八九十百零〇两]{1,5}|[A-Za-z]\d{0,4}|[甲乙丙丁])"
# characters a place's name does not have: it begins behind them
_NO_PLACE = frozenset("的了在是去从到于离和与住至往跟、看见找走过着有就也都给把被对这那我你他她它很不吃家址寄送")
_LONGEST = 24
_STREET = re.compile(
    r"(?:大街|大道|公路|胡同|路|街|巷|道|村|屯)(?:[东西南北中]?(?:段|里|支路|[一二三四五六七八九十]路)?)$"
)
_ESTATE_NAMES = "小区|花园|家园|公寓|新村|社区|苑|山庄|庄园|大厦|广场|名邸|华庭|公馆|府|城|家属院|大院|新城|湾|园|里"
_ESTATE = re.compile(rf"(?:{_ESTATE_NAMES})$")
_PART = r"(?:号院|号楼(?!房)|栋楼?(?!房)|幢(?!房)|座|单元|门|楼(?!房)|层|室|户|(?<=\d\d)房(?![间子型屋])|号|弄)"
_PARTS = rf"(?:[,, ·\-]?{_NUM}(?:-{_NUM})*{_PART}){{1,5}}"
_ROOM = r"(?:[,, \-]?(?:\d{3,4}[A-Za-z]?|[一二三四五六七八九十百零〇两]{3,4})(?![\d元块米天晚年个人次%点]))?"
_DOOR = re.compile(rf"{_NUM}(?:-{_NUM})*{_PART}(?:(?:[\u4e00-\u9fff]{{1,8}}?(?:{_ESTATE_NAMES}))?{_PARTS})?{_ROOM}")
_IS_DOOR = re.compile(r"[栋幢座号室户弄]|单元")
_ZH_UNIT = re.compile(
    rf"(?<![\dA-Za-z]){_NUM}(?:号楼|栋楼?|幢|座)[,, ]?(?:{_NUM}(?:单元|门|层|楼)[,, ]?)?(?:\d{{2,4}}|"
    rf"[一二三四五六七八九十百零〇两]{{2,5}})(?:室|号(?!楼)|户|房(?![间子型屋])|(?<=\d\d\d)(?!\d))|"
    rf"{_NUM}单元[,, ]?(?:{_NUM}(?:层|楼))?[,, ]?\d{{3,4}}(?:室|号|户|房)?|"
    rf"{_NUM}单元[一二三四五六七八九十百零〇两]{{1,5}}(?:室|号|户)?|"
    rf"(?<![\dA-Za-z])\d{{1,3}}(?:号楼|栋|幢)\d{{1,2}}单元|(?<![\d.-])\d{{1,3}}-\d{{1,2}}-\d{{3,4}}(?:室|"
    rf"号|户)?(?![\d-])"
)
_ZH_SAID = re.compile(
    r"(?:家住|我家住?在?|家在|住址|家庭地址|收货地址|收件地址|送货地址|寄送地址)[是为在:: ]{0,3}"
    r"(?P<place>[\u4e00-\u9fffA-Za-z0-9]{2,24}?"
    rf"(?:小区|花园|家园|公寓|新村|社区|苑|山庄|家属院|大院|路|街|巷|弄|村|镇|胡同)(?:{_PARTS})?{_ROOM})"
)
_ZH_TOLD = re.compile(r"(?:地址|住址)[是为:: ]{1,3}(?P<place>[^,。,!?!?;;\n]{5,40})")
_ZH_BOX = re.compile(r"(?:邮政)?(?:专用)?信箱[ :]?(?:第)?\d{1,6}(?:号|分箱)?|\d{1,6}号?(?:邮政)?信箱(?:\d+分?箱?)?")
_STREET_EN = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Terrace|"
    r"Ter|Close|Crescent|"
    r"Cres|Square|Sq|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Gardens|Gdns|Mews|Row|Hill|Grove|Park|Quay|Walk|"
    r"Broadway|Trail|"
    r"Trl|Loop|Alley|Plaza|Esplanade|Promenade|Rise|View|Vale|Green|Heights)"
)
_WORD_EN = r"(?:[A-Z][\w'’-]*\.?|\d{1,3}(?:st|nd|rd|th)|of|the|de|la)"
_UNIT_EN = r"(?:(?:Apt|Apartment|Flat|Unit|Suite|Ste|Room|Rm|Floor|Fl|#)\.? ?#?[A-Z]?\d{0,5}[A-Z]?)"
_UK_AREAS = word_list("uk_areas")
_UK = rf"(?:{'|'.join(sorted(_UK_AREAS, key=len, reverse=True))})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}"
_CANADA = r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d"
_STATES = word_list("states")
_ZIP = rf"(?:{'|'.join(_STATES)}),? \d{{4,5}}(?:-\d{{4}})?"
_TAIL_EN = rf"(?:,? {_UNIT_EN}(?![a-z]))?(?:, ?(?:[A-Z][\w'’.-]+ ?){{1,3}})?(?:,? ?(?:{_ZIP}|{_UK}|{_CANADA}))?"
_EN_STREET = re.compile(
    rf"(?<![\w$£€.:/])(?:{_UNIT_EN},? )?\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?,? (?:{_WORD_EN} "
    rf"){{1,4}}?{_STREET_EN}\b(?!-)\.?(?: [NSEW]{{1,2}}\b)?{_TAIL_EN}"
)
_EN_LOWER = re.compile(
    r"(?<![\w$£€.:/])\d{1,5}[a-z]? (?P<words>(?:[a-z'’]{3,15} ){1,2})(?:street|st|road|rd|avenue|"
    r"ave|lane|ln|boulevard|blvd|drive|crescent)\b\.?(?!,? (?:from|away))",
)
_NOT_STREETS = word_list("not_streets")
_EN_SAID = re.compile(
    rf"(?i:\b(?:i|we|they) live (?:at|on|in)|\bmy (?:home |new )?address(?: is|:)|\bdeliver(?:ed)? to|"
    rf"\bresid(?:e|ing) at|\bship(?:ped)? to|\baddress:) ?"
    rf"(?P<place>(?:{_UNIT_EN},? )?(?:\d{{1,5}}[A-Za-z]?,? )?(?:(?:[A-Z][\w'’-]*|\d{{1,3}}(?:st|nd|rd|"
    rf"th)),? ?){{2,7}}(?:(?:{_ZIP}|{_UK}|\d{{5}}))?)"
)
_EN_UNIT = re.compile(
    rf"\b(?:Apt|Apartment|Flat|Unit|Suite)\.? ?#?\d{{1,4}}[A-Z]?,? (?:\d{{1,4}} )?(?:[A-Z][\w'’-]+ "
    rf"){{0,3}}[A-Z][\w'’-]+(?:,? (?:{_ZIP}|{_UK}))?"
)
_EN_CODE = re.compile(rf"(?<![\w-])(?:{_UK}|{_CANADA}|(?:[A-Z][a-z]+,? )?{_ZIP})(?![\w-])")
_BOX = re.compile(r"\b(?:P\.? ?O\.? ?|post(?:al)? (?:office )?)box(?: (?:no\.?|number))? ?#?\d{1,6}\b", re.IGNORECASE)
_EUROPE = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|gasse|weg|platz|allee)\.? \d{1,4}[a-z]?(?:,? \d{4,5} [A-ZÄÖÜ]\w+)?|"
    r"\b\d{1,4}(?: bis)?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Cc]hemin) (?:(?:de|du|des|"
    r"la|le|l'|d')[ ']?){0,2}[A-ZÉÀ][\w'éèêàç-]+(?: [A-ZÉ][\w-]+)?(?:,? \d{5} [A-Z]\w+)?|"
    r"\b(?:[Cc]alle|[Vv]ia|[Pp]iazza|[Vv]iale|[Aa]venida|[Rr]ua) (?:(?:de|del|della|la|las|los|do|da)[ "
    r"]){0,2}[A-Z][\w']+(?: [A-Z][\w']+)?,? \d{1,4}"
)


def address_spans(text: str) -> Iterator[Span]:
    """Find postal addresses.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        Addresses that lead to a door, a box or a postcode; a street, a district or a floor alone leads to nobody.

    Notes
    -----
    Without a house number a place counts only after words that say somebody lives there (家住, "I live at").

    Examples
    --------
    >>> text = "住在人民路88号3单元,离火车站5分钟"
    >>> sorted({text[s.start : s.end] for s in address_spans(text)})
    ['人民路88号3单元']
    >>> text = "I live at 42 Old Mill Road, 5 minutes down the road"
    >>> sorted({text[s.start : s.end] for s in address_spans(text)})
    ['42 Old Mill Road']
    """
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        yield from _chinese(text)
    if any("a" <= c <= "z" for c in text.lower()):
        yield from _western(text)


def _chinese(text: str) -> Iterator[Span]:
    for found in _DOOR.finditer(text):
        start = _begin(text, found.start())
        place = text[start : found.start()].rstrip()
        # a floor of a building is no door
        if len(place) > 1 and _IS_DOOR.search(found[0]) and (_STREET.search(place) or _ESTATE.search(place)):
            yield Span(start, found.end(), "address")
    for pattern in (_ZH_UNIT, _ZH_BOX):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "address")
    for found in _ZH_SAID.finditer(text):
        if not set(found["place"]) & _NO_PLACE:
            yield Span(found.start("place"), found.end("place"), "address")
    for found in _ZH_TOLD.finditer(text):
        if re.search(r"[\d一二三四五六七八九十][^,]*[号室栋幢楼]|[路街巷弄村]", found["place"]):
            yield Span(found.start("place"), found.end("place"), "address")


def _begin(text: str, end: int) -> int:
    """Return where the place before a house number begins: what is read back is short, so time is linear."""
    start = end - 1 if text[end - 1 : end] == " " else end
    while start > max(0, end - _LONGEST):
        letter = text[start - 1]
        if letter in _NO_PLACE or not ("\u4e00" <= letter <= "\u9fff" or letter.isalnum()):
            break
        start -= 1
    return start


def _western(text: str) -> Iterator[Span]:
    for found in _EN_STREET.finditer(text):
        if set(re.findall(r"[a-z]+", found[0].lower())) & _NOT_STREETS:
            continue
        yield Span(found.start(), found.start() + len(found[0].rstrip(" ,")), "address")
    for found in _EN_LOWER.finditer(text):
        if not set(found["words"].split()) & _NOT_STREETS:
            yield Span(found.start(), found.end(), "address")
    for found in _EN_SAID.finditer(text):
        place = found["place"].rstrip(" ,")
        if any(c.isdigit() for c in place):
            yield Span(found.start("place"), found.start("place") + len(place), "address")
    for pattern in (_EN_UNIT, _EN_CODE, _BOX, _EUROPE):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "address")

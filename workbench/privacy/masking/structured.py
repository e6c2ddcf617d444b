"""Details with a form of their own: e-mail, links, network addresses, identity and bank numbers, plates, passports."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from workbench.privacy.masking import checksums
from workbench.privacy.masking.spans import Span

_TLD = (
    r"(?:com|cn|net|org|edu|gov|info|biz|io|me|co|app|dev|top|xyz|vip|cc|tv|hk|tw|mo|sg|jp|kr|uk|us|eu|de|fr|es|it|nl|"
    r"ch|at|se|no|dk|fi|pl|pt|ie|ru|in|au|nz|ca|br|mx|za|my|th|ph|id|vn|test|example|invalid)"
)
_PROVIDERS = (
    r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|gmx|web|mail|proton|protonmail|qq|foxmail|"
    r"vip\.qq|163|126|139|189|188|yeah|sina|sohu|21cn|aliyun|tom|naver|hanmail|yandex)"
)
_EMAIL = re.compile(r"[A-Za-z0-9_](?:[\w.+'-]{0,63})\s?@\s?(?:[A-Za-z0-9-]{1,63}\s?\.\s?){1,4}[A-Za-z]{2,24}", re.ASCII)
# "at" and "dot" in words, where what follows can only be a mail address
_EMAIL_WORDS = re.compile(
    rf"(?<![\w@])[A-Za-z0-9][\w.+-]{{0,40}}(?:(?: dot |[. ]?(?:underscore) ?|\s?_\s?| dash | hyphen "
    rf")[A-Za-z0-9][\w+-]{{0,30}}){{0,3}}"
    rf" ?(?:\bat\b|@|#|\(a\)|\*at\*|_at_) ?"
    rf"(?P<domain>[A-Za-z0-9-]{{1,40}}(?: ?(?:\.|\bdot\b|\bpoint\b) ?[A-Za-z0-9-]{{2,40}}){{0,3}} "
    rf"?(?P<dot>\.|\bdot\b|\bpoint\b) ?{_TLD})(?![\w@])",
    re.IGNORECASE | re.ASCII,
)
_EMAIL_SAID = re.compile(r"e-?mail|mail|contact|write|reach|reply|send|邮箱|邮件|联系|邮", re.IGNORECASE)
_PROVIDER = re.compile(rf"^{_PROVIDERS}(?: ?(?:\.|dot)|$)", re.IGNORECASE)
_EMAIL_BARE = re.compile(
    rf"(?<![\w@.])[A-Za-z0-9][\w.+-]{{2,40}}\s?@\s?{_PROVIDERS}(?![\w])|"
    rf"(?<=邮箱)[号是为::\s]{{0,4}}[A-Za-z0-9][\w.+-]{{3,40}}(?:@[\w.-]+)?",
    re.IGNORECASE | re.ASCII,
)
_LINK = re.compile(
    r"(?:https?|ftp)://[^\s一-鿿,。!?;)\]》\"'<>]+|"
    rf"(?<![\w@.])(?:www\.)?(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}{_TLD}(?P<path>/[^\s一-鿿,。!?;)\]》\"'<>]*)?(?![\w@])",
    re.IGNORECASE | re.ASCII,
)
# home pages that everybody knows name nobody
_PUBLIC = re.compile(
    r"^(?:https?://)?(?:www\.)?[\w-]*\.?(?:ctrip|elong|qunar|booking|agoda|expedia|tripadvisor|hotels|"
    r"airbnb|trip|google|"
    r"baidu|bing|yahoo|dianping|meituan|taobao|tmall|jd|amazon|ebay|facebook|twitter|instagram|youtube|wikipedia|"
    r"weibo|163|126|sina|sohu|qq|mangocity|17u|mafengwo|trivago|kayak|skyscanner|airlinequality|seatguru|flyertalk)"
    r"\.(?:com|net|org|cn|co)(?:\.\w\w)?/?$",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_VERSION = re.compile(r"(?:version|ver|v|build|版本号?)[ .:]*$", re.IGNORECASE)
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])")
_LONG = re.compile(r"(?<![\dA-Za-z])\d(?:[ \-.·]?\d){12,18}(?:[ -]?[Xx](?![A-Za-z]))?(?!\d)")
_PARTLY = re.compile(r"(?<![\d*])\d{3,14}[*xX]{2,12}\d{2,4}[Xx]?(?![\d*])")
_HK_ID = re.compile(r"(?<![A-Za-z\d])([A-Z]{1,2})(\d{6}) ?\(?([\dA])\)?(?![\dA-Za-z])", re.IGNORECASE)
_TW_ID = re.compile(r"(?<![A-Za-z\d])[A-Z][12]\d{8}(?!\d)", re.IGNORECASE)
_MACAU_ID = re.compile(r"(?<!\d)[157]\d{6} ?\(\d\)(?!\d)")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\d-])")
_NINO = re.compile(
    r"(?<![A-Za-z\d])[A-CEGHJ-TW-Z][A-CEGHJ-NP-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z\d])",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"(?<![A-Za-z\d])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z\d])", re.IGNORECASE
)
_CODES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_CODES}] ?[A-Za-z][ ·•.\-]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}|"
    rf"[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳领使])(?![A-Za-z0-9])"
)
_PASSPORT = re.compile(r"(?<![A-Za-z\d])(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|[DSP]E?\d{7}|[HMCW]\d{8,10})(?![A-Za-z\d])")
# letters and digits mixed, longer than any model or room: an invitation, a voucher, a key
_CODE = re.compile(
    r"(?<![\w@.])(?:(?=[A-Za-z0-9]*\d[A-Za-z]+\d)(?=(?:\d*[A-Za-z]){3})[A-Za-z0-9]{12,64}|"
    r"(?=[A-Za-z\-]*\d)(?=[\d\-]*[A-Za-z])[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){2,7})(?![\w@])",
    re.ASCII,
)
_DIGIT = re.compile(r"\d")


def structured_spans(text: str) -> Iterator[Span]:
    """Find e-mail addresses, links, network addresses, identity, bank and passport numbers, and number plates.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        What was found; spans may overlap.

    Notes
    -----
    Numbers with a check digit are believed only with the right one (`checksums`), or where they lie in the groups that
    such numbers are written in. A home page that everybody knows (www.ctrip.com) is no personal detail.

    Examples
    --------
    >>> text = "写信到li@example.com,车牌京A·12345"
    >>> sorted({(s.kind, text[s.start : s.end]) for s in structured_spans(text)})
    [('email', 'li@example.com'), ('plate', '京A·12345')]
    """
    yield from _mail(text)
    if "." in text:
        for found in _LINK.finditer(text):
            known = _PUBLIC.match(found[0])
            named = "://" in found[0] or found["path"] or found[0].lower().startswith("www.")
            if named and not known:
                yield Span(found.start(), found.end(), "link")
    if _DIGIT.search(text):
        yield from _numbers(text)


def _mail(text: str) -> Iterator[Span]:
    lower = text.lower()
    if "@" in text:
        for found in _EMAIL.finditer(text):
            yield Span(found.start(), found.end(), "email")
    if "@" in text or "邮箱" in text:
        for found in _EMAIL_BARE.finditer(text):
            start = found.start() + len(found[0]) - len(re.sub(r"^[号是为: ]+", "", found[0]))
            yield Span(start, found.end(), "email")
    if "at" not in lower and "@" not in text and "#" not in text and "(a)" not in lower:
        return
    for found in _EMAIL_WORDS.finditer(text):
        spelled = found["dot"].lower() != "." or not found[0].lower().partition(" at ")[2]
        before = text[max(0, found.start() - 30) : found.start()]
        local = found[0].split()[0].split("#")[0]
        # "look at amazon.com" is a place to look at; an address has a mailbox before it
        if spelled or _PROVIDER.match(found["domain"]) or _EMAIL_SAID.search(before) or re.search(r"[\d._]", local):
            yield Span(found.start(), found.end(), "email")


def _numbers(text: str) -> Iterator[Span]:
    for found in _IPV4.finditer(text):
        version = _VERSION.search(text, max(0, found.start() - 14), found.start())
        if all(int(part) <= 255 for part in found[0].split(".")) and not version:
            yield Span(found.start(), found.end(), "ip")
    if ":" in text or "-" in text:
        for found in _MAC.finditer(text):
            yield Span(found.start(), found.end(), "ip")
        for found in _IPV6.finditer(text):
            if found[0].count(":") > 2 and _is_ipv6(found[0]):
                yield Span(found.start(), found.end(), "ip")
    yield from _long_numbers(text)
    for pattern, kind in (
        (_PARTLY, "number"),
        (_MACAU_ID, "id"),
        (_SSN, "id"),
        (_NINO, "id"),
        (_PASSPORT, "passport"),
        (_CODE, "number"),
    ):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), kind)
    for found in _HK_ID.finditer(text):
        if "(" in found[0] or checksums.hong_kong_id(*found.groups()):
            yield Span(found.start(), found.end(), "id")
    for found in _TW_ID.finditer(text):
        if checksums.taiwan_id(found[0]):
            yield Span(found.start(), found.end(), "id")
    for found in _IBAN.finditer(text):
        # letters that follow are not part of it: try it shorter
        for end in range(found.end(), found.start() + 14, -1):
            if checksums.iban(text[found.start() : end].replace(" ", "").upper()):
                yield Span(found.start(), end, "card")
                break
    for found in _PLATE.finditer(text):
        digits = sum(c.isdigit() for c in found[0])
        # 新iPhone12 is no plate: small letters need more digits beside them
        if digits >= (2 if found[0].upper() == found[0] else 3):
            yield Span(found.start(), found.end(), "plate")


def _long_numbers(text: str) -> Iterator[Span]:
    for found in _LONG.finditer(text):
        digits = re.sub(r"[^\dXx]", "", found[0])
        grouped = re.fullmatch(r"\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?", found[0])
        if checksums.resident_id(digits) or checksums.like_resident_id(digits):
            yield Span(found.start(), found.end(), "id")
        elif (checksums.luhn(digits) and len(digits) >= 13 and digits[0] in "3456") or (grouped and len(digits) >= 15):
            yield Span(found.start(), found.end(), "card")
        elif len(digits) >= 15 and not re.fullmatch(r"(?:19|20)\d{6}\D?(?:19|20)\d{6}", found[0]):
            yield Span(found.start(), found.end(), "number")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True

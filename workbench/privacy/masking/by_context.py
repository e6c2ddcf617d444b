"""Details that only the words beside them tell: accounts, order and member numbers, dates of birth, postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.masking.lists import word_list
from workbench.privacy.masking.spans import Span

_LINK_ZH = r"(?:号码?|编号|账号|帐号|账户|ID|id|Id|名|昵称)?(?:就|也)?[是为叫:: #\-—\"“「]{0,4}"
_LINK_EN = (
    r"(?: ?(?:id|no\.?|number|num|account|handle|name|username|user|code|ref(?:erence)?|#))?(?: ?(?:is|"
    r"was|are|[::=#\-]|@))?[ :#\"']{0,3}"
)
_TOKEN = r"[A-Za-z0-9][A-Za-z0-9_.\-]{3,31}"
_MESSENGER = re.compile(
    rf"(?:微\s?信|薇信|威信|V信|v信|微❤|扣扣|企鹅|[QqＱ]{{2}}|(?<![A-Za-z])(?:wechat|weixin|wx|"
    rf"vx)(?![A-Za-z])|[加十+]\s?[vV](?![a-zA-Z]{{2}})|支付宝|旺旺|抖音|小红书|微博|陌陌|钉钉|飞书|快手|"
    rf"(?<![A-Za-z])(?:whats ?app|telegram|tg|skype|kakao(?:talk)?|viber|snapchat|snap|signal|instagram|"
    rf"insta|ig|facebook|fb|"
    rf"twitter|tiktok|discord|linkedin|messenger|paypal|venmo|line)(?![A-Za-z]))"
    rf"(?P<link>(?:群|我)?{_LINK_ZH}{_LINK_EN})(?P<token>@?{_TOKEN})",
    re.IGNORECASE,
)
# "WeChat payment", "facebook account", "LINE up": what follows is no name of anybody
_NO_NAME = word_list("no_name")
_HANDLE = re.compile(r"(?<![\w.@/])@(?P<name>[A-Za-z_][\w.]{2,29}|[一-鿿]{2,4}(?=[\s,。!,.!?]|$))")
_HANDLE_SAID = re.compile(
    r"(?:ig|insta\w*|twitter|tiktok|tag|follow|handle|"
    r"dm|微博|telegram|tg|find me|contact)\W{0,12}$",
    re.IGNORECASE,
)
_NUMBER_ZH = re.compile(
    r"(?:订单|运单|快递单|物流单|会员卡?|贵宾卡?|积分卡|工单|护照|通行证|身份证|社保卡?|医保卡?|驾驶证|"
    r"驾照|军官证|台胞证|银行卡|信用卡|储蓄卡|借记卡|QQ|"
    r"(?P<noun>流水|客户|顾客|用户|工作?牌?|员工|学|取件|验证|预订|预定|确认|票|机票|发票|合同|保单|病历|"
    r"就诊卡?|案件|投诉|受理|退款|退货|单|卡|账|帐|"
    r"房产证|公积金|签证|车架|设备|序列|IMEI|存折|券|兑换|邀请|参考|编|档案|车牌))"
    r"(?P<word>号码?|编号|码|单号|代码|ID|id|尾号|后四位)?(?P<link>[是为:: "
    r"#\-(]{0,4})(?P<token>[A-Za-z]{0,6}[\-]?\d[A-Za-z0-9\-]{2,29}(?: \d{3,6}){0,6})"
)
_TAIL_ZH = re.compile(r"(?:尾号|末四位|后四位|末尾)[是为:: ]{0,3}(\d{3,6})(?!\d)")
_NUMBER_EN = re.compile(
    r"(?<![A-Za-z])(?:orders?|booking|reservation|confirmation|ticket|case|incident|complaint|reference|"
    r"ref|invoice|policy|"
    r"member(?:ship)?|account|acct|customer|client|loyalty|rewards?|frequent fl[iy]er|mileage|tracking|parcel|shipment|"
    r"employee|staff|badge|contract|passport|licen[cs]e|driver'?s licen[cs]e|driving licen[cs]e|id|ID card|national id|"
    r"social security|ssn|sin|tax|vat|medical record|patient|pnr|record locator|card|credit card|debit "
    r"card|bank|sort code|"
    r"routing|serial|imei|vin|voucher|gift card|pin|student|user|docket|rma|return|claim|file|plate|"
    r"number plate|licen[cs]e plate|"
    r"registration|reg)"
    r"(?P<word> ?(?:card|account))?(?P<label>(?: ?(?:number|num\b|no\b\.?|nr\b\.?|id\b|code\b|"
    r"ref(?:erence)?\b|locator\b|#))*)"
    r"(?P<link> ?(?:is|was|of|[::=#(\-])? ?)(?P<token>#?[A-Z0-9](?:[A-Z0-9\-/]|(?<=\d) (?=\d)){2,33})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CODE_UPPER = re.compile(
    r"(?i:booking|reservation|confirmation|pnr|record locator|locator|ref(?:erence)?)(?P<label>(?i: "
    r"(?:ref(?:erence)?|code|number|no\.?|locator)))?"
    r"(?i:\s?(?:is|was|:|#))?\s(?P<token>[A-Z]{6}|[A-Z0-9]{5,8})(?![A-Za-z0-9])"
)
_PLATE_EN = re.compile(
    r"(?:number plate|licen[cs]e plate|licen[cs]e tag|plates?|registration|reg)(?: number| no\.?| "
    r"plate)?(?: is| was|:|,)? (?P<token>[A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,5})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PLATE_UK = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2} ?[A-Z]{3}(?![A-Za-z0-9])")
_VEHICLE = re.compile(r"\b(?:car|van|vehicle|plate|parked|parking|driver|taxi|motor|bike|truck|lorry)", re.IGNORECASE)
_TAIL_EN = re.compile(
    r"(?:ending(?: in| with)?|last (?:four|"
    r"4)(?: digits)?(?: are| is|:)?) "
    r"(\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\s?(?:元|块|万|%|个|份|次|天|晚|间|年|月|点|小时|分钟|米|人|dollars?|usd|rmb|points|miles|people|"
    r"items?|hours?|minutes?|days?|nights?|times|pm|am)",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DAY = (
    r"\d{1,2}[./\-]\d{1,2}[./\-](?:19|20)\d{2}|(?:(?:19|20)\d{2}|"
    r"\d{2})\s?[年./\-]\s?\d{1,2}(?:\s?[月./\-]\s?\d{1,2}[日号]?|月)?|\d{1,2}月\d{1,2}[日号]?|"
    r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},?(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,?(?: "
    rf"?\d{{4}})?|(?:19|20)\d{{6}}|(?:19[3-9]\d|200\d)(?=年)"
)
_BIRTH = re.compile(
    rf"(?:出生日期|出生年月|出生于|出生在|生日|生于|born(?: on| in)?|birth ?day|birth ?date|date of birth|"
    rf"d\.?o\.?b\.?)[^\d\n。.!?]{{0,12}}?(?P<day>{_DAY})",
    re.IGNORECASE,
)
_BORN_AFTER = re.compile(rf"(?P<day>{_DAY})\s?(?:出生|生人|生的|is my birthday)", re.IGNORECASE)
_POSTCODE = re.compile(
    r"(?:邮编|邮政编码|邮递区号|zip(?: ?code)?|post(?:al)? ?code)[是为:: ]{0,3}(?:is "
    r")?(\d{5,6}(?:-\d{4})?)(?!\d)",
    re.IGNORECASE,
)


def context_spans(text: str) -> Iterator[Span]:
    """Find accounts of messengers, handles, numbers of orders and members, dates of birth and postcodes.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        The detail alone: the words that told of it stay.

    Notes
    -----
    A number needs a digit and, without a word such as 号 or "number", five characters; one before a unit or a currency
    is a quantity.

    Examples
    --------
    >>> text = "订单号 20260501123,微信是li_wei88,生日1985年3月12日"
    >>> [(s.kind, text[s.start : s.end]) for s in context_spans(text)]
    [('account', 'li_wei88'), ('number', '20260501123'), ('birth', '1985年3月12日')]
    """
    yield from _accounts(text)
    if any(c.isdigit() for c in text):
        yield from _labelled(text)
        for pattern, kind in ((_BIRTH, "birth"), (_BORN_AFTER, "birth"), (_POSTCODE, "address")):
            for found in pattern.finditer(text):
                yield Span(
                    found.start("day" if kind == "birth" else 1), found.end("day" if kind == "birth" else 1), kind
                )
        for pattern in (_TAIL_ZH, _TAIL_EN):
            for found in pattern.finditer(text):
                yield Span(found.start(1), found.end(1), "number")
        for found in _PLATE_EN.finditer(text):
            if any(c.isdigit() for c in found["token"]) and any(c.isalpha() for c in found["token"]):
                yield Span(found.start("token"), found.end("token"), "plate")
        for found in _PLATE_UK.finditer(text):
            if _VEHICLE.search(text, max(0, found.start() - 60), found.end() + 60):
                yield Span(found.start(), found.end(), "plate")
    for found in _CODE_UPPER.finditer(text):
        # "confirmation EMAILS" is a word; letters alone need a word for a code before them
        if any(c.isdigit() for c in found["token"]) or found["label"]:
            yield Span(found.start("token"), found.end("token"), "number")


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    place = 0
    while (found := pattern.search(text, place)) is not None:
        yield found
        # "complaint case #99812": what the first word took for its number is the word that counts
        place = found.start() + 1


def _accounts(text: str) -> Iterator[Span]:
    for found in _MESSENGER.finditer(text):
        token = found["token"].rstrip(".-")
        name = token.lstrip("@").lower()
        link = found["link"].strip().lower()
        written = any(c.isdigit() or c in "_-" for c in token)
        if name in _NO_NAME or (not written and (not link or len(name) < 5 or name.split("'")[0] in _NO_NAME)):
            continue
        service = found[0][: found.start("link") - found.start()].lower()
        # everyday words that are services, too, need "id", a colon, or a sign that it is an account
        if service in ("line", "signal", "snap", "messenger", "tg") and not (link or "@" in token or "_" in token):
            continue
        if _MONEY.match(text, found.start("token") + len(token)) and name.isdigit():
            continue
        yield Span(found.start("token"), found.start("token") + len(token), "account")
    if "@" in text:
        for found in _HANDLE.finditer(text):
            name = found["name"]
            said = _HANDLE_SAID.search(text, max(0, found.start() - 30), found.start())
            # "@ Heathrow" and "@Heathrow" say where somebody was
            if said or not name.istitle() or any(c.isdigit() or c == "_" for c in name):
                yield Span(found.start(), found.start("name") + len(name.rstrip(".")), "account")


def _labelled(text: str) -> Iterator[Span]:
    for found in _NUMBER_ZH.finditer(text):
        token = found["token"]
        digits = sum(c.isdigit() for c in token)
        sure = bool(found["word"])
        if (
            digits >= (3 if sure else 5)
            and (sure or not found["noun"])
            and not _MONEY.match(text, found.end("token"))
            and not _a_day(token)
        ):
            yield Span(found.start("token"), found.end("token"), "number")
    for found in _overlapping(_NUMBER_EN, text):
        token = found["token"].strip()
        digits = sum(c.isdigit() for c in token)
        sure = bool(found["label"].strip()) or any(c in found["link"] for c in "::#=")
        if (
            digits >= (3 if sure else 5)
            and len(token) >= 4
            and not _MONEY.match(text, found.end("token"))
            and not _a_day(token)
        ):
            yield Span(found.start("token"), found.start("token") + len(token), "number")


def _a_day(token: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}|\d{1,2}[/-]\d{1,2}[/-](?:\d\d){1,2}|(?:19|20)\d\d", token))

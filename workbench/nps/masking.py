"""Masking what could identify somebody, before a comment is quoted."""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤"
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[email]"),
        (r"(?:https?://|www\.)\S+", "[link]"),
        (r"(?<!\d)\d{17}[\dXx](?!\d)", "[id]"),
        (r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)", "[card]"),
        (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)", "[phone]"),
        (r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)", "[phone]"),
        (r"(?<![\w+])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?)?\d{3}[ .-]\d{3,4}[ .-]?\d{0,4}(?!\w)", "[phone]"),
        (r"(?i)(?:微信|wechat|weixin|QQ)(?:号|id)?\s*[::]?\s*[A-Za-z0-9_-]{5,20}", "[account]"),
        (
            r"[\u4e00-\u9fff]{1,10}(?:路|街|大道|巷|弄|胡同)[\u4e00-\u9fff]{0,4}\d+(?:弄|号|栋|幢|座|单元|楼|室|-)*"
            r"(?:\d+(?:弄|号|栋|幢|座|单元|楼|层|室)*)*",
            "[address]",
        ),
        (r"\d+(?:栋|幢|号楼|单元)\d*(?:单元)?\d*(?:室|号)?", "[address]"),
        (
            r"\b\d{1,5} (?:[A-Z][\w']+ ){1,3}"
            r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct)\b\.?",
            "[address]",
        ),
        (r"(?<=我叫)[\u4e00-\u9fff]{2,3}", "[name]"),
        (r"(?<=名字叫)[\u4e00-\u9fff]{2,3}", "[name]"),
        (r"(?<=姓名[::])\s*[\u4e00-\u9fff]{2,4}", "[name]"),
        (rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?=先生|女士|小姐|经理|店长|师傅|医生|老师)", "[name]"),
        (rf"(?<=(?:店员|员工|客服|经理|店长|导购)叫)[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}", "[name]"),
        (r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? [A-Z][\w'-]+(?: [A-Z][\w'-]+)?", "[name]"),
        (r"(?<=[Mm]y name is )[A-Z][\w'-]+(?: [A-Z][\w'-]+)?", "[name]"),
        (r"(?<=\bnamed )[A-Z][\w'-]+(?: [A-Z][\w'-]+)?", "[name]"),
    )
)


def mask_personal(text: str) -> str:
    """Replace what could identify a person: e-mail, phone, id and card numbers, accounts, addresses and names.

    Names are found where the text marks them (a title, "my name is", 我叫, 先生); a bare name may slip through, so
    quotes are read before they are published.

    Examples
    --------
    >>> mask_personal("Call me on 138 1234 5678, says Mr Smith")
    'Call me on [phone], says [name]'
    >>> mask_personal("我叫王小明,电话13812345678,住在人民路88号3单元")
    '我叫[name],电话[phone],[address]'
    """
    for pattern, mask in _RULES:
        text = pattern.sub(mask, text)
    return text

"""Columns that name or reach a person, told by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

PERSONAL = re.compile(
    r"(first|last|full|sur|given|middle|family|nick|display|user)[ _]?name|^name$|[_ ]name$|^name[_ ]"
    r"|phone|mobile|^tel|e-?mail|address|passport|wechat|weixin|^ip([_ ]|a|$)|(^|[^a-z])ip$|latitude|longitude|birth"
    r"|姓名|电话|手机|邮箱|地址|微信|身份证|生日",
    re.IGNORECASE,
)
_IDENTIFYING = re.compile(
    r"(^|_)id$|^id_|_no$|number$|invitation|编号|^(id|uid|guid)$|会员号|客户号|工号|interviewer", re.IGNORECASE
)


def personal_columns(columns: Iterable[str]) -> list[str]:
    """Return the columns that name or reach a person: names, telephones, addresses, accounts, dates of birth.

    Examples
    --------
    >>> personal_columns(["customer_id", "first_name", "手机", "region", "ip_address"])
    ['first_name', '手机', 'ip_address']
    """
    return [c for c in columns if PERSONAL.search(c)]


def identifying_columns(columns: Iterable[str]) -> list[str]:
    """Return the columns whose values tell one person from all others: `personal_columns` and ids.

    Examples
    --------
    >>> identifying_columns(["customer_id", "first_name", "region", "invitation_id"])
    ['customer_id', 'first_name', 'invitation_id']
    """
    return [c for c in columns if PERSONAL.search(c) or _IDENTIFYING.search(c)]

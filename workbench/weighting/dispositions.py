"""AAPOR disposition codes, and the everyday words of call lists that mean them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from workbench.core.errors import InputError, nearest
from workbench.core.language import Message, message


@dataclass(frozen=True)
class Disposition:
    """An outcome group of the Standard Definitions and its place when several attempts disagree.

    Attributes
    ----------
    code
        Letters of AAPOR, Standard Definitions (10th edition, 2023), section "Outcome rates".
    label
        What the group is called.
    strength
        What is known about the customer: the strongest attempt decides, the latest among equally strong ones.
    """

    code: str
    label: Message
    strength: int


DISPOSITIONS: Final[Mapping[str, Disposition]] = {
    d.code: d
    for d in (
        Disposition("I", message("Complete interview"), 5),
        Disposition("P", message("Partial interview"), 4),
        Disposition("R", message("Refusal or break-off"), 3),
        Disposition("O", message("Other, eligible"), 3),
        Disposition("NE", message("Not eligible"), 3),
        Disposition("NC", message("Non-contact, eligible"), 2),
        Disposition("UH", message("Unknown whether a household or customer is there"), 1),
        Disposition("UO", message("Unknown eligibility, other"), 1),
    )
}

_BY_NUMBER: Final = (
    ("1.2", "P"),
    ("1", "I"),
    ("2.1", "R"),
    ("2.2", "NC"),
    ("2", "O"),
    ("3.1", "UH"),
    ("3", "UO"),
    ("4", "NE"),
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("; "))


WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "I": _words(
        "complete; completed; complete interview; full interview; interview; finished; success; "
        "successful; answered all; submitted; 完成; 成功; 访问成功; 完成访问; 完成问卷; 完整访问; "
        "已完成; 成功访问; 已提交; 有效问卷"
    ),
    "P": _words(
        "partial; partial interview; partially completed; incomplete; 部分完成; 未完成问卷; 部分访问; 半途完成"
    ),
    "R": _words(
        "refusal; refused; refuse; hard refusal; soft refusal; break-off; break off; breakoff; hung up; "
        "hang up; opted out; opt out; do not call; unsubscribed; household refusal; 拒访; 拒绝; "
        "拒绝访问; 拒答; 中途拒访; 中途挂断; 挂断; 中断; 中途终止; 退订; 不愿意接受访问; 不接受访问; "
        "接通拒访"
    ),
    "NC": _words(
        "no contact; non-contact; noncontact; not at home; nobody home; not available; unavailable; "
        "answering machine; voicemail; voice mail; call back; callback; appointment; "
        "respondent not available; bounced back later; 不在家; 不在; 无法联系本人; 语音信箱; 答录机; "
        "预约; 约访; 改约; 稍后再拨; 稍后联系; 本人不在"
    ),
    "O": _words(
        "language; language barrier; language problem; dead; deceased; ill; too ill; "
        "physically or mentally unable; unable; other; other eligible; 语言不通; 语言障碍; 去世; 已故; "
        "生病; 身体原因; 无能力作答; 其他"
    ),
    "UH": _words(
        "no answer; ring no answer; busy; busy signal; line busy; always busy; switched off; phone off; "
        "not attempted; not worked; no reply; technical problem; call blocked; email not opened; "
        "not opened; no response; out of coverage; 无人接听; 无人接; 未接; 未接通; 没人接; 占线; 忙音; "
        "线路忙; 关机; 停机; 不在服务区; 无法接通; 呼叫转移; 未拨打; 未访问; 未回复; 没有回复; 未打开; "
        "暂时无法接通"
    ),
    "UO": _words(
        "unknown; unknown eligibility; screener not completed; eligibility unknown; 资格不明; "
        "未完成甄别; 无法判断; 未知"
    ),
    "NE": _words(
        "not eligible; ineligible; screened out; screen out; out of sample; quota full; quota filled; "
        "fax; fax line; wrong number; number not in service; not in service; disconnected; "
        "invalid number; disconnected number; bounced; invalid email; not a customer; duplicate; "
        "business; 不合格; 甄别不合格; 配额满; 配额已满; 空号; 错号; 号码错误; 传真; 传真机; 非客户; "
        "非目标客户; 不是客户; 无效号码; 邮箱无效; 退信; 重复; 单位电话"
    ),
}

# "connected" says that somebody picked up, not what came of it
_UNDECIDED: Final = frozenset({"接通", "已接通", "connected", "answered", "reached", "contacted", "联系上"})

_LOOKUP: Final = {word: code for code, words in WORDS.items() for word in words} | {c.lower(): c for c in DISPOSITIONS}


def disposition_groups(values: pd.Series, *, where: str = "contacts") -> pd.Series:
    """Translate codes (``1.1``, ``2.112``), letters (``I``, ``NC``) and everyday words into AAPOR's outcome groups.

    Parameters
    ----------
    values
        Dispositions as they stand in the call list.

    Returns
    -------
    Series
        ``I``, ``P``, ``R``, ``NC``, ``O``, ``UH``, ``UO`` or ``NE`` for each value.

    Raises
    ------
    InputError
        If a value is missing or unknown; unknown values are named with their counts. A word such as ``接通``
        (connected), which does not say whether an interview came of it, is refused for that reason.

    Examples
    --------
    >>> disposition_groups(pd.Series(["1.1", "refused", "空号", 2.2])).tolist()
    ['I', 'R', 'NE', 'NC']
    """
    distinct = values.drop_duplicates()
    known = {value: _group(value) for value in distinct if pd.notna(value)}
    missing = int(values.isna().sum())
    unknown = [v for v, group in known.items() if group is None]
    if unknown or missing:
        counts = values.value_counts()
        parts = [f"{v!r} ({int(counts[v])} rows)" for v in unknown[:8]]
        if len(unknown) > 8:
            parts.append(f"{len(unknown) - 8} more")
        if missing:
            parts.append(f"{missing} rows without a disposition")
        undecided = [str(v) for v in unknown if _plain(v) in _UNDECIDED]
        hint = nearest(_plain(unknown[0]), _LOOKUP) if unknown else ""
        raise InputError(
            "Every attempt has a known disposition.",
            found=", ".join(parts),
            fix=f"{', '.join(undecided)} does not say what came of the contact: write completed, refused, or such"
            if undecided
            else "Recode to an AAPOR code (1.1 complete, 1.2 partial, 2.1 refusal, 2.2 non-contact, 2.3 other, "
            f"3.1 unknown, 3.2 unknown eligibility, 4 not eligible) or a known word{hint}",
            where=where,
        )
    return values.map(known)


def _plain(value: object) -> str:
    return re.sub(r"\s+", " ", str(value).replace("_", " ")).strip().lower()


def _group(value: object) -> str | None:
    text = _plain(value)
    if re.fullmatch(r"[1-4](\.\d{0,4})?", text):
        return next((code for start, code in _BY_NUMBER if text.startswith(start)), None)
    return _LOOKUP.get(text)

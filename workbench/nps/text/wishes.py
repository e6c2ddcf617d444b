"""Wishes in comments: clauses that ask for something (希望…, should have …, it would be nice if …)."""

from __future__ import annotations

import re
from typing import Final

from workbench.nps.text.reading import has_chinese

_CHINESE: Final = re.compile(
    r"希望|建议|最好(?:能|是|有|可以)|要是(?:能|有|可以)|如果(?:能|有|可以)|能不能|可不可以|期待|盼望|但愿|应该(?:有|要|多|能|增加|提供)|"
    r"可以(?:再|更|多|增加|考虑)|需要(?:改进|改善|提高|加强|增加|更多|有)|有待|(?:多|再|增)(?:一些|加|点)|想要"
)
_ENGLISH: Final = re.compile(
    r"\b(?:should (?:have|be|offer|provide|add)|could (?:use|have|be (?:better|improved|more))|"
    r"would (?:be (?:nice|good|great|better|helpful)|like (?:to|more|a|an|some)|love)|i wish|wish (?:there|you|it)|"
    r"hope (?:you|to|for|they)|please (?:add|provide|improve|offer|bring|make|fix|have)|"
    r"needs? (?:to|more|better|an?)\b|if only|lack(?:s|ing)? of|more .{1,30} (?:please|needed))",
    re.IGNORECASE,
)
_NOT_A_WISH: Final = re.compile(
    r"希望(?:下次)?(?:再来|再见|越来越好|继续保持)|不建议|\bhope to (?:return|come back|see)\b", re.IGNORECASE
)


def is_wish(clause: str) -> bool:
    """Tell whether a clause of a normalised text asks for something.

    Examples
    --------
    >>> [is_wish(c) for c in ("希望增加夜间配送", "应该有充电口", "you should have more sockets", "希望越来越好")]
    [True, True, True, False]
    >>> is_wish("the staff was kind")
    False
    """
    if _NOT_A_WISH.search(clause):
        return False
    return (_CHINESE if has_chinese(clause) else _ENGLISH).search(clause) is not None

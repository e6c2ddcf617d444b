"""Comments cut into clauses: what says one thing about one thing."""

from __future__ import annotations

import re
from functools import cache

from workbench.nps.text.lists import tone_words
from workbench.nps.text.reading import has_chinese

_ENDS = re.compile(r"[。!?！？；;\n…]+|\.{2,}|(?<=[\u3400-\u9fff])[.~]+|\.(?=\s|$)|\.(?=[\u3400-\u9fff])")
_PAUSES = re.compile(r"[，,:：]+|\s+-+\s+|[()\[\]（）【】\"“”]+")
_CHINESE_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@cache
def _conjunctions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    chinese = "|".join(tone_words("zh").splits)
    english = "|".join(tone_words("en").splits)
    return re.compile(f"(?={chinese})(?<!但)(?<!^)"), re.compile(rf"\b(?=(?:{english})\b)", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """Cut a normalised text at what ends sentences.

    Examples
    --------
    >>> sentences("很好。下次再来! It costs 3.5. Fine")
    ['很好', '下次再来', 'It costs 3.5', 'Fine']
    """
    return [s for part in _ENDS.split(text) if (s := part.strip(" ,，、"))]


def clauses(sentence: str) -> list[str]:
    """Cut a sentence into clauses: at commas, at spaces between Chinese characters, before but, though, 但是, 不过.

    A list of bare names (“drinks, snacks and showers were great”) stays with the clause that follows it.

    Examples
    --------
    >>> clauses("价格不贵,但是排队太久")
    ['价格不贵', '但是排队太久']
    >>> clauses("Staff were friendly but the lounge was crowded")
    ['Staff were friendly', 'but the lounge was crowded']
    """
    chinese = has_chinese(sentence)
    pieces: list[str] = []
    for part in _PAUSES.split(_CHINESE_SPACE.sub(",", sentence)):
        cut = _conjunctions()[0 if chinese else 1].split(part)
        pieces += [p.strip(" 、") for p in cut if p.strip(" 、")]
    kept: list[str] = []
    carried = ""
    for piece in pieces:
        bare = len(piece) <= 2 if chinese else len(piece.split()) <= 2
        says = _says_something(piece, chinese=chinese)
        joined = f"{carried}{',' if chinese else ', '}{piece}" if carried else piece
        if bare and not says:
            carried = joined
        else:
            kept.append(joined)
            carried = ""
    if carried:
        if kept:
            kept[-1] += ("," if chinese else ", ") + carried
        else:
            kept.append(carried)
    return kept


def _says_something(piece: str, *, chinese: bool) -> bool:
    if chinese:
        return any(
            piece[i:j] in tone_words("zh").senses for i in range(len(piece)) for j in range(i + 1, len(piece) + 1)
        )
    return any(tone_words("en").sense(w.lower()) for w in piece.split())

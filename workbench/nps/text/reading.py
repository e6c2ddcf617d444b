"""One spelling of a comment, and its words: what coding, tone and topics read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from workbench.nps.text.lists import tone_words

LONGEST = 5000
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@cache
def _simplifier() -> Any:
    # reading the tables takes 10 ms, which only those who read comments should pay
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """Return one spelling of a text: NFKC, simplified characters, single spaces.

    Full-width letters and digits become plain ones and traditional characters simplified ones, so that 服務態度 and
    服务态度 are one. Only for reading: what is quoted stays as it was written.

    Notes
    -----
    Unicode Standard Annex 15, form NFKC; OpenCC, conversion t2s.

    Examples
    --------
    >>> normalise("ＶＩＰ  服務態度很好")
    'VIP 服务态度很好'
    """
    plain = unicodedata.normalize("NFKC", text)
    if _CHINESE.search(plain):
        plain = str(_simplifier().convert(plain))
    return re.sub(r"[^\S\n]+", " ", plain).strip()


def has_chinese(text: str) -> bool:
    """Tell whether a text has any Chinese character.

    Examples
    --------
    >>> has_chinese("OK了"), has_chinese("fine")
    (True, False)
    """
    return _CHINESE.search(text) is not None


def tokens(text: str) -> list[str]:
    """Cut a normalised text into words: Chinese by a dictionary, other writing at what is no letter.

    Examples
    --------
    >>> tokens("价格不贵 didn't wait")
    ['价格', '不', '贵', "didn't", 'wait']
    """
    if not _CHINESE.search(text):
        return [w.lower().replace("’", "'") for w in _LATIN.findall(text)]
    import rjieba

    found: list[str] = []
    for piece in rjieba.cut(text):
        if _CHINESE.search(piece):
            found.append(piece)
        else:
            found += [w.lower() for w in _LATIN.findall(piece)]
    return _joined_apostrophes(found) if "'" in text or "’" in text else found


def _joined_apostrophes(found: list[str]) -> list[str]:
    # the dictionary cuts "didn't" into three
    kept: list[str] = []
    for word in found:
        if kept and word in {"t", "s", "re", "ve", "ll", "d", "m"} and kept[-1].isascii():
            kept[-1] += "'" + word
        else:
            kept.append(word)
    return kept


def telling_words(text: str) -> list[str]:
    """Return the words of a normalised text that can name a topic: of two characters or more, without empty ones.

    Chinese words are those of the dictionary; what the cutter only guesses to be a word is left out.

    Examples
    --------
    >>> telling_words("我们觉得配送速度太慢")
    ['配送', '速度', '太慢']
    """
    if not _CHINESE.search(text):
        return [w for w in tokens(text) if len(w) > 2 and w not in _english_empty()]
    return [
        w
        for w in tokens(text)
        if len(w) > 1 and w not in tone_words("zh").empty and w not in _english_empty() and is_word(w)
    ]


@cache
def _english_empty() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS) | tone_words("en").empty


@cache
def is_word(term: str) -> bool:
    """Tell whether a term is one word: of the dictionary if it is Chinese, of letters else.

    Examples
    --------
    >>> is_word("服务"), is_word("务态"), is_word("lounge")
    (True, False, True)
    """
    if not _CHINESE.search(term):
        return _LATIN.fullmatch(term) is not None
    import rjieba

    # without its guesses the cutter leaves together only what stands in its dictionary
    return list(rjieba.cut(term, False)) == [term]


def written(series: pd.Series) -> pd.Series:
    """Return comments as text without outer spaces, at most 5,000 characters each; empty where there is none.

    Examples
    --------
    >>> written(pd.Series([" fine ", None])).tolist()
    ['fine', '']
    """
    return series.astype(object).where(series.notna(), "").astype(str).str.strip().str[:LONGEST]


def distinct(texts: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return each different text once, normalised, and where each text is among them.

    Examples
    --------
    >>> place, once = distinct(["好", "ＯＫ", "好"])
    >>> place.tolist(), once
    ([0, 1, 0], ['好', 'OK'])
    """
    place, once = pd.factorize(np.asarray(texts, dtype=object))
    return place, [normalise(str(t)) for t in once]

"""What the dictionaries make of a clause: praise, complaint, both or neither, with negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from workbench.nps.text.lists import Written, any_of, tone_words
from workbench.nps.text.reading import has_chinese

_REACH = {"zh": 4, "en": 3}  # characters (zh) or words (en) that a turner reaches


@dataclass(frozen=True)
class Polarity:
    """Words of a clause by their sense, after negation.

    Attributes
    ----------
    praise, complaint
        How many.
    wish
        It asks for something better.
    turned
        A negation turned one of the words.
    """

    praise: int
    complaint: int
    wish: bool
    turned: bool = False

    @property
    def value(self) -> float:
        """From -1 (complaint) to 1 (praise); 0 where both weigh the same or nothing is known."""
        found = self.praise + self.complaint
        return (self.praise - self.complaint) / found if found else 0.0

    @property
    def known(self) -> bool:
        """Whether any word is known."""
        return self.praise + self.complaint > 0


@lru_cache(maxsize=20_000)
def polarity(clause: str) -> Polarity:
    """Count words of praise and complaint in a clause; after a negation a word counts against its sense.

    Parameters
    ----------
    clause
        A clause of a normalised text.

    Returns
    -------
    Polarity

    Notes
    -----
    Dictionaries of a few hundred words per language, written for this project; they know neither irony nor a trade's
    own words. How well they tell tone apart stands in ``docs/tone.md``.

    Examples
    --------
    >>> [polarity(c).value for c in ("价格不贵", "没有排队", "not bad at all", "too salty", "no complaints")]
    [1.0, 1.0, 1.0, -1.0, 1.0]
    >>> [polarity(c).value for c in ("服务不是很好", "the room was not clean", "not only clean")]
    [-1.0, -1.0, 1.0]
    """
    return _chinese(clause) if has_chinese(clause) else _english(clause)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = tone_words("zh")
    turner = re.compile("(?:" + any_of(tuple(words.turners)).pattern + ")")
    degree = re.compile(f"(?:{any_of(words.too).pattern})(?:{any_of(words.degrees).pattern})")
    return turner, degree, any_of((*words.senses, *words.kept))


def _chinese(clause: str) -> Polarity:
    words = tone_words("zh")
    turner, degree, known = _patterns()
    counts = {1: 0, -1: 0}
    wish = any_of(tuple(words.better)).search(clause) is not None
    text = degree.sub(lambda m: "\u0001" * len(m[0]), clause)
    turned_at = [(m.start(), m.end()) for m in turner.finditer(_without_kept(text))]
    spans = [(m.start(), m.start(), -1) for m in re.finditer("\u0001+", text)]
    spans += [(m.start(), m.end(), words.senses[m[0]]) for m in known.finditer(text) if m[0] in words.senses]
    turned = False
    for start, _, sense in spans:
        # a turner that is the beginning of the word itself (不好), or ends in it (一点都不|方便), does not count
        turns = sum(
            begin < start <= stop + _REACH["zh"] and not (stop > start and text[start] in "不没无")
            for begin, stop in turned_at
        )
        counts[sense if turns % 2 == 0 else -sense] += 1
        turned |= turns % 2 == 1
    return Polarity(counts[1], counts[-1], wish, turned)


def _without_kept(text: str) -> str:
    return any_of(tone_words("zh").kept).sub(lambda m: "\u0002" * len(m[0]), text)


@cache
def _english_kept() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, tone_words("en").kept)) + r")\b")


@cache
def _english_too() -> re.Pattern[str]:
    words = tone_words("en")
    return re.compile(rf"\b(?:{any_of(words.too).pattern})\s+({any_of(words.degrees).pattern})\b")


@cache
def _english_phrases() -> re.Pattern[str]:
    words = tone_words("en")
    many = tuple(w for w in (*words.senses, *words.stems) if " " in w)
    return re.compile(r"\b(?:" + any_of(many).pattern + ")")


def _english(clause: str) -> Polarity:
    words = tone_words("en")
    plain = clause.lower().replace("’", "'")
    wish = re.search(r"\b(?:" + any_of(tuple(words.better)).pattern + r")\b", plain) is not None
    plain = _english_kept().sub(" ", plain)
    plain = _english_too().sub(" toomuch ", plain)
    plain = _english_phrases().sub(lambda m: m[0].replace(" ", "_"), plain.replace("-", " "))
    counts = {1: 0, -1: 0}
    since = [99]
    turned = False
    for word in re.findall(r"[a-z0-9_/]+(?:'[a-z]+)?", plain):
        since = [s + 1 for s in since]
        if word in words.turners or word.endswith("n't"):
            since.append(0)
            continue
        sense = -1 if word == "toomuch" else words.sense(word.replace("_", " "))
        if sense:
            turns = sum(s <= _REACH["en"] for s in since)
            counts[sense if turns % 2 == 0 else -sense] += 1
            turned |= turns % 2 == 1
    return Polarity(counts[1], counts[-1], wish, turned)


def written_in(text: str) -> Written:
    """Return whether a text is read by the Chinese or the English dictionary.

    Examples
    --------
    >>> written_in("很好"), written_in("fine")
    ('zh', 'en')
    """
    return "zh" if has_chinese(text) else "en"

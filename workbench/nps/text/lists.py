"""The small dictionaries of tone, one for Chinese and one for English, as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Written = Literal["zh", "en"]


@dataclass(frozen=True)
class ToneWords:
    """What a dictionary of tone says, ready to be looked for.

    Attributes
    ----------
    written
        ``zh`` or ``en``.
    senses
        Word → 1 for praise, -1 for complaint (Chinese: as it stands; English: whole words).
    stems
        English beginnings of words → sense; empty in Chinese.
    turners
        Words after which a word counts against its sense.
    kept
        Fixed expressions in which nothing turns and nothing counts.
    better
        Words that ask for something better.
    too, degrees
        What complains only together: too small, 有点旧.
    nothing
        Whole comments that say nothing.
    splits
        Words at which a clause begins.
    empty
        Words that carry no topic.
    """

    written: Written
    senses: dict[str, int]
    stems: dict[str, int]
    turners: frozenset[str]
    kept: tuple[str, ...]
    better: frozenset[str]
    too: tuple[str, ...]
    degrees: tuple[str, ...]
    nothing: frozenset[str]
    splits: tuple[str, ...]
    empty: frozenset[str]

    def sense(self, word: str) -> int:
        """Return 1 for praise, -1 for complaint, 0 for neither.

        Examples
        --------
        >>> tone_words("en").sense("recommended"), tone_words("en").sense("table")
        (1, 0)
        """
        exact = self.senses.get(word)
        if exact is not None:
            return exact
        # the longest beginning that is known
        for stop in range(len(word), 3, -1):
            found = self.stems.get(word[:stop])
            if found is not None:
                return found
        return 0

    @property
    def count(self) -> int:
        """How many words of praise and complaint it has."""
        return len(self.senses) + len(self.stems)


@cache
def tone_words(written: Written) -> ToneWords:
    """Return the dictionary of a language.

    Examples
    --------
    >>> words = tone_words("zh")
    >>> words.senses["不错"], words.count > 400
    (1, True)
    """
    text = Path(__file__).with_name(f"polarity_{written}.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    lists = {key: str(value).split() for key, value in content.items()}
    senses: dict[str, int] = {}
    stems: dict[str, int] = {}
    for key, sense in (("positive", 1), ("negative", -1)):
        for word in lists[key]:
            spaced = word.replace("-", " ") if written == "en" else word
            if spaced.endswith("*"):
                stems[spaced[:-1]] = sense
            else:
                senses[spaced] = sense
    spaced_lists = {k: [w.replace("-", " ") for w in v] if written == "en" else v for k, v in lists.items()}
    return ToneWords(
        written,
        senses,
        stems,
        frozenset(spaced_lists["turners"]),
        tuple(sorted(spaced_lists["kept"], key=len, reverse=True)),
        frozenset(spaced_lists["better"]),
        tuple(sorted(spaced_lists["too"], key=len, reverse=True)),
        tuple(spaced_lists["degrees"]),
        frozenset(spaced_lists["nothing"]),
        tuple(sorted(spaced_lists["split"], key=len, reverse=True)),
        frozenset(lists["empty"]),
    )


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of any of several words, the longest first.

    Examples
    --------
    >>> any_of(("ab", "a")).findall("aab")
    ['a', 'ab']
    """
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))

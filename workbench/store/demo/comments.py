"""Open comments put together from phrases, so that what is said follows from the ratings given.

Each comment is drawn from a generator of its own, seeded by company, wave and customer. Personal details in comments
are made to be masked: unassigned telephone prefix 154, the reserved domain example.com, placeholder names.
"""

from __future__ import annotations

import random as python_random
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final

from workbench.core.language import Language
from workbench.store.demo import phrases_en, phrases_zh
from workbench.store.demo.parameters import RESPONSE

PHRASES: Final[Mapping[Language, ModuleType]] = {"zh-CN": phrases_zh, "en": phrases_en}
TOPICS: Final = ("service", "delivery", "quality", "price", "app", "store")
"""Comment topics; the first five are the rated attributes, the store follows the service rating."""

EMPTY_SHARE: Final = 0.07
TYPO_SHARE: Final = 0.12
SECOND_TOPIC: Final = 0.55


def compose(random: python_random.Random, ratings: Sequence[int], recommend: int, language: Language) -> str:
    """Write one comment.

    A topic is chosen with weight 1 + 3 × the distance of its rating from 3 in the direction of what is said. Promoters
    praise, detractors complain, passives do one and then the other. Two in a hundred give personal details.

    Parameters
    ----------
    random
        Generator of this comment alone.
    ratings
        Ratings 1–5 in the order of `TOPICS` without the store.
    recommend
        Score 0–10.
    language
        The demo's language; some comments come in the other one.

    Examples
    --------
    >>> compose(python_random.Random(5), [5, 5, 5, 4, 4], 10, "en")
    'in my experience the store is clean. Keep it up'
    """
    if random.random() < RESPONSE.other_language:
        language = "en" if language == "zh-CN" else "zh-CN"
    phrases = PHRASES[language]
    if random.random() < EMPTY_SHARE:
        return str(random.choice(phrases.EMPTY))
    if 7 <= recommend <= 8:
        text = _two(random, phrases, ratings, (1, -1), phrases.BUTS) + random.choice(phrases.MIXED_CLOSERS)
    elif recommend > 8:
        text = _one_or_two(random, phrases, ratings, 1) + random.choice(phrases.GOOD_CLOSERS)
    else:
        text = _one_or_two(random, phrases, ratings, -1) + random.choice(phrases.BAD_CLOSERS)
    text = f"{random.choice(phrases.OPENERS)}{text}"
    if random.random() < TYPO_SHARE:
        right, wrong = random.choice(phrases.TYPOS)
        text = text.replace(right, wrong, 1)
    if random.random() < RESPONSE.personal_details:
        text = f"{text} {_personal(random, phrases)}"
    return text


def comment_random(seed: int, wave: str, number: int) -> python_random.Random:
    """Return the generator of one customer's comment in one wave."""
    return python_random.Random(f"{seed}/{wave}/{number}")


def _one_or_two(random: python_random.Random, phrases: ModuleType, ratings: Sequence[int], sign: int) -> str:
    if random.random() < SECOND_TOPIC:
        return _two(random, phrases, ratings, (sign, sign), phrases.JOINS)
    return _say(random, phrases, _topic(random, ratings, sign), sign)


def _two(
    random: python_random.Random,
    phrases: ModuleType,
    ratings: Sequence[int],
    signs: tuple[int, int],
    joins: Sequence[str],
) -> str:
    first = _topic(random, ratings, signs[0])
    second = _topic(random, ratings, signs[1], avoid=first)
    return _say(random, phrases, first, signs[0]) + random.choice(joins) + _say(random, phrases, second, signs[1])


def _topic(random: python_random.Random, ratings: Sequence[int], sign: int, *, avoid: str = "") -> str:
    full = (*ratings, ratings[0])
    weights = [0 if t == avoid else 1 + 3 * max(0, sign * (full[k] - 3)) for k, t in enumerate(TOPICS)]
    return random.choices(TOPICS, weights)[0]


def _say(random: python_random.Random, phrases: ModuleType, topic: str, sign: int) -> str:
    return str(random.choice((phrases.GOOD if sign > 0 else phrases.BAD)[topic]))


def _personal(random: python_random.Random, phrases: ModuleType) -> str:
    template: str = random.choice(phrases.PERSONAL)
    return template.format(
        phone=f"154{random.randrange(10**8):08d}",
        email=f"customer{random.randrange(1000)}@example.com",
        name=random.choice(phrases.NAMES),
    )

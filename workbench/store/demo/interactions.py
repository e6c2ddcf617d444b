"""Complaints, enquiries, visits, posts and referrals: the less satisfied complain more, some cases stay open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.core.language import Language
from workbench.store.demo import csv_files
from workbench.store.demo.answers import Answers
from workbench.store.demo.comments import PHRASES, TOPICS
from workbench.store.demo.customers import Codes
from workbench.store.demo.parameters import PROGRAMME_START, SERVICE, WavePlan

KINDS = ("complaint", "enquiry", "visit", "post", "referral")
NEVER = 10**6

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Interactions:
    """One block's interactions of one period; `closed` is a programme day, `NEVER` for a case that stays open."""

    number: Codes
    opened: Codes
    closed: Codes
    kind: Codes
    topic: Codes
    channel: Codes
    phrase: Codes


def make_interactions(answers: Answers) -> Interactions:
    """Make the interactions of the period that ends with the wave of `answers`.

    A customer has at most one interaction of each kind in a period. A complaint has probability
    logistic(intercept + slope × latent satisfaction); the other kinds have fixed probabilities.
    """
    block, wave = answers.customers.block, answers.wave
    random, n = block.random("service", wave.stream), block.size
    complaint = 1 / (1 + np.exp(-(SERVICE.complaint_intercept + SERVICE.complaint_latent * answers.latent)))
    rates = np.column_stack(
        [complaint] + [np.full(n, rate) for rate in (SERVICE.enquiry, SERVICE.visit, SERVICE.post, SERVICE.referral)]
    )
    happens = (random.random((n, len(KINDS))) < rates) & answers.present[:, None]
    row, kind = np.nonzero(happens)
    size = row.size
    first = np.maximum((wave.interactions_from - PROGRAMME_START).days, answers.customers.signup[row])
    opened = first + np.floor(random.random(size) * (wave.day - first + 1)).astype(np.int64)
    closed = opened + np.floor(random.exponential(SERVICE.close_days, size)).astype(np.int64)
    closed[random.random(size) < SERVICE.never_closed] = NEVER
    ratings = np.column_stack([answers.ratings, answers.ratings[:, 0]])[row]
    # the topic with the lowest rating, ties and small gaps decided by chance
    topic = np.argmin(ratings + 2.0 * random.random((size, len(TOPICS))), axis=1)
    return Interactions(
        number=answers.customers.number[row],
        opened=opened,
        closed=closed,
        kind=kind,
        topic=topic,
        channel=random.integers(0, len(PHRASES["en"].KINDS_CHANNEL), size),
        phrase=random.integers(0, 10**9, (size, 2)),
    )


def interactions_table(made: Interactions, wave: WavePlan, language: Language) -> pa.Table:
    """Return the rows of ``interactions.csv`` as known at the wave date: later closings are still empty."""
    phrases = PHRASES[language]
    columns: dict[str, Any] = {
        "customer_id": csv_files.ids("C", made.number, 9),
        "opened_at": csv_files.dates(made.opened, PROGRAMME_START),
        "closed_at": csv_files.dates(np.minimum(made.closed, NEVER), PROGRAMME_START, missing=made.closed > wave.day),
        "kind": csv_files.labels(made.kind, KINDS),
        "channel": csv_files.labels(made.channel, phrases.KINDS_CHANNEL),
        "topic": csv_files.labels(made.topic, tuple(phrases.TOPICS[t] for t in TOPICS)),
        "text": pa.array(_texts(made, phrases), type=pa.string()),
    }
    return pa.table(columns)


def _texts(made: Interactions, phrases: Any) -> Texts:
    text: Texts = np.full(made.kind.size, "", dtype=object)
    for topic, name in enumerate(TOPICS):
        good, bad = phrases.GOOD[name], phrases.BAD[name]
        by_kind: tuple[Sequence[str], ...] = (
            [t.format(bad=b) for t in phrases.COMPLAINTS for b in bad],
            phrases.ENQUIRIES[name],
            phrases.VISITS,
            [t.format(good=g, bad=b) for t in phrases.POSTS for g, b in zip(good, bad, strict=True)],
            phrases.REFERRALS,
        )
        for kind, choices in enumerate(by_kind):
            mine = (made.kind == kind) & (made.topic == topic)
            text[mine] = np.array(choices, dtype=object)[made.phrase[mine, 0] % len(choices)]
    return text

"""What an answer means: good, again, a new token, or stop; and what goes wrong in the same way everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.connect.protocol import Answer
from workbench.core.language import Message, message


@dataclass(frozen=True)
class Judged:
    """What an answer means.

    Attributes
    ----------
    kind
        ``good``; ``again`` (wait and repeat); ``new_token``; ``stop``.
    after
        Seconds to wait, where the answer says so.
    untouched
        Whether it is certain that the request did nothing, so that even what must not be done twice may be repeated.
    reason
        What is wrong and, for ``stop``, what somebody must do.
    back
        When a used up quota is there again, in words.
    patient
        Whether waiting longer than for a fault is right: the limit of a rate.
    patience
        How often it is waited for a rate, before it must be the limit of a day.
    """

    kind: Literal["good", "again", "new_token", "stop"]
    after: float | None = None
    untouched: bool = False
    reason: Message | None = None
    back: Message | None = None
    patient: bool = False
    patience: int = 40


GOOD = Judged("good")
NEW_TOKEN = Judged("new_token")


def again(
    reason: Message,
    *,
    after: float | None = None,
    untouched: bool = False,
    patient: bool = False,
    patience: int = 40,
    back: Message | None = None,
) -> Judged:
    """Return the judgement that a request is to be repeated."""
    return Judged("again", after, untouched, reason, back, patient, patience)


def stop(reason: Message, back: Message | None = None) -> Judged:
    """Return the judgement that nothing more is to be asked."""
    return Judged("stop", reason=reason, back=back)


def broken(answer: Answer) -> Judged | None:
    """Judge what goes wrong with every system: servers in trouble, pages of HTML, redirects, bodies that were cut.

    Parameters
    ----------
    answer
        An answer that should hold JSON.

    Returns
    -------
    Judged or None
        None where nothing of this is the case.

    Examples
    --------
    >>> broken(Answer(502, {"content-type": "text/html"}, b"<html>")).kind
    'again'
    >>> broken(Answer(200, {}, b'{"a": 1}')) is None
    True
    """
    if 300 <= answer.status < 400 and answer.status != 304:
        return again(
            message(
                "it sends us elsewhere ({status}), which is not followed; is its address right?", status=answer.status
            )
        )
    if answer.status >= 500:
        return again(message("its server is in trouble ({status})", status=answer.status), after=answer.asked_to_wait)
    if answer.status == 200 and answer.data is None:
        what = answer.content[:200].lstrip().lower()
        if what.startswith((b"<!doctype", b"<html")):
            return again(message("it answers with a page of HTML; is its address right?"))
        return again(message("its answer was cut"))
    return None


class BatchRefusedError(Exception):
    """A whole batch was refused, for certain and without any effect; the rows may be tried in smaller batches."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.text("en"))

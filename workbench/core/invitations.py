"""Invitation ids: opaque names of customers for fieldwork, made with a key and led back by computing them again."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from workbench.core.errors import InputError

LENGTH = 16  # base32 letters, 80 bits: two customers of a million share one with probability 4e-13


def invitation_ids(ids: Iterable[object], *, wave: str, key: str) -> list[str]:
    """Return an opaque id for each customer id: the same within a wave, unrelated between waves.

    HMAC-SHA-256 of ``wave|id`` under the study's secret `key`, as 16 letters and digits that cannot be confused when
    read aloud. Nobody without the key can get from it to the customer, or link two waves.

    Parameters
    ----------
    ids
        Customer ids.
    wave
        Name of the wave.
    key
        The study's secret, 16 characters or more.

    Returns
    -------
    list of str
        One id per customer, in the order of `ids`.

    Raises
    ------
    InputError
        If the key has fewer than 16 characters, or the wave has no name.

    Examples
    --------
    >>> invitation_ids(["C001"], wave="2026q2", key="a secret of the study")
    ['ubfnpodk4qnul5j3']
    """
    if len(key) < 16 or not wave:
        raise InputError(
            "Invitation ids need a wave and a secret key of at least 16 characters.",
            found=f"wave={wave!r}, a key of {len(key)} characters",
            fix="Make a random key once per study and keep it apart from the data.",
            where="key",
        )
    secret = key.encode()

    def one(value: object) -> str:
        digest = hmac.new(secret, f"{wave}|{value}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest)[:LENGTH].decode().lower()

    made = [one(v) for v in ids]
    if len(set(made)) < len(made):
        raise InputError(
            "Every customer gets an invitation id of his own.",
            found="two that are equal",
            fix="Remove repeated ids, or use another key.",
            where="ids",
        )
    return made

"""The words that the rules know, in ``lists.yaml``, where people can read and correct them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

# lists of one character each
CHARACTERS = frozenset("plain_surnames wordlike_surnames given never_given never_free nicknamed foreign".split())  # noqa: SIM905


@cache
def _lists() -> Mapping[str, str]:
    text = Path(__file__).with_name("lists.yaml").read_text(encoding="utf-8")
    content: dict[str, str] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


@cache
def word_list(name: str) -> frozenset[str]:
    """Return one of the lists.

    Examples
    --------
    >>> "欧阳" in word_list("compound_surnames"), "王" in word_list("plain_surnames")
    (True, True)
    """
    text = _lists()[name]
    if name in CHARACTERS:
        return frozenset(text) - {"\n", " "}
    words = text.replace("\n", " ").split(",") if "," in text else text.split()
    return frozenset(w.strip() for w in words) - {""}

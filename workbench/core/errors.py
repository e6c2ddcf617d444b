"""Errors that say the rule, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from workbench.core.language import Message, message

Words = str | Message


MOST_LISTED, FEW_LISTED = 12, 6


class WorkbenchError(Exception):
    """An error in the user's words: which rule, what was found, how to fix it.

    Parameters
    ----------
    rule
        The rule that was broken, as a full sentence.
    found
        What was found instead, with file, row and column where they are known.
    fix
        What the reader can do next.
    where
        The file, table, chapter or argument the error is about.

    Notes
    -----
    Each may be a `Message`: where an error reaches a page, its readers then read it in their language. As text an
    error is always English, as logs are.

    Examples
    --------
    >>> print(InputError("Scores run from 0 to 10.", found="11 in row 7", fix="Correct or remove the row."))
    Scores run from 0 to 10.
      found: 11 in row 7
      fix:   Correct or remove the row.
    """

    exit_code = 1

    def __init__(self, rule: Words, *, found: Words, fix: Words, where: str | None = None) -> None:
        self.rule, self.found, self.fix, self.where = rule, found, fix, where
        super().__init__(in_english(rule))

    def __str__(self) -> str:
        start = f"{self.where}: " if self.where else ""
        rule, found, fix = map(in_english, (self.rule, self.found, self.fix))
        return f"{start}{rule}\n  found: {found}\n  fix:   {fix}"

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only arguments do not survive the default pickling of exceptions between processes
        return _rebuild, (type(self), self.rule, self.found, self.fix, self.where)


def _rebuild(kind: type[WorkbenchError], rule: Words, found: Words, fix: Words, where: str | None) -> WorkbenchError:
    return kind(rule, found=found, fix=fix, where=where)


def in_english(words: Words) -> str:
    """Return the words of an error as logs have them.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> in_english(message("{n:int} answers", n=3)), in_english("three answers")
    ('3 answers', 'three answers')
    """
    return words.text("en") if isinstance(words, Message) else words


class InputError(WorkbenchError):
    """Data or an argument breaks a rule."""

    exit_code = 2


class ConfigError(WorkbenchError):
    """A ``wave.yaml`` cannot be used as it is."""

    exit_code = 2


class EngineError(WorkbenchError):
    """An SQL engine refused a statement or is not available."""

    exit_code = 3


class ChapterError(WorkbenchError):
    """A chapter's notebook failed."""

    exit_code = 4


class LockedError(WorkbenchError):
    """Somebody else is running this wave."""

    exit_code = 5


class NothingToShowError(WorkbenchError):
    """A wave has answers, and its report has not one number of them."""

    exit_code = 7


class UntrustedWarning(UserWarning):
    """A number was computed but should not be trusted (small base, no convergence, extreme weights)."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known name nearest to `name`, or an empty string.

    Examples
    --------
    >>> nearest("regoin", ["region", "channel"])
    "; did you mean 'region'?"
    >>> nearest("zzz", ["region"])
    ''
    """
    hits = get_close_matches(name.lower(), {k.lower(): k for k in known}, n=1, cutoff=0.6)
    if not hits:
        return ""
    original = next(k for k in known if k.lower() == hits[0])
    return f"; did you mean {original!r}?"


def few_names(names: Iterable[object], like: Iterable[str] = ()) -> str:
    """Return names as an error lists them: all of up to twelve, else those nearest to the ones looked for and a count.

    Examples
    --------
    >>> few_names(["region", "channel"])
    'region, channel'
    >>> few_names([f"q{i}" for i in range(90)] + ["recommend"], like=["recommended"])
    'recommend, q0, q1, q2, q3, q4 … (91)'
    >>> few_names([])
    '(none)'
    """
    every = [str(n) for n in names]
    if len(every) <= MOST_LISTED:
        return ", ".join(every) or "(none)"
    near = [hit for wanted in like for hit in get_close_matches(wanted, every, n=FEW_LISTED, cutoff=0.5)]
    shown = list(dict.fromkeys([*near, *every]))[:FEW_LISTED]
    return f"{', '.join(shown)} … ({len(every)})"


def require_columns(present: Iterable[str], needed: Iterable[str], *, where: str) -> None:
    """Refuse a table that lacks a needed column, proposing the nearest present one.

    Raises
    ------
    InputError
        If a needed column is not present.

    Examples
    --------
    >>> require_columns(["region"], ["region"], where="customers")
    """
    have = list(present)
    wanted = list(needed)
    unnamed = [c for c in wanted if not isinstance(c, str)]
    if unnamed:
        raise InputError(
            "A column is named by a text.",
            found=f"{type(unnamed[0]).__name__} {unnamed[0]!r}"[:80],
            fix='Write the name in quotes: "region", not the column itself.',
            where=where,
        )
    missing = [c for c in wanted if c not in have]
    if missing:
        hints = "".join(nearest(c, have) for c in missing)
        raise InputError(
            message("The column {names} is needed.", names=", ".join(repr(m) for m in missing)),
            found=message("columns {names}", names=few_names(have, like=missing)),
            fix=message("Rename or add the column{hints}", hints=hints),
            where=where,
        )

"""Words of customers go on a page only when a person has released them; what was chosen is kept by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from workbench.core.errors import ConfigError, InputError
from workbench.core.language import Message, message, plural
from workbench.privacy.files import write_private
from workbench.store import Wave

FILE = "quotes.yaml"
ARTEFACT = "quotes"
COLUMNS = ("topic", "class", "quote")


@dataclass(frozen=True)
class Choices:
    """What a person said of quotes, by the hash of their words.

    Attributes
    ----------
    accepted, rejected
        Hashes (`quote_hash`).
    """

    accepted: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()

    def with_choice(self, *, accept: Collection[str] = (), reject: Collection[str] = ()) -> Choices:
        """Return the choices with new ones, which replace what was said of the same words before.

        Examples
        --------
        >>> sorted(Choices(rejected=frozenset({"a"})).with_choice(accept=["a"], reject=["b"]).accepted)
        ['a']
        """
        return Choices(
            (self.accepted - set(reject)) | frozenset(accept),
            (self.rejected - set(accept)) | frozenset(reject),
        )


def quote_hash(words: str) -> str:
    """Return what a quote is known by: the first 16 hexadecimal digits of SHA-256 of its masked words.

    Examples
    --------
    >>> quote_hash("fine")
    'd14a58bae804a2b8'
    """
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def read_choices(folder: Path) -> Choices:
    """Return what was chosen in a wave's folder.

    Raises
    ------
    ConfigError
        If ``quotes.yaml`` was edited into something else.
    """
    file = folder / FILE
    if not file.is_file():
        return Choices()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        accepted, rejected = (frozenset(map(str, content.get(k) or [])) for k in ("accepted", "rejected"))
    except (yaml.YAMLError, AttributeError, TypeError, UnicodeDecodeError) as error:
        raise ConfigError(
            "quotes.yaml holds two lists of hashes: accepted and rejected.",
            found=str(error).splitlines()[0],
            fix="Correct the file, or remove it and choose again: workbench quotes WAVE",
            where=str(file),
        ) from error
    return Choices(accepted, rejected - accepted)


def keep_choices(folder: Path, choices: Choices) -> Path:
    """Write the choices into a wave's folder, and return the file."""
    text = "# Which quotes may be published: hashes of their masked words. Made by 'workbench quotes'.\n"
    content = {"accepted": sorted(choices.accepted), "rejected": sorted(choices.rejected)}
    return write_private(folder / FILE, (text + yaml.safe_dump(content)).encode())


def shown_quotes(wave: Wave, kept: pd.DataFrame) -> pd.DataFrame:
    """Return the quotes that a page may show: all, none, or those a person released, as ``privacy:`` says.

    Parameters
    ----------
    wave
        The wave.
    kept
        ``topic``, ``class``, ``quote``.
    """
    rule = wave.config.privacy.publish_quotes
    if rule == "never":
        return kept.iloc[:0]
    choices = read_choices(wave.folder)
    hashes = kept["quote"].map(quote_hash)
    if rule == "always":
        return kept[~hashes.isin(choices.rejected)]
    return kept[hashes.isin(choices.accepted)]


def waiting_quotes(wave: Wave, kept: pd.DataFrame) -> pd.DataFrame:
    """Return the quotes that nobody has accepted or rejected yet, with ``hash``; none where nobody has to."""
    if wave.config.privacy.publish_quotes != "released":
        return kept.iloc[:0].assign(hash=pd.Series(dtype=object))
    choices = read_choices(wave.folder)
    known = kept.assign(hash=kept["quote"].map(quote_hash))
    return known[~known["hash"].isin(choices.accepted | choices.rejected)].reset_index(drop=True)


def waiting_note(wave: Wave, kept: pd.DataFrame) -> list[Message]:
    """Say how many quotes wait and how they are released; nothing where none does."""
    n = len(waiting_quotes(wave, kept))
    if not n:
        return []
    return [
        plural(
            "{n:int} quote waits for a person to release it: workbench quotes {folder}",
            "{n:int} quotes wait for a person to release them: workbench quotes {folder}",
            n=n,
            folder=wave.config.wave,
        )
    ]


def kept_quotes(wave: Wave) -> pd.DataFrame:
    """Return the masked quotes that the report of a wave has found.

    Raises
    ------
    InputError
        If its report was not run.
    """
    if not wave.has(ARTEFACT):
        raise InputError(
            message("Quotes are found when the report runs."),
            found=message("no quotes of this wave yet"),
            fix=message("Run the report first: workbench report {folder}", folder=str(wave.folder)),
            where=str(wave.folder),
        )
    return wave.read(ARTEFACT, columns=list(COLUMNS))

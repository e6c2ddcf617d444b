"""Tokens: one at a time, kept in a file of one's own outside the study, asked for anew only when they are old."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from workbench.privacy.files import private_folder, write_private

MARGIN = 90.0  # seconds before its end at which a token counts as old


def token_folder() -> Path:
    """Return the folder of kept tokens: of the user, outside any study."""
    named = os.environ.get("WORKBENCH_TOKENS")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "workbench" / "tokens"


class Tokens:
    """The token of one account, shared by all processes of a user.

    Parameters
    ----------
    account
        What tells accounts apart: system, address, id of the application; only its hash names the file.
    ask
        Asks for a new token and returns it with its life in seconds and whatever is kept with it.
    clock
        Seconds since 1970.
    folder
        Where tokens are kept.

    Notes
    -----
    The systems count how often a token is asked for (ten in ten minutes, ten a minute, never two at once), so asking
    happens under a lock that all processes share.
    """

    def __init__(
        self, account: str, ask: Callable[[], dict[str, Any]], clock: Callable[[], float], folder: Path | None = None
    ) -> None:
        self._place = (folder or token_folder()) / f"{hashlib.sha256(account.encode()).hexdigest()[:24]}.json"
        self._ask, self._clock = ask, clock
        self._held: dict[str, Any] | None = None

    def current(self) -> dict[str, Any]:
        """Return a token that is not old: the one at hand, the one on disk, or a new one."""
        if self._held is None or not self._lives(self._held):
            self._held = self._renewed(None)
        return self._held

    def renew(self, bad: str) -> dict[str, Any]:
        """Return another token than one that was refused; another process may have asked for it already."""
        self._held = self._renewed(bad)
        return self._held

    def values(self) -> tuple[str, ...]:
        """Return what must not be shown."""
        return (str(self._held["token"]),) if self._held else ()

    def _lives(self, token: dict[str, Any]) -> bool:
        return float(token["until"]) - MARGIN > self._clock()

    def _renewed(self, bad: str | None) -> dict[str, Any]:
        private_folder(self._place.parent)
        with FileLock(self._place.with_suffix(".lock"), mode=0o600):
            kept = self._kept()
            if kept is not None and self._lives(kept) and kept["token"] != bad:
                return kept
            asked = self._ask()
            token = {**asked, "until": self._clock() + float(asked["seconds"])}
            self._keep(token)
            return token

    def _kept(self) -> dict[str, Any] | None:
        try:
            token: dict[str, Any] = json.loads(self._place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return token if {"token", "until"} <= token.keys() else None

    def _keep(self, token: dict[str, Any]) -> None:
        write_private(self._place, json.dumps(token).encode())

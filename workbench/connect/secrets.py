"""Secrets of connections: from the environment, else a keyring; never from ``wave.yaml``, never shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from workbench.core.errors import ConfigError

HIDDEN = "•••"
SERVICE = "workbench"
SHORTEST = 6  # texts shorter than this are not looked for in words: they would be found everywhere


class Secrets(Mapping[str, str]):
    """Secrets by name; shown as dots wherever they would be printed.

    Parameters
    ----------
    values
        Name → secret.

    Examples
    --------
    >>> kept = Secrets({"TOKEN": "pat-cn1-abcdef"})
    >>> kept, kept["TOKEN"][:3], kept.redact("GET /?token=pat-cn1-abcdef")
    (Secrets(TOKEN=•••), 'pat', 'GET /?token=•••')
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(f'{n}={HIDDEN}' for n in self._values)})"

    def redact(self, text: str, *more: str) -> str:
        """Return a text without any of the secrets, or of `more` that is not to be shown."""
        for value in sorted({*self._values.values(), *more}, key=len, reverse=True):
            if len(value) >= SHORTEST:
                text = text.replace(value, HIDDEN)
        return text


def read_secrets(
    prefix: str,
    names: tuple[str, ...],
    *,
    optional: tuple[str, ...] = (),
    instead: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> Secrets:
    """Return the secrets of a connection.

    Parameters
    ----------
    prefix
        What `secrets` of the connection says in ``wave.yaml``.
    names
        Those that are needed.
    optional
        Those that may be there.
    instead
        Those that do as well, where all of them are there.
    environ
        Variables; those of the process by default.

    Raises
    ------
    ConfigError
        If one is neither in the environment nor in a keyring; says which, and no other's value.

    Examples
    --------
    >>> read_secrets("SHOP", ("TOKEN",), environ={"WORKBENCH_SHOP_TOKEN": "pat-cn1-abcdef"})
    Secrets(TOKEN=•••)
    """
    variables = os.environ if environ is None else environ
    found, lacking = {}, []
    ring = _keyring() if environ is None else None
    for name in (*names, *optional, *instead):
        variable = f"WORKBENCH_{prefix}_{name}"
        value = variables.get(variable, "").strip() or (ring and ring.get_password(SERVICE, f"{prefix}_{name}"))
        if value:
            found[name] = value
        elif name in names:
            lacking.append(variable)
    if lacking and not (instead and all(name in found for name in instead)):
        raise ConfigError(
            "The secrets of a connection are in the environment or in a keyring.",
            found=f"nothing called {', '.join(lacking)}",
            fix=f"Set {'it' if len(lacking) == 1 else 'them'} (export {lacking[0]}=…), or put "
            f"{'it' if len(lacking) == 1 else 'them'} into a keyring: keyring set {SERVICE} "
            f"{lacking[0].removeprefix('WORKBENCH_')}. Nothing secret belongs into wave.yaml.",
            where="connections",
        )
    return Secrets(found)


def _keyring() -> Any:
    """Return the keyring of the system, where the package is installed and has one."""
    try:
        return import_module("keyring")
    except ImportError:
        return None

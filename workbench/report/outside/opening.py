"""The connections of a wave, opened: the system, its secrets, and the line to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from workbench.connect import Connection, System, system_class
from workbench.connect.caller import Caller
from workbench.connect.secrets import read_secrets
from workbench.core.errors import ConfigError, nearest
from workbench.store import WaveConfig


@dataclass(frozen=True)
class Line:
    """How systems are reached: the network and the real time, or what a test puts in their place.

    Attributes
    ----------
    transport
        What requests go through; the network by default.
    clock, sleep
        The time, and waiting.
    environ
        Variables with secrets; those of the process by default.
    """

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    environ: Mapping[str, str] | None = None


def connection_of(config: WaveConfig, name: str) -> Connection:
    """Return a connection of ``wave.yaml`` as `connect` knows it.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    name
        Name of the connection.

    Raises
    ------
    ConfigError
        If there is none of this name.
    """
    plan = config.connections.get(name)
    if plan is None:
        raise ConfigError(
            "A connection is described in wave.yaml.",
            found=f"no connection {name!r}; there are {', '.join(config.connections) or 'none'}",
            fix=f"Add it under 'connections:'{nearest(name, config.connections)}",
            where="connections",
        )
    return Connection(name, plan.system, plan.secrets, plan.url, plan.options())


@contextmanager
def opened(config: WaveConfig, name: str, line: Line | None = None) -> Iterator[System]:
    """Open a connection for a ``with`` block.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    name
        Name of the connection.
    line
        How it is reached.

    Yields
    ------
    The system.
    """
    line = line or Line()
    connection = connection_of(config, name)
    kind = system_class(connection.system)
    secrets = read_secrets(
        connection.prefix,
        kind.secrets,
        optional=kind.optional_secrets,
        instead=kind.secrets_instead,
        environ=line.environ,
    )
    caller = Caller(kind, connection, secrets, transport=line.transport, clock=line.clock, sleep=line.sleep)
    try:
        yield kind(connection, caller)
    finally:
        caller.close()

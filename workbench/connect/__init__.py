"""Outside systems: customers read from a CRM, and grades, audiences and tasks written back to it.

A system is one module and one line below. What differs between systems stands in that module alone: how it is asked,
how it pages, how it says that something went wrong. Repeating, limits, tokens, resuming and the record of what was sent
are the same for all.
"""

from __future__ import annotations

from importlib import import_module

from workbench.connect.protocol import Connection, Field, Order, Page, Row, Verdict
from workbench.connect.system import System
from workbench.core.errors import ConfigError, few_names, nearest

# a system is one line here and its module
SYSTEMS: dict[str, str] = {
    "fxiaoke": "workbench.connect.fxiaoke",
    "zoho": "workbench.connect.zoho",
    "hubspot": "workbench.connect.hubspot",
    "marketo": "workbench.connect.marketo",
}

__all__ = ["SYSTEMS", "Connection", "Field", "Order", "Page", "Row", "System", "Verdict", "system_class"]


def system_class(name: str) -> type[System]:
    """Return the class that speaks to a system.

    Parameters
    ----------
    name
        Its name in ``wave.yaml``.

    Raises
    ------
    ConfigError
        If no system of this name is known.

    Examples
    --------
    >>> system_class("hubspot").name
    'hubspot'
    """
    if name not in SYSTEMS:
        raise ConfigError(
            "A connection names a system that the workbench knows.",
            found=repr(name),
            fix=f"Write one of {few_names(SYSTEMS)}{nearest(name, SYSTEMS)}",
            where="connections",
        )
    found: type[System] = import_module(SYSTEMS[name]).SYSTEM
    return found

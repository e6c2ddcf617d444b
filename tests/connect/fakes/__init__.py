"""Fakes of the four systems: small, seeded, with a memory and a journal; standard library only."""

from __future__ import annotations

from tests.connect.fakes.base import Fake, Served, serve

__all__ = ["FAKES", "Fake", "Served", "fake_class", "serve"]

FAKES = {"fxiaoke": "Fxiaoke", "zoho": "Zoho", "hubspot": "HubSpot", "marketo": "Marketo"}


def fake_class(name: str) -> type[Fake]:
    from importlib import import_module

    found: type[Fake] = getattr(import_module(f"tests.connect.fakes.{name}"), FAKES[name])
    return found

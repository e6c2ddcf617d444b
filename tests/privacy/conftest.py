"""What tests of keys share: a home of their own, and a study."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Give the process a home of its own, and no key."""
    for name in ("WORKBENCH_KEY", "WORKBENCH_KEYS", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "acme"
    folder.mkdir()
    return folder

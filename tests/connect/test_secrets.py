from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from workbench.connect.secrets import Secrets, read_secrets
from workbench.core.errors import ConfigError


def test_the_environment_comes_first_and_then_the_keyring(monkeypatch):
    ring = SimpleNamespace(get_password=lambda service, name: {"SHOP_TOKEN": "ring", "SHOP_USER": "7"}.get(name))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setenv("WORKBENCH_SHOP_TOKEN", "from the environment")
    found = read_secrets("SHOP", ("TOKEN",), optional=("USER", "OTHER"))
    assert dict(found) == {"TOKEN": "from the environment", "USER": "7"}


def test_what_is_lacking_is_named_and_nothing_else_shown():
    with pytest.raises(ConfigError) as told:
        read_secrets("SHOP", ("ID", "TOKEN"), environ={"WORKBENCH_SHOP_ID": "very secret"})
    assert "WORKBENCH_SHOP_TOKEN" in str(told.value) and "very secret" not in str(told.value)


def test_secrets_show_as_dots():
    kept = Secrets({"A": "abcdef", "B": "abcdefgh", "C": "x"})
    assert "abc" not in repr(kept) and kept.redact("x abcdefgh abcdef", "x abc") == "x ••• •••"


def test_others_do_as_well_where_all_of_them_are_there():
    environ = {"WORKBENCH_SHOP_ID": "i", "WORKBENCH_SHOP_REFRESH": "r"}
    assert set(read_secrets("SHOP", ("TOKEN",), instead=("ID", "REFRESH"), environ=environ)) == {"ID", "REFRESH"}
    with pytest.raises(ConfigError, match="WORKBENCH_SHOP_TOKEN"):
        read_secrets("SHOP", ("TOKEN",), instead=("ID", "OTHER"), environ=environ)

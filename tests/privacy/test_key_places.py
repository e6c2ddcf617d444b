from __future__ import annotations

import sys
import types

import pytest

from workbench.core.errors import ConfigError
from workbench.privacy.key_places import key_folder
from workbench.privacy.keys import RECORD, fingerprint_of, study_key

pytestmark = pytest.mark.usefixtures("places")


def test_a_key_that_others_can_read_is_refused(study):
    path = key_folder() / study_key(study).fingerprint
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        study_key(study)


def test_a_key_folder_inside_the_study_is_refused(study, monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEYS", str(study / "keys"))
    with pytest.raises(ConfigError, match="outside"):
        study_key(study)
    assert not list(study.iterdir())


def test_a_keyring_comes_before_a_file_and_may_be_locked(study, monkeypatch):
    kept = {}
    ring = types.SimpleNamespace(
        set_password=lambda s, n, v: kept.__setitem__((s, n), v), get_password=lambda s, n: kept.get((s, n))
    )
    monkeypatch.setitem(sys.modules, "keyring", ring)
    key = study_key(study)
    assert key.held == "keyring" and kept == {("workbench", key.fingerprint): key.secret} and not key_folder().exists()
    assert study_key(study).secret == key.secret

    def locked(*_):
        raise RuntimeError("no screen to ask on")

    monkeypatch.setitem(sys.modules, "keyring", types.SimpleNamespace(set_password=locked, get_password=locked))
    (study / RECORD).unlink()
    assert study_key(study).held == str(key_folder() / fingerprint_of(study))

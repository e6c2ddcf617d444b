from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from workbench.core.errors import ConfigError
from workbench.privacy.key_places import key_folder
from workbench.privacy.keys import (
    BEFORE,
    RECORD,
    KeyMovedWarning,
    StudyKey,
    fingerprint_of,
    open_key,
    study_key,
)

SECRET = "a secret of the study"
pytestmark = pytest.mark.usefixtures("places")


def test_each_purpose_has_a_key_of_its_own():
    key = StudyKey(SECRET, "here")
    made = {p: key.of(p) for p in ("invitation", "export", "crm", "tombstone")}
    assert len({*made.values(), key.fingerprint}) == 5
    assert made["crm"] == hmac.new(SECRET.encode(), b"workbench|purpose|crm", hashlib.sha256).hexdigest()
    assert key.name("crm", "C1") != key.name("tombstone", "C1") and len(key.name("crm", "C1")) == 32
    assert SECRET not in repr(key) + str(key)


def test_a_key_is_made_once_and_lies_outside_the_study(study, tmp_path):
    first = study_key(study)
    place = tmp_path / "home/.config/workbench/keys" / first.fingerprint
    assert study_key(study).secret == first.secret and len(first.secret) == 64
    assert place.stat().st_mode & 0o777 == 0o600 and place.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in study.iterdir()] == [RECORD] and first.secret not in (study / RECORD).read_text()
    assert fingerprint_of(study) == first.fingerprint


def test_a_wrong_key_is_refused_by_its_fingerprint(study, monkeypatch):
    right = study_key(study)
    monkeypatch.setenv("WORKBENCH_KEY", right.secret)
    assert study_key(study).held == "WORKBENCH_KEY"
    monkeypatch.setenv("WORKBENCH_KEY", "another key of another study")
    with pytest.raises(ConfigError, match="keeps the key it began with") as refused:
        study_key(study)
    assert right.fingerprint in str(refused.value) and "another key" not in str(refused.value)


def test_elsewhere_the_key_is_asked_for(study, monkeypatch):
    made = study_key(study)
    (key_folder() / made.fingerprint).unlink()
    with pytest.raises(ConfigError, match=f"Copy the file {made.fingerprint}"):
        study_key(study)
    assert fingerprint_of(study) == made.fingerprint


def test_the_key_that_lay_beside_the_waves_is_moved_and_still_understood(study):
    (study / BEFORE).write_text(SECRET + "\n")
    pairs = study / "w1" / "fieldwork" / "key.csv"
    pairs.parent.mkdir(parents=True)
    pairs.write_text("invitation_id,customer_id\n")
    with pytest.warns(KeyMovedWarning, match="acme"):
        key = study_key(study)
    assert not pairs.exists()
    assert not (study / BEFORE).exists() and study_key(study).secret == key.secret
    # invitations and pseudonyms stay what they were; what is new has keys of its own
    assert key.of("invitation") == key.of("export") == SECRET
    assert key.of("crm") not in (SECRET, StudyKey(SECRET, "").of("crm"))


def test_an_old_key_and_another_one_are_refused_and_both_stay(study, monkeypatch):
    (study / BEFORE).write_text(SECRET)
    monkeypatch.setenv("WORKBENCH_KEY", "another key altogether")
    with pytest.raises(ConfigError, match="one key"):
        study_key(study)
    assert (study / BEFORE).is_file()
    monkeypatch.setenv("WORKBENCH_KEY", f"v0:{SECRET}")
    with pytest.warns(KeyMovedWarning):
        assert study_key(study).of("invitation") == SECRET
    assert not (study / BEFORE).exists() and not key_folder().exists()


def test_a_generated_study_has_an_open_key_and_needs_no_home(study, monkeypatch):
    monkeypatch.delenv("HOME")
    open_key(study, "demo company, seed 1")
    key = study_key(study)
    assert key.secret == "demo company, seed 1" and fingerprint_of(study) == key.fingerprint


def test_without_a_home_the_error_says_what_to_set(study, monkeypatch):
    monkeypatch.delenv("HOME")
    with pytest.raises(ConfigError, match="Set WORKBENCH_KEY"):
        study_key(study)
    monkeypatch.setenv("WORKBENCH_KEY", "k" * 16)
    assert study_key(study).secret == "k" * 16


@pytest.mark.parametrize("text", ["{}", "[1]", "no json", ""])
def test_a_broken_record_is_named(study, text):
    (study / RECORD).write_text(text)
    with pytest.raises(ConfigError, match="fingerprint"):
        study_key(study)


def test_short_keys_and_studies_without_one(study, monkeypatch):
    with pytest.raises(ConfigError, match="has a key"):
        study_key(study, make=False)
    assert fingerprint_of(study) == ""
    monkeypatch.setenv("WORKBENCH_KEY", "short")
    with pytest.raises(ConfigError, match="16 characters"):
        study_key(study)
    (study / BEFORE).write_text("short")
    with pytest.raises(ConfigError, match="16 characters"):
        study_key(study)


def test_of_two_runs_the_first_ones_key_stands(study, monkeypatch):
    first = StudyKey("the key of the first run", "")
    from workbench.privacy import keys

    keep = keys.keep_key

    def meanwhile(place, *made):
        monkeypatch.setattr(keys, "keep_key", keep)
        keep(place, first.fingerprint, first.secret)
        (place / RECORD).write_text(json.dumps({"fingerprint": first.fingerprint}))
        return keep(place, *made)

    monkeypatch.setattr(keys, "keep_key", meanwhile)
    assert study_key(study).secret == first.secret
    assert [p.name for p in key_folder().iterdir()] == [first.fingerprint]

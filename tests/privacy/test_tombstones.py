import pytest

from workbench.core.errors import ConfigError
from workbench.privacy.keys import RECORD, open_key
from workbench.privacy.tombstones import FILE, Tombstones, erased_count, set_tombstone


@pytest.fixture
def study(tmp_path):
    open_key(tmp_path, "a key that all may know")
    return tmp_path


def test_who_was_erased_is_known_again_and_the_file_tells_nobody(study):
    assert Tombstones.of(study).among(["C1"]) == [] and erased_count(study) == 0
    for customer in ("C1", "王芳", "C1"):
        set_tombstone(study, customer)
    known = Tombstones.of(study)
    assert known.among(["C1", "C2", "王芳"]) == ["C1", "王芳"] and erased_count(study) == 2
    text = (study / FILE).read_text()
    assert "C1" not in text and len(text.split()) == 2 and (study / FILE).stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_short_names_nobody_and_harms_no_other(study):
    set_tombstone(study, "C1")
    with (study / FILE).open("a") as file:
        file.write("ab12")
    set_tombstone(study, "C2")
    assert Tombstones.of(study).among(["C1", "C2"]) == ["C1", "C2"]


def test_without_the_key_lists_are_refused_rather_than_let_through(study):
    set_tombstone(study, "C1")
    (study / RECORD).write_text('{"fingerprint": "0000000000000000"}')
    with pytest.raises(ConfigError, match="key"):
        Tombstones.of(study)

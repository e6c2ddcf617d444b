import pytest

from workbench.privacy.access_log import read_log
from workbench.privacy.tombstones import UNFINISHED
from workbench.store import Wave
from workbench.store.opening import UnfinishedErasureWarning
from workbench.store.scratch import kept_for_good


def test_a_wave_is_noted_once_when_a_person_opens_it(make_wave):
    place = make_wave()
    with kept_for_good("run"):
        Wave.open(place)
    assert read_log(place.parent) == []
    for _ in range(2):
        Wave.open(place)
    lines = read_log(place.parent)
    assert [(x["verb"], x["what"], x["wave"]) for x in lines] == [("opened", "wave", "w1")]


def test_a_study_that_cannot_be_written_is_opened(make_wave, monkeypatch):
    def read_only(*_, **__):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr("workbench.store.opening.note", read_only)
    assert Wave.open(make_wave()).has("customers")


def test_an_erasure_that_was_killed_is_told(make_wave):
    place = make_wave()
    (place.parent / UNFINISHED).write_text("{}")
    with pytest.warns(UnfinishedErasureWarning, match="has not ended"):
        Wave.open(place)

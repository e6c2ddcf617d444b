from __future__ import annotations

import io
import zipfile

import pandas as pd
import pptx
import pytest

from tests.report.deck.conftest import made_pages
from workbench.core.errors import InputError
from workbench.report.deck import writing
from workbench.report.deck.writing import write_deck, write_summary


@pytest.fixture
def reported(wave, monkeypatch):
    """A wave whose pages are there."""
    pages = {(c, n): p for n in wave.config.languages for c, p in made_pages(n).items()}
    monkeypatch.setattr(writing, "protected_pages", lambda *_: pages)
    row = {"measure": "nps", "estimate": 41.0, "ci_low": 36.0, "ci_high": 46.0, "level": 0.95}
    money = {"measure": "clv", "estimate": 2.5e6, "ci_low": None, "ci_high": None, "level": 0.95}
    wave.keep("summary", pd.DataFrame([row, money]), made_by="90_summary")
    return wave


def test_the_same_wave_gives_the_same_bytes(reported, tmp_path):
    first = write_deck(reported, to=tmp_path / "a.pptx").path.read_bytes()
    assert first == write_deck(reported, to=tmp_path / "b.pptx").path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)) and sum(n.startswith("ppt/charts/chart") for n in names) == 5
    word = write_summary(reported, to=tmp_path / "a.docx").path.read_bytes()
    assert word == write_summary(reported, to=tmp_path / "b.docx").path.read_bytes()


def test_a_deck_lies_with_the_wave_and_speaks_its_language(reported):
    done = write_deck(reported, language="en")
    assert done.path == reported.folder / "exports" / "deck-w1.en.pptx"
    made = pptx.Presentation(str(done.path))
    assert done.slides == len(made.slides) and made.core_properties.language == "en"
    words = " ".join(s.text_frame.text for slide in made.slides for s in slide.shapes if s.has_text_frame)
    assert "95 % interval +36.0 to +46.0" in words and "Customer value" in words


def test_an_update_writes_a_file_of_its_own(reported, tmp_path):
    last = write_deck(reported, to=tmp_path / "last.pptx").path
    before = last.read_bytes()
    done = write_deck(reported, last=last, to=tmp_path / "next.pptx")
    assert last.read_bytes() == before and done.told == () and done.path.name == "next.pptx"


def test_a_wave_without_a_report_and_a_language_it_does_not_have(wave):
    with pytest.raises(InputError, match="workbench report"):
        write_deck(wave)
    with pytest.raises(InputError, match="languages"):
        write_summary(wave, language="fr")

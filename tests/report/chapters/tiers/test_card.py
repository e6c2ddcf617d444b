from __future__ import annotations

import nbformat
import pytest

from tests.conftest import WAVE
from tests.report.chapters.tiers.test_chapter import ORDERS, TIERS
from workbench.core import InputError
from workbench.core.errors import ChapterError
from workbench.report.chapters.tiers.card import card_of
from workbench.report.site.render import read_page
from workbench.store import Wave


def test_a_card_gathers_the_wave(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + TIERS, transactions=ORDERS))
    card = card_of(wave, "001")
    shown = card.to_html("zh-CN")
    assert "客户 001" in shown and "north" in shown and "等级" in shown
    with pytest.raises(InputError, match="customer of this wave"):
        card_of(wave, "999")


def test_a_page_that_shows_a_card_is_refused(make_wave, tmp_path):
    wave = Wave.open(make_wave(wave_yaml=WAVE + TIERS, transactions=ORDERS))
    shown = {
        "output_type": "execute_result",
        "data": {"text/html": card_of(wave, "001").to_html()},
        "metadata": {},
        "execution_count": 1,
    }
    cell = nbformat.v4.new_code_cell("card_of(wave, '001')", outputs=[nbformat.from_dict(shown)])
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    with pytest.raises(ChapterError):
        read_page(path, "en")

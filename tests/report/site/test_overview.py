from __future__ import annotations

import json

import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError
from workbench.core.language import use_language
from workbench.report.site.overview import all_waves
from workbench.store import Wave


@pytest.fixture
def data(tmp_path, make_wave):
    """Three waves: one taken in, one planned for later, and one whose file has a fault."""
    Wave.open(make_wave(folder="data/shop/w1"))
    make_wave(WAVE.replace("wave: w1", "wave: w2").replace("2026-06-30", "2026-09-30"), folder="data/shop/w2")
    make_wave(WAVE.replace("study: shop", "stdy: shop"), folder="data/shop/w3")
    return tmp_path / "data"


def test_every_wave_is_listed_with_its_state(data):
    table = all_waves(data).table.set_index("wave")
    assert table.loc["w1", ["status", "tables"]].tolist() == ["reported", 3]
    assert table.loc["w2", ["status", "tables"]].tolist() == ["planned", 0]
    assert table.loc["w3", "status"] == "invalid"
    assert table.loc["w1", "folder"] == "data/shop/w1"


def test_listing_takes_nothing_in(data):
    all_waves(data)
    assert not (data / "shop" / "w2" / "artefacts").exists()


def test_the_newest_wave_with_tables_is_opened(data):
    waves = all_waves(data)
    assert waves.newest == data / "shop" / "w1"
    assert waves.open_newest().config.wave == "w1"


def test_no_wave_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match="make report"):
        _ = all_waves(tmp_path).newest


def test_a_published_report_is_linked_from_where_the_notebook_lies(data, tmp_path, monkeypatch):
    edition = tmp_path / "reports" / "shop" / "w1"
    edition.mkdir(parents=True)
    (edition / "edition.json").write_text(json.dumps({"made": "2026-10-01T08:30:00+02:00"}), encoding="utf-8")
    (tmp_path / "reports" / "index.html").write_text("<html></html>", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    waves = all_waves("data")
    assert waves.table.set_index("wave").loc["w1", "made"] == "2026-10-01 08:30"
    with use_language("zh-CN"):
        html = waves._repr_html_()
    assert 'href="../reports/index.html"' in html and "研究与波次" in html


def test_a_study_may_lie_on_another_disk(data, tmp_path):
    (tmp_path / "mounted").mkdir()
    (tmp_path / "mounted" / "shop").symlink_to(data / "shop")
    found = all_waves(tmp_path / "mounted").table
    assert found["wave"].tolist() == all_waves(data).table["wave"].tolist()
    assert found["folder"].str.startswith("mounted/shop/").all()

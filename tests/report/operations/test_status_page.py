from __future__ import annotations

from workbench.report.operations.record import RunRecord
from workbench.report.operations.status_page import write_status_pages
from workbench.report.site.index import write_index


def test_the_page_tells_waves_and_runs_and_no_paths(make_wave, tmp_path):
    make_wave(folder="shop/w1")
    reports = tmp_path / "reports"
    reports.mkdir()
    record = RunRecord("workbench report", "2026-10-02T06:15:00.000+00:00")
    record.waves["w1"] = {
        "state": "published",
        "chapters": {"50_loyalty": {"state": "ran", "seconds": 4.25}, "60_tiers": {"state": "unchanged"}},
    }
    record.end(tmp_path / "shop", 4, "Traceback in /srv/secret/place")
    write_status_pages(tmp_path / "shop", reports)
    zh, en = ((reports / n).read_text(encoding="utf-8") for n in ("status.html", "status.en.html"))
    assert "w1/50_loyalty 4.2" in en and "<meter" in en and ">4</td>" in en and "published" in en
    assert "各研究的状态" in zh and 'href="index.html"' in zh
    assert "/srv/secret" not in en and str(tmp_path) not in en
    write_index(reports)
    assert 'href="status.en.html"' in (reports / "index.en.html").read_text(encoding="utf-8")


def test_without_a_run_there_are_waves_only(make_wave, tmp_path):
    make_wave(folder="shop/w1")
    (tmp_path / "reports").mkdir()
    write_status_pages(tmp_path / "shop", tmp_path / "reports")
    assert "<meter" not in (tmp_path / "reports" / "status.en.html").read_text(encoding="utf-8")

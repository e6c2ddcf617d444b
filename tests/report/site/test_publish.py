from __future__ import annotations

import json
import re

import pytest

from tests.report.conftest import made_up, part
from workbench.core.language import Message
from workbench.report.run.chain import run_chain
from workbench.report.site import publish as module
from workbench.report.site.index import write_index
from workbench.report.site.publish import EDITIONS, page_name, publish
from workbench.store import Wave

SHOW = """\
import pandas as pd
from workbench.core.language import message
from workbench.report.site.blocks import Card, cards, table
from workbench.store import Wave
nps = %s
row = pd.DataFrame({"measure": ["nps"], "estimate": [nps], "ci_low": [nps - 5], "ci_high": [nps + 5]})
_ = Wave.open(wave_folder).keep("summary", row, made_by="90_summary")
cards([Card(message("NPS"), message("{nps:signed1}", nps=nps))])
"""
TABLE = 'table(pd.DataFrame({"region": ["北"], "n": [7]}), "by-region", message("Region"))'


@pytest.fixture
def site(kernels, make_wave, write_notebook, tmp_path, listener):
    def build(value="31.2", extra=""):
        chapters = [
            made_up("50_x", left_out=lambda w: None if w.has("never") else Message("no input")),
            made_up("90_summary"),
        ]
        write_notebook("50_x", "pass")
        books = write_notebook("90_summary", "md:# Front\n## Part", SHOW % value, TABLE)
        wave = Wave.open(make_wave())
        outcomes = run_chain(wave, chapters, books, listener)
        edition = publish(wave, chapters, outcomes, tmp_path / "reports")
        write_index(tmp_path / "reports")
        return edition, tmp_path / "reports"

    return build


def test_pages_are_published_in_both_languages_with_downloads(site):
    edition, reports = site()
    front = reports / "shop" / "w1"
    assert edition.is_new and front.is_symlink()
    zh, en = ((front / f).read_text(encoding="utf-8") for f in ("index.html", "index.en.html"))
    assert "+31.2" in zh and "+31.2" in en and 'lang="zh-CN"' in zh
    assert "no input" in en, "a chapter that is left out says why"
    csv = (front / "downloads" / "90_summary-by-region.csv").read_bytes()
    assert csv.startswith(b"\xef\xbb\xbf") and "北".encode() in csv
    index = (reports / "index.html").read_text(encoding="utf-8")
    assert 'href="shop/w1/index.html"' in index and "+31.2" in index


def test_every_link_of_a_page_leads_somewhere(site):
    _, reports = site()
    for page in [*reports.glob("*.html"), *(reports / "shop" / "w1").glob("*.html")]:
        for link in re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
    # and from the edition itself
    for page in (reports / "shop" / "w1").resolve().glob("*.html"):
        for link in re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"edition {page.name}: {link}"


def test_nothing_new_publishes_nothing(site):
    first, reports = site()
    again, _ = site()
    assert not again.is_new
    assert len(list((reports / EDITIONS).iterdir())) == 1
    assert (reports / "shop" / "w1").resolve() == first.folder


def test_a_new_edition_leaves_the_earlier_one_readable(site):
    first, reports = site()
    second, _ = site(value="-4.0")
    assert second.is_new and first.folder.is_dir()
    assert "−4.0" in (reports / "shop" / "w1" / "index.html").read_text(encoding="utf-8")
    assert "+31.2" in (first.folder / "index.html").read_text(encoding="utf-8")


def test_a_run_that_dies_while_writing_publishes_nothing(site, monkeypatch):
    _, reports = site()
    before = (reports / "shop" / "w1" / "index.html").read_text(encoding="utf-8")

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_page", die)
    with pytest.raises(KeyboardInterrupt):
        site(value="1.0")
    assert (reports / "shop" / "w1" / "index.html").read_text(encoding="utf-8") == before
    assert not list((reports / EDITIONS).glob(".*"))


def test_leavings_and_old_editions_are_tidied(site, monkeypatch):
    monkeypatch.setattr(module, "KEPT_EDITIONS", 2)
    _, reports = site()
    (reports / EDITIONS / ".shop.w1.dead.tmp").mkdir()
    for value in ("1.0", "2.0", "3.0"):
        site(value=value)
    names = sorted(p.name for p in (reports / EDITIONS).iterdir())
    assert len(names) <= 3 and not any(n.startswith(".") for n in names)


def test_the_index_ignores_what_is_not_a_report(site):
    _, reports = site()
    (reports / "other" / "x").mkdir(parents=True)
    (reports / "other" / "x" / "edition.json").write_text("{ broken")
    write_index(reports)
    assert "other" not in (reports / "index.html").read_text(encoding="utf-8")


def test_an_empty_site_says_what_to_do(tmp_path):
    write_index(tmp_path / "reports")
    assert "workbench report" in (tmp_path / "reports" / "index.en.html").read_text(encoding="utf-8")


def test_edition_files_are_plain(site):
    edition, _ = site()
    content = json.loads((edition.folder / "edition.json").read_text(encoding="utf-8"))
    assert content["study"] == "shop" and content["chapters"] == 1


@pytest.mark.parametrize(("languages", "expected"), [(["en"], "50_x.html"), (["zh-CN", "en"], "50_x.en.html")])
def test_the_first_language_has_the_plain_name(languages, expected):
    assert page_name("50_x", "en", languages) == expected


REFUSE = """\
from workbench.core.errors import InputError
raise InputError("More answers are needed.", found="2 answers", fix="Ask more customers.")
"""


@pytest.fixture
def broken_site(kernels, make_wave, write_notebook, tmp_path, listener):
    def build(first="pass", part_one="pass"):
        sections = [part("one"), part("two")]
        chapters = [made_up("40_w", sections=sections), made_up("50_x"), made_up("90_summary")]
        write_notebook("50_x", first)
        write_notebook("90_summary", SHOW % "31.2")
        books = write_notebook(
            "40_w",
            SHOW % "31.2",
            ("section-one", "md:## First part"),
            ("section-one", "md:Words about it."),
            ("section-one", TABLE),
            ("section-one", part_one),
            ("section-two", "md:## Second part"),
            ("section-two", TABLE.replace("by-region", "second")),
        )
        wave = Wave.open(make_wave())
        outcomes = run_chain(wave, chapters, books, listener)
        return publish(wave, chapters, outcomes, tmp_path / "reports")

    return build


def test_a_section_that_was_refused_keeps_its_heading_and_says_why(broken_site):
    edition = broken_site(part_one=REFUSE)
    en, zh = ((edition.folder / f).read_text(encoding="utf-8") for f in ("40_w.en.html", "40_w.html"))
    assert '<a href="#part-1">Part one</a>' in en and '<h2 id="part-1">Part one</h2>' in en
    assert "More answers are needed." in en and "2 answers" in en and "Ask more customers." in en
    assert "Words about it" not in en and "by-region" not in en and "Second part" in en and "Table 1" in en
    assert '<span lang="en">More answers are needed.</span>' in zh and "无法计算" in zh
    assert not list(edition.folder.glob("downloads/*by-region*"))
    assert list(edition.folder.glob("downloads/*second*"))


def test_a_fault_is_marked_and_what_the_program_said_stays_in_the_log(broken_site):
    edition = broken_site(part_one="raise ValueError('C000000001')")
    en = (edition.folder / "40_w.en.html").read_text(encoding="utf-8")
    assert 'class="not-computed fault"' in en and "C000000001" not in en and "Second part" in en
    assert "First part" in (broken_site().folder / "40_w.en.html").read_text(encoding="utf-8")


def test_a_chapter_that_failed_leads_to_its_last_good_page(broken_site, monkeypatch):
    monkeypatch.setattr(module, "KEPT_EDITIONS", 1)
    good = broken_site()
    for attempt in range(3):
        broken = broken_site(first=f"raise ValueError({attempt})")
        assert broken.is_new
        page = (broken.folder / "50_x.en.html").read_text(encoding="utf-8")
        assert "could not be computed" in page and "ValueError" not in page
        link = re.search(r'href="([^"]*50_x[.]en[.]html)">The last edition', page)[1]
        assert (broken.folder / link).resolve() == good.folder / "50_x.en.html"
        assert "could not be computed" not in (broken.folder / link).read_text(encoding="utf-8")
        assert 'href="50_x.en.html"' in (broken.folder / "index.en.html").read_text(encoding="utf-8")
    assert broken_site().is_new


def test_a_chapter_that_never_was_computed_leads_nowhere(broken_site):
    page = (broken_site(first="1 / 0").folder / "50_x.en.html").read_text(encoding="utf-8")
    assert "could not be computed" in page and "The last edition" not in page


def test_a_front_page_that_failed_is_there_and_says_so(broken_site, make_wave, write_notebook, listener, tmp_path):
    books = write_notebook("90_summary", REFUSE)
    wave, chapters = Wave.open(make_wave()), [made_up("90_summary")]
    edition = publish(wave, chapters, run_chain(wave, chapters, books, listener), tmp_path / "reports")
    assert "More answers are needed." in edition.front.read_text(encoding="utf-8")
    assert "w1" in write_index(tmp_path / "reports").read_text(encoding="utf-8")

import json
import re

import pytest

from workbench.core.language import LANGUAGES
from workbench.report.site import index
from workbench.report.site.index import GLOSSARY, glossary_page, write_index
from workbench.report.site.terms import glossary_terms


def test_every_term_is_explained_in_both_languages():
    for term in glossary_terms():
        for language in LANGUAGES:
            assert term[language]["name"] and term[language]["text"].endswith((".", "。"))
        assert re.search("[一-鿿]", term["zh-CN"]["text"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_shows_every_term_with_its_other_name(language, tmp_path):
    page = glossary_page(language)
    for term in glossary_terms():
        assert f'id="{term["id"]}"' in page
    write_index(tmp_path / "reports")
    assert (tmp_path / "reports" / GLOSSARY[language]).read_text(encoding="utf-8").startswith(page)


def test_pages_that_would_be_the_same_are_not_written_again(tmp_path):
    write_index(tmp_path / "reports")
    before = {p.name: p.stat().st_ino for p in (tmp_path / "reports").glob("*.html")}
    publish_waves(tmp_path / "reports", 1)
    write_index(tmp_path / "reports")
    after = {p.name: p.stat().st_ino for p in (tmp_path / "reports").glob("*.html")}
    assert {n for n in before if before[n] != after[n]} == {"index.html", "index.en.html"}


def test_a_history_is_drawn_when_its_numbers_change_and_not_before(tmp_path, monkeypatch):
    reports = tmp_path / "reports"
    publish_waves(reports, 2)
    write_index(reports)
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "<!-- history" not in page
    monkeypatch.setattr(index, "history_html", lambda *_: pytest.fail("it was drawn again"))
    write_index(reports)
    assert (reports / "index.html").read_text(encoding="utf-8") == page
    file = reports / "acme" / "2023q2" / "edition.json"
    file.write_text(file.read_text(encoding="utf-8").replace("21.0", "22.0"), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception):
        write_index(reports)


def publish_waves(reports, n):
    """Write what an index is made of: `n` quarterly waves of one study, and an earlier edition of the newest."""
    names = [f"{2023 + i // 4}q{i % 4 + 1}" for i in range(n)]
    for i, name in enumerate(names):
        for made in ("2026-01-01T10:00", "2026-02-01T10:00")[: 2 if name == names[-1] else 1]:
            folder = reports / "editions" / f"acme.{name}.{made[:10]}"
            folder.mkdir(parents=True)
            nps = {"measure": "nps", "estimate": 20.0 + i, "ci_low": 15.0 + i, "ci_high": 25.0 + i}
            content = {
                "study": "acme",
                "wave": name,
                "title": {"zh-CN": f"客户调查 {name}", "en": f"Survey {name}"},
                "as_of": f"{name[:4]}-{3 * int(name[5]):02d}-28",
                "previous": names[i - 1] if i else None,
                "status": "reported",
                "measures": [nps],
                "languages": ["zh-CN", "en"],
                "chapters": 7,
                "made": made,
            }
            (folder / "edition.json").write_text(json.dumps(content), encoding="utf-8")
        link = reports / "acme" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(folder)
    return names


def test_twelve_waves_stand_on_one_page(tmp_path):
    names = publish_waves(tmp_path / "reports", 12)
    write_index(tmp_path / "reports")
    page = (tmp_path / "reports" / "index.en.html").read_text("utf-8")
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>', page)
    assert [name for _, name in rows] == names[::-1]
    assert all(href == f"acme/{name}/index.en.html" for href, name in rows)
    assert re.findall(r'data-value="([\d.]+)"', page) == [f"{20.0 + i}" for i in range(11, -1, -1)]
    assert re.findall(r'<p class="value">([^<]+)</p>', page) == ["+31.0"], "the newest wave has its numbers as cards"
    assert page.count("<summary>Earlier reports") == 1 and len(page) < 400_000
    before = (tmp_path / "reports" / "acme" / f"before-{names[5]}.html").read_text("utf-8")
    after = (tmp_path / "reports" / "acme" / f"after-{names[5]}.html").read_text("utf-8")
    assert f"{names[4]}/index.html" in before and f"{names[6]}/index.html" in after
    assert "../index.html" in (tmp_path / "reports" / "acme" / f"after-{names[-1]}.html").read_text("utf-8")

from __future__ import annotations

import nbformat
import pytest

from workbench.core.errors import ConfigError
from workbench.report.own.reading import own_chapters
from workbench.report.own.scaffold import new_chapter
from workbench.report.run.chain import run_chain
from workbench.report.site.publish import publish
from workbench.store import Wave


def test_a_new_chapter_runs_as_it_is_and_is_published(answered, kernels, listener, tmp_path):
    path = new_chapter(answered.folder, "brands")
    assert path == answered.folder.parent / "chapters" / "61_brands.ipynb"
    chapters = own_chapters(answered.folder.parent, ())
    outcomes = run_chain(answered, chapters, tmp_path, listener)
    assert outcomes["61_brands"].state == "ran"
    edition = publish(answered, chapters, outcomes, tmp_path / "reports")
    page = (edition.folder / "61_brands.en.html").read_text(encoding="utf-8")
    assert "Brands" in page and "Answers by group" in page and "tiny" not in page, "8 people are not shown"
    assert run_chain(answered, chapters, tmp_path, listener)["61_brands"].state == "unchanged"


def test_what_is_not_for_pages_costs_the_chapter_and_not_the_report(answered, write_own, kernels, listener, tmp_path):
    opened = "from workbench.store import Wave\nwave = Wave.open(wave_folder)"
    write_own("65_ids", opened, 'wave.respondents[["customer_id"]]')
    write_own("66_takes", opened, 'wave.keep("respondents", wave.respondents)')
    write_own("67_keeps", opened, "from helper import twice", '_ = wave.keep("mine", wave.respondents.head(twice(2)))')
    (answered.folder.parent / "chapters" / "helper.py").write_text(
        "def twice(x):\n    return 2 * x\n", encoding="utf-8"
    )
    chapters = own_chapters(answered.folder.parent, ())
    outcomes = run_chain(answered, chapters, tmp_path, listener)
    assert [o.state for o in outcomes.values()] == ["failed", "failed", "ran"]
    assert "customer_id" in str(outcomes["65_ids"].error) and "names of its own" in str(outcomes["66_takes"].error)
    wave = Wave.open(answered.folder)
    assert len(wave.read("mine")) == 4 and wave.manifest.artefacts["mine"].made_by == "67_keeps"
    assert wave.manifest.artefacts["respondents"].made_by != "66_takes"


def test_numbers_are_taken_in_turn_and_names_are_kept_apart(answered):
    new_chapter(answered.folder, "one")
    assert new_chapter(answered.folder, "two").name == "62_two.ipynb"
    assert new_chapter(answered.folder, "75_three").name == "75_three.ipynb"
    with pytest.raises(ConfigError, match="there already"):
        new_chapter(answered.folder, "75_three")
    with pytest.raises(ConfigError, match="65_brands"):
        new_chapter(answered.folder, "My Chapter")
    book = nbformat.read(answered.folder.parent / "chapters" / "61_one.ipynb", as_version=4)
    assert "recommend" in book.cells[-1].source and 'by="region"' in book.cells[-1].source

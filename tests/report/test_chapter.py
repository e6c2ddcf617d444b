from __future__ import annotations

import json

import pytest

from workbench.report.run.sections import section_of
from workbench.report.site.render import TAGS
from workbench.report.steps import CHAPTERS


def cells_of(root, chapter):
    return json.loads((root / "notebooks" / f"{chapter.name}.ipynb").read_text(encoding="utf-8"))["cells"]


def tags_of(cell):
    return cell["metadata"].get("tags", [])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_sections_and_cells_belong_together(root, chapter):
    found = [section_of(tags_of(c)) for c in cells_of(root, chapter) if section_of(tags_of(c))]
    declared = [s.id for s in chapter.sections]
    assert list(dict.fromkeys(found)) == declared, "in the order of the page"
    assert all(sum(t.startswith("section-") for t in tags_of(c)) <= 1 for c in cells_of(root, chapter))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_a_section_has_the_heading_of_its_cells(root, chapter):
    titles = {s.id: s.title for s in chapter.sections}
    for cell in cells_of(root, chapter):
        section, source = section_of(tags_of(cell)), "".join(cell["source"])
        if section and source.startswith("## ") and TAGS["en"] in tags_of(cell):
            assert source.splitlines()[0].removeprefix("## ") == titles[section].text("en")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.name)
def test_sections_rest_on_earlier_ones_and_keep_what_the_chapter_promises(chapter):
    before: set[str] = set()
    for section in chapter.sections:
        assert set(section.after) <= before
        assert set(section.makes) <= set(chapter.makes)
        before.add(section.id)
    assert len(before) == len(chapter.sections)

from __future__ import annotations

import pytest

from tests.report.conftest import made_up
from workbench.report.own.reading import own_chapters
from workbench.report.run.keys import chapter_key

OTHERS = [made_up("20_response", makes=("respondents",)), made_up("90_summary", makes=("summary",))]
OPEN = "from workbench.store import Wave\nwave = Wave.open(wave_folder)"


def read(wave):
    return {c.name: c for c in own_chapters(wave.folder.parent, OTHERS)}


def reason(chapter, wave):
    found = chapter.left_out(wave)
    return None if found is None else found.text("en")


def test_a_notebook_says_what_it_is_called_what_it_needs_and_what_it_takes(answered, write_own):
    write_own(
        "65_brands",
        OPEN,
        ("section-use lang-en", "md:## Use"),
        ("section-use lang-zh", "md:## 使用"),
        ("section-use", "wave.nps()"),
        parameters='wave_folder = "x"\ntitle = {"en": "Brands", "zh-CN": "品牌"}\nneeds = ["recommend"]\nlimit = 3',
    )
    chapter = read(answered)["65_brands"]
    assert chapter.title.text("zh-CN") == "品牌" and chapter.title.text("en") == "Brands"
    assert reason(chapter, answered) is None and chapter.after == ("20_response",)
    assert "respondents" in chapter.reads and "summary" not in chapter.reads and "transactions" in chapter.reads
    assert chapter.parameters(limit=5).limit == 5 and "needs" not in chapter.parameters.model_fields
    assert [s.title.text("zh-CN") for s in chapter.sections] == ["使用"]


@pytest.mark.parametrize(
    ("needs", "gone"),
    [
        (["visits"], "visits"),
        (["customers.region", "customers.age"], "customers.age"),
        (["scorecard"], "scorecard"),
        (["respondents", "recommend", "customers.region"], None),
    ],
)
def test_what_it_needs_and_a_wave_does_not_have_is_named(answered, write_own, needs, gone):
    write_own("65_x", OPEN, parameters=f'wave_folder = "x"\nneeds = {needs!r}')
    said = reason(read(answered)["65_x"], answered)
    assert said == (None if gone is None else f"It needs {gone}, which this wave does not have.")


@pytest.mark.parametrize(
    ("name", "cells", "parameters", "said"),
    [
        ("explore", [OPEN], 'wave_folder = "x"', "65_brands.ipynb"),
        ("90_summary", [OPEN], 'wave_folder = "x"', "has this name"),
        ("65_x", [OPEN], None, "'parameters'"),
        ("65_x", [OPEN], "limit = 2", "'parameters'"),
        ("65_x", ['from workbench.store import Wave\nw = Wave.open("data/s/w1")'], 'wave_folder = "x"', "one wave"),
    ],
)
def test_a_notebook_that_cannot_be_a_chapter_says_why(answered, write_own, name, cells, parameters, said):
    write_own(name, *cells, parameters=parameters)
    assert said in reason(read(answered)[name], answered)


def test_a_file_that_is_no_notebook_is_left_out(answered):
    folder = answered.folder.parent / "chapters"
    folder.mkdir()
    (folder / "65_x.ipynb").write_text("{no json", encoding="utf-8")
    assert "cannot be read" in reason(read(answered)["65_x"], answered)


def test_a_study_without_own_chapters_has_none(answered):
    assert own_chapters(answered.folder.parent, OTHERS) == ()


def test_a_changed_module_beside_it_or_another_answer_runs_it_again(answered, write_own, tmp_path):
    write_own("65_x", OPEN)
    chapter = read(answered)["65_x"]
    first = chapter_key(chapter, answered, tmp_path)
    assert chapter_key(chapter, answered, tmp_path) == first
    (answered.folder.parent / "chapters" / "helper.py").write_text("x = 1\n", encoding="utf-8")
    second = chapter_key(read(answered)["65_x"], answered, tmp_path)
    assert second != first
    answered.keep("respondents", answered.read("respondents").assign(weight=2.0))
    assert chapter_key(read(answered)["65_x"], answered, tmp_path) != second

from __future__ import annotations

import openpyxl
import pytest

from workbench.core import InputError
from workbench.nps import nps_by_groups
from workbench.report.chapters.loyalty.chapter import opened, question_names
from workbench.report.chapters.loyalty.drivers import driver_columns, scale_of
from workbench.report.chapters.response.design import survey_design
from workbench.report.chapters.tables import chapter

SEVERAL = """\
crosstabs:
  banner:
    region: {}
    often: {groups: {often: visits >= 2, app: app}}
    both: {nested: [region, brand]}
  tables:
    - {question: brand, nets: {any: [a, b]}, page: true}
    - {multiple: {app: app}, name: channels, asked: visits > 0}
    - {question: satisfaction, filter: visits >= 1}
    - {question: recommend}
"""


def made(wave):
    answers, design = chapter.named_answers(wave), survey_design(wave)
    return chapter.by_name([chapter.wave_table(wave, p, answers, design) for p in chapter.plans_of(wave)])


def test_without_a_word_every_question_by_the_groups_of_loyalty(asked):
    wave = asked()
    tables = made(wave)
    assert list(tables) == ["satisfaction", "recommend"]
    groups = tables["satisfaction"].columns_key
    # six people are not shown, nor one of the groups that they could be told from
    assert groups["column"].tolist() == ["total", "s"]
    assert chapter.CHAPTER.left_out(wave) is None
    assert "crosstabs: {}" in chapter.CHAPTER.left_out(asked("", folder="w2")).text("en")


def test_tables_as_wave_yaml_describes_them(asked):
    wave = asked(SEVERAL)
    tables = made(wave)
    assert list(tables) == ["brand", "channels", "satisfaction", "recommend"]
    assert tables["brand"].table["kind"].unique().tolist() == ["net", "answer"]
    assert tables["satisfaction"].table["n"].iloc[0] == (wave.read("respondents")["visits"] >= 1).sum()
    assert "n | a" in tables["brand"].columns_key["column"].tolist()
    assert chapter.on_page(wave, list(tables)) == ["brand"]
    numbers = chapter.numbers_of(wave, list(tables))
    flat = chapter.flat_table(tables, numbers)
    assert flat["number"].unique().tolist() == [1, 2, 3, 4]


def test_a_question_keeps_its_number_from_wave_to_wave(asked):
    first = asked(SEVERAL)
    first.keep("crosstab_numbers", chapter.numbers_table(chapter.numbers_of(first, ["brand", "channels"])))
    second = asked(
        "crosstabs: {tables: [{question: recommend}, {question: brand}]}\n", folder="w2", before="\nprevious: w1"
    )
    assert chapter.numbers_of(second, ["recommend", "brand"]) == {"brand": 1, "channels": 2, "recommend": 3}


def test_a_workbook_is_written_in_every_language(asked):
    wave = asked(SEVERAL)
    tables = made(wave)
    files = chapter.written(wave, tables, chapter.numbers_of(wave, list(tables)))
    assert files == ["tables-w1.zh-CN.xlsx", "tables-w1.en.xlsx"]
    assert all((wave.folder / "exports" / f).is_file() for f in files)


@pytest.mark.parametrize(
    "crosstabs",
    ["crosstabs: {banner: {regoin: {}}, tables: [{question: brand}]}\n", "crosstabs: {tables: [{question: brnad}]}\n"],
)
def test_names_that_the_answers_do_not_have_are_refused(asked, crosstabs):
    with pytest.raises(InputError, match="region|brand"):
        made(asked(crosstabs))


def test_the_same_question_twice_has_two_tables(asked):
    tables = made(asked("crosstabs: {tables: [{question: brand}, {question: brand, filter: visits > 0}]}\n"))
    assert list(tables) == ["brand", "brand (2)"]


def test_a_question_over_waves_stands_on_the_page_and_in_the_workbook(asked):
    text = "crosstabs: {banner: {brand: {}}, tables: [{question: satisfaction, waves: 8}, {question: brand}]}\n"
    first, second = asked(text), asked(text, folder="w2", before="\nprevious: w1")
    tables = made(second)
    trends = chapter.trends_of(second, tables)
    assert list(trends) == ["satisfaction"] and trends["satisfaction"].waves == ("w1", "w2")
    # the same customers in both waves, who said the same
    assert trends["satisfaction"].tests.query("test == 'previous'")["estimate"].abs().max() < 1e-12
    assert chapter.on_page(second, list(tables)) == ["satisfaction"]
    assert chapter.trends_of(asked("crosstabs: {}\n", folder="w3"), tables) == {}
    kept = chapter.waves_table(second)
    assert kept["wave"].tolist() == ["w2", "w1"] and kept["answers"].str.len().min() > 20
    numbers = chapter.numbers_of(second, list(tables))
    (file, _) = chapter.written(second, tables, numbers, trends)
    names = openpyxl.load_workbook(second.folder / "exports" / file).sheetnames
    assert names[2:5] == ["T001", "T001-waves", "T002"] and len(names) == 7
    assert chapter.trends_of(first, made(first))["satisfaction"].tests.empty


SET = """\
sets:
  seen: {label: {en: Seen in, zh-CN: 见于}, choices: {app: app, often: often}}
loyalty: {by: [seen], drivers: [seen]}
"""


def test_a_set_is_known_by_its_name_in_tables_breakdowns_and_drivers(asked):
    wave = asked("crosstabs: {}\n" + SET)
    people = wave.read("respondents").assign(often=lambda t: (t["visits"] > 1).astype(float))
    wave.keep("respondents", people.assign(often=people["often"].where(people["visits"] > 0)))
    tables = made(wave)
    assert list(tables) == ["satisfaction", "recommend", "seen"]
    # groups overlap: both choices are columns, and both are rows
    assert tables["satisfaction"].columns_key["column"].tolist() == ["total", "app", "often"]
    shares = tables["seen"].table.query("column == 'total'").set_index("row")
    assert shares.loc["app", "estimate"] == pytest.approx(people["app"].mean())
    assert str(tables["seen"].row_labels["seen"][0]) == "Seen in"
    assert tables["seen"].table.query("row == 'app' and column == 'app'")["estimate"].item() == 1
    assert wave.tabulate("seen", "seen", against="rest").questions == ["seen"]
    opened_ = opened(wave)
    assert opened_.by == ["seen"] and opened_.exclusive == []
    groups = nps_by_groups(opened_.answers, opened_.design, by=["seen"]).table
    assert groups["group"].tolist() == ["app", "often"]
    rest = opened_.answers[opened_.answers["app"] == 0]
    assert groups.set_index("group").loc["app", "n"] == len(opened_.answers) - len(rest)
    items = driver_columns(wave, opened_.answers)
    assert items == ["app", "often"] and scale_of(wave, items) == (0, 1)
    assert str(question_names(wave)["often"]) == "often"

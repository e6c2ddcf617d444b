from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from workbench.core.errors import InputError
from workbench.store import Wave
from workbench.store.scaffold_from import wave_text_from

FILES = Path(__file__).resolve().parents[1] / "reference" / "files"
# files that are a table for sure; the others are a question each
TABLES = [
    "qualtrics_nps.csv",
    "qualtrics_legacy.csv",
    "qualtrics_three_headers.csv",
    "surveymonkey_starwars_head40.csv",
    "surveymonkey_weather_head60.csv",
    "wjx.csv",
    "wjx_joined.csv",
    "wjx_codes.csv",
    "messy.xlsx",
    "hubspot_contacts.csv",
    "zoho_contacts.csv",
    "pyreadstat_simple_alltypes.sav",
    "pyreadstat_sample.zsav",
    "pyreadstat_sample.por",
    "pyreadstat_sample.dta",
    "haven_hadley.sas7bdat",
    "pyreadstat_dates_xpt_v8.xpt",
]
ASKED = ["calamine_any_sheets.xlsb", "calamine_date.ods", "limesurvey_questionnaire.lss", "haven_formats.sas7bcat"]


def made(tmp_path, files):
    folder = tmp_path / "study" / "w1"
    text, _ = wave_text_from(folder, files)
    (folder / "raw").mkdir(parents=True)
    for path, _table in files:
        shutil.copy(path, folder / "raw")
    (folder / "wave.yaml").write_text(text, encoding="utf-8")
    return Wave.open(folder), text


@pytest.mark.parametrize("name", TABLES)
def test_every_sample_file_gives_a_wave_that_opens(tmp_path, name):
    wave, _ = made(tmp_path, [(FILES / name, None)])
    assert not wave.absent
    for report in wave.intake_reports():
        assert report.kept and not report.quarantined and not report.cells, report


@pytest.mark.parametrize("name", ASKED)
def test_or_one_clear_question(tmp_path, name):
    with pytest.raises(InputError) as caught:
        wave_text_from(tmp_path / "w1", [(FILES / name, None)])
    assert str(caught.value.fix)


def test_answers_questions_and_groups_are_proposed_with_their_evidence(tmp_path):
    wave, text = made(tmp_path, [(FILES / "messy.xlsx", None)])
    assert '      recommend: "Recommend (0-10)"   # asks about recommending; answers 0 to 10' in text
    assert wave.config.questions["Satisfaction"].high == 5
    assert wave.config.loyalty.by == ["region"] and wave.config.population.strata == ["region"]
    assert str(wave.config.as_of) == "2026-09-28"
    assert wave.read("responses")["recommend"].notna().all()


def test_doubtful_columns_stand_as_comments(tmp_path):
    _, text = made(tmp_path, [(FILES / "wjx_by_code.xls", None)])
    assert '  # "3、性别": {}   # answers 1 to 2: is it a rating?' in text
    assert "questions" not in yaml.safe_load(text)


def test_which_table_a_file_is_may_be_said(tmp_path):
    path = tmp_path / "colours.csv"
    path.write_text("id,colour\na,red\nb,blue\n", encoding="utf-8")
    wave, _ = made(tmp_path, [(path, "customers")])
    assert wave.read("customers")["customer_id"].tolist() == ["a", "b"]
    with pytest.raises(InputError, match="Name one of customers"):
        wave_text_from(tmp_path / "w", [(path, "custmers")])
    with pytest.raises(InputError, match="from one file"):
        wave_text_from(tmp_path / "w", [(FILES / "wjx.csv", None), (FILES / "wjx_joined.csv", None)])
    with pytest.raises(InputError, match="no file"):
        wave_text_from(tmp_path / "w", [(tmp_path / "nothing.csv", None)])


@pytest.mark.parametrize(
    ("days", "last"), [(["28.02.2026", "03.04.2026"], "2026-04-03"), (["2/28/2026", "4/3/2026"], "2026-04-03")]
)
def test_the_last_day_is_found_in_dates_with_the_year_last(tmp_path, days, last):
    path = tmp_path / "answers.csv"
    rows = "".join(f"{d};{n % 11};{c}\n" for d, n, c in zip(days * 10, range(20), ["fine", "slow"] * 10, strict=True))
    path.write_text(f"Date;How likely are you to recommend us?;Why?\n{rows}", encoding="utf-8")
    _, text = made(tmp_path, [(path, "responses")])
    assert f"as_of: {last}   # the last day in the files" in text

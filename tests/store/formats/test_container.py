from __future__ import annotations

from pathlib import Path

import pytest

from workbench.store.formats.container import container_of

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"
KINDS = {
    "wjx_by_text.xls": "workbook",
    "messy.xlsx": "workbook",
    "calamine_any_sheets.xlsb": "workbook",
    "calamine_date.ods": "workbook",
    "calamine_pass_protected.xlsx": "locked workbook",
    "limesurvey_questionnaire.lss": "questionnaire",
    "pyreadstat_sample.zsav": "spss",
    "pyreadstat_sample.por": "spss portable",
    "haven_hadley.sas7bdat": "sas",
    "haven_formats.sas7bcat": "sas catalogue",
    "pyreadstat_sas.xpt5": "sas transport",
    "pyreadstat_dates_xpt_v8.xpt": "sas transport",
    "pyreadstat_sample.dta": "stata",
    "qualtrics_sample.csv": "text",
}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_file_is_does_not_hang_on_its_name(name, tmp_path):
    path = tmp_path / "file"
    path.write_bytes((FILES / name).read_bytes())
    assert container_of(path) == KINDS[name]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PAR1rest", "parquet"),
        (b"\x1f\x8brest", "gzip"),
        (b"<html><table>", "web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "web page"),
        (b"quarter,2026\n", "text"),
        (b"", "text"),
    ],
)
def test_the_first_bytes_tell(tmp_path, data, kind):
    path = tmp_path / "file.xlsx"
    path.write_bytes(data)
    assert container_of(path) == kind

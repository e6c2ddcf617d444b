from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.report.export.wave_files import export_wave
from workbench.store import Wave


@pytest.fixture
def wave(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("respondents", wave.read("responses").assign(weight=[1.5, 0.5]))
    return wave


@pytest.mark.parametrize(
    ("to", "names"),
    [
        ("spss", ["answers.sav", "answers.sps", "answers.csv"]),
        ("sas", ["answers.xpt", "answers.sas"]),
        ("stata", ["answers.dta"]),
        ("excel", ["answers.xlsx"]),
        ("parquet", ["answers.parquet", "answers.codebook.yaml"]),
    ],
)
def test_the_answers_of_a_wave_leave_for_every_program(wave, to, names):
    done = wave.export(to)
    assert [f.name for f in done[0].files] == names
    assert all(f.is_file() and f.parent == wave.folder / "exports" for f in done[0].files)


def test_any_table_of_the_wave_can_be_exported_into_any_folder(wave, tmp_path):
    done = export_wave(wave, "parquet", tables=["transactions"], folder=tmp_path / "out")
    table = pd.read_parquet(done[0].files[0])
    assert len(table) == 3 and not table["customer_id"].isin(["001", "002"]).any()


def test_unknown_programs_and_tables_are_told_with_the_nearest(wave):
    with pytest.raises(InputError, match="did you mean 'spss'"):
        export_wave(wave, "spsss")
    with pytest.raises(InputError, match="did you mean 'responses'"):
        export_wave(wave, tables=["response"])

from __future__ import annotations

from workbench.report.chapters.summary.data import fault_tables, intake_table
from workbench.store import Wave


def test_data_and_faults_are_counted(make_wave):
    wave = Wave.open(make_wave(responses="customer_id,recommend,satisfaction\n001,9,4\n002,77,4\n"))
    intake = intake_table(wave).set_index(intake_table(wave)["table"].map(lambda m: m.text("en")))
    assert (intake["kept"] + intake["quarantined"] + intake["left_out"] == intake["read"]).all()
    assert intake.loc["Questionnaires", "cells"] == 1
    assert fault_tables(wave)[0]["column"].tolist() == ["recommend"]

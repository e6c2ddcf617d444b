from __future__ import annotations

from workbench.core.language import message
from workbench.store.intake_report import IntakeReport
from workbench.store.taken_in import taken_in


def test_what_was_found_is_one_sentence_per_thing():
    report = IntakeReport(
        "responses",
        10,
        6,
        1,
        3,
        0,
        {"q1": 2, "q2": 0},
        (),
        own_ids=4,
        left_out_by=((message("a line that adds the others up"), 3),),
        said=(message("a file of {tool}", tool="SPSS"),),
    )
    row = taken_in([report]).iloc[0]
    assert row[["read", "kept", "quarantined", "left_out"]].tolist() == [10, 6, 1, 3]
    assert row["found"].text("en") == (
        "a file of SPSS; 3 × a line that adds the others up; 2 × no answer in q1; "
        "4 answers without an id of their own count by their line"
    )
    assert row["found"].text("zh-CN").startswith("SPSS 文件；")
    assert taken_in([]).empty

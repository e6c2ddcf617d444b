from workbench.store.intake_report import IntakeReport, variant_lines


def test_older_reports_are_read_and_variants_are_told():
    old = {"table": "responses", "read": 3, "kept": 2, "quarantined": 1, "left_out": 0, "blank": 0, "not_answered": {}}
    fault = {"column": "a", "rule": "r", "values": {}, "rows": 1}
    report = IntakeReport.from_json({**old, "faults": [fault]})
    assert (report.cells, report.own_ids, report.faults[0].costs) == (0, 0, "row")
    assert variant_lines(report) == []
    again = IntakeReport.from_json(dict(IntakeReport(**old, faults=(), variants={"c": [{"A": 2, "a": 1}]}).to_json()))
    assert "c: 'A' (2), 'a' (1) look like one" in variant_lines(again)[0]

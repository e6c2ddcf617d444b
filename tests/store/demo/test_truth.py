from __future__ import annotations

import json

from workbench.store.demo.parameters import PURCHASES
from workbench.store.demo.truth import STATEMENT, STATEMENT_ZH


def test_truth_file_holds_every_parameter_and_says_what_it_is(company):
    record = json.loads((company.folder / "truth.json").read_text("utf-8"))
    assert record["statement"] == STATEMENT
    assert record["parameters"]["purchases"]["alpha"] == PURCHASES.alpha
    assert record["truth"] == company.truth


def test_groups_add_up(company):
    for wave in company.waves:
        for population in ("all", "eligible"):
            facts = company.truth[wave][population]
            for groups in (facts["regions"], facts["spend_classes"]):
                assert sum(g["customers"] for g in groups.values()) == facts["customers"]
                mean = sum(g["customers"] * g["nps"] for g in groups.values()) / facts["customers"]
                assert abs(mean - facts["nps"]) < 1e-3


def test_document_says_it_is_generated(company):
    text = (company.folder / "truth.md").read_text("utf-8")
    assert STATEMENT in text
    assert STATEMENT_ZH in text

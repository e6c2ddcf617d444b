from __future__ import annotations

import json

from workbench.store.demo.document import truth_document
from workbench.store.demo.parameters import OPINIONS, PURCHASES, RESPONSE


def test_document_names_the_parameters_and_the_figures(company):
    record = json.loads((company.folder / "truth.json").read_text("utf-8"))
    text = truth_document(record)
    assert f"alpha = {PURCHASES.alpha}" in text
    assert str(OPINIONS.recommend_cuts) in text
    assert f"{RESPONSE.intercept} + region" in text
    for wave in company.waves:
        assert f"{company.truth[wave]['net_orders']:,} orders" in text

from __future__ import annotations

import pytest

from workbench.clustering.choice_words import agreement_of, verdict_of


@pytest.mark.parametrize(
    ("natural", "explained", "said"),
    [(True, 0.8, "stand apart"), (False, 0.7, "no evidence of natural boundaries"), (False, 0.01, "no groups")],
)
def test_the_verdict_claims_no_more_than_was_found(natural, explained, said):
    assert said in verdict_of(4, natural, explained).text("en")


def test_criteria_agree_or_are_named():
    assert "All criteria" in agreement_of({"silhouette": 3, "gap": 3}).text("en")
    assert "gap 4" in agreement_of({"silhouette": 3, "gap": 4}).text("en")

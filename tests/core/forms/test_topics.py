from __future__ import annotations

import pandas as pd

from workbench.core.forms import topic_rows


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def table(**more):
    return pd.DataFrame({"name": [f"t{i}" for i in range(10)], "share": [0.3 - 0.02 * i for i in range(10)], **more})


def test_topics_that_differ_clearly_claim_a_place_before_frequent_ones():
    clear = table(estimate=-5.0, ci_low=-9.0, ci_high=-1.0, state=["chance"] * 9 + ["clear"])
    said = texts(topic_rows(clear, "en"))
    assert "t9" in said and "t7" not in said and said.index("t0") < said.index("t9")


def test_without_scores_only_shares_are_drawn():
    said = texts(topic_rows(table(), "en"))
    assert "30%" in said and not any("NPS" in t for t in said)

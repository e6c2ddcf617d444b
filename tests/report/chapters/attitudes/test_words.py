from __future__ import annotations

import pandas as pd

from workbench.clustering import build_features, fit_segments, profile_segments
from workbench.core.column_names import show_column_names
from workbench.core.language import message
from workbench.report.chapters.attitudes import words
from workbench.store.config.parts import Words


def test_sizes_stand_beside_the_means_under_the_names_of_the_questions():
    raw = pd.DataFrame({"customer_id": list("abcdef"), "q7": [1, 1, 2, 5, 5, 4]})
    profile = profile_segments(fit_segments(build_features(raw), k=2, seed=1), raw)
    sizes = pd.DataFrame({"segment": [1, 2], "customers": [3, 3], "share": 0.5, "ci_low": 0.1, "ci_high": 0.9})
    names = {n: Words.model_validate({"en": f"s{n}", "zh-CN": f"群{n}"}) for n in (1, 2)}
    shown = words.sizes_shown(profile, sizes, names)
    assert list(shown) == ["name", "customers", "share", "ci_low", "ci_high", "q7"]
    assert shown["name"].iloc[0].text("zh-CN") == "群1"
    show_column_names({"q7": message("Share")})
    assert words.mean_columns(["q7"])["q7"].label.text("en") == "Share"
    show_column_names({})
    assert words.mean_columns(["q7"])["q7"].label.text("en") == "q7"


def test_weights_are_said_where_there_are_some():
    assert "weighted" in words.weights_note(True).message.text("en")
    assert "once" in words.weights_note(False).message.text("en")

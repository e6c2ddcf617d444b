import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from workbench.clustering import build_features, explain_segments, fit_segments
from workbench.core import InputError


def test_rules_apply_as_written(customers):
    made = build_features(customers)
    model = fit_segments(made, k=3, seed=1)
    found = explain_segments(model, made)
    assert found.table["n"].sum() == 600 and found.accuracy > 0.9
    assert found.ci_low < found.accuracy <= found.ci_high and found.baseline < 0.5
    labels = model.assign(made).to_numpy()
    assert (found.table["n"] * found.table["right"]).sum() / 600 >= (labels == 1).mean()
    assert "Days since last purchase" in str(found.table["rule"].tolist()) or "Days with" in str(found.table["rule"][0])


def test_accuracy_is_that_of_scikit_learn(customers):
    made = build_features(customers)
    model = fit_segments(made, k=4, seed=1)
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=6, random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    raw = made.rows[list(made.names)].to_numpy(float)
    expected = cross_val_score(tree, raw, model.assign(made), cv=folds).mean()
    assert explain_segments(model, made).accuracy == pytest.approx(expected, abs=1e-9)


def test_categories_are_words(customers):
    data = customers.assign(channel=np.where(customers["monetary"] > 900, "app", "shop"))
    made = build_features(data, ["recency_days"], categories=["channel"])
    found = explain_segments(fit_segments(made, k=2, method="kprototypes", seed=1), made)
    assert any("Channel is" in str(r) for r in found.table["rule"])


def test_one_segment_is_refused(customers):
    made = build_features(customers)
    with pytest.raises(InputError, match="at least two segments"):
        explain_segments(fit_segments(made, k=1, seed=1), made)

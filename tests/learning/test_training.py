from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.learning import learn
from workbench.learning.ranking import auc


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_labels_teach_nothing(folds, seed):
    learnt, tested = folds.folds[0]
    rng = np.random.default_rng(seed)
    rows = learnt.rows.assign(bought=rng.permutation(learnt.rows["bought"].to_numpy()))
    later = rng.permutation(tested.bought)
    # pooled over random targets, so that the band is wide enough for so few customers
    for candidate in learn(dataclasses.replace(learnt, rows=rows)).values():
        chances = [auc(candidate.probability(tested.known), rng.permutation(later))[0] for _ in range(20)]
        assert 0.48 <= np.mean(chances) <= 0.52


def test_a_lesson_of_few_is_refused(folds):
    few = dataclasses.replace(folds.latest, rows=folds.latest.rows.head(150))
    with pytest.raises(InputError, match="200 customers"):
        learn(few)
    one_kind = dataclasses.replace(folds.latest, rows=folds.latest.rows.assign(bought=1.0))
    with pytest.raises(InputError, match="50 who did not"):
        learn(one_kind)


def test_it_calibrates_on_customers_it_has_not_seen(folds):
    rows = folds.latest.rows
    edge = int(0.7 * len(rows))
    other = rows.copy()
    other.loc[rows.index[edge:], "bought"] = 1 - other.loc[rows.index[edge:], "bought"]
    one, two = (learn(dataclasses.replace(folds.latest, rows=r), ["logit"])["logit"] for r in (rows, other))
    assert np.array_equal(one.candidate.weights, two.candidate.weights), "what calibrates teaches no weights"
    assert not np.array_equal(one.calibration.at, two.calibration.at)

import numpy as np
import pytest

from workbench.nps.text import learned


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(1)
    good = (rng.random(240) < 0.7).astype(int)
    words = {1: ["店员热情", "送货快", "价格不贵", "clean rooms"], 0: ["没人理", "送货慢", "价格贵", "dirty rooms"]}
    texts = [[*rng.choice(words[g], 2), f"第{i}次"] for i, g in enumerate(good)]
    found = learned.features(texts)
    return texts, good, found, found.matrix(texts)


def test_equal_texts_are_in_one_fold():
    good, groups = np.tile([0, 1], 30), np.repeat(np.arange(20), 3)
    fold = learned.folds_of(good, groups, folds=5, seed=1)
    assert all(len(set(fold[groups == g])) == 1 for g in range(20)) and set(fold) == set(range(5))


def test_what_was_not_seen_is_read_well(survey):
    _, good, _, matrix = survey
    fold = learned.folds_of(good, np.arange(len(good)), folds=5, seed=1)
    read = learned.out_of_fold(matrix, fold, learned.fold_models(matrix, good, fold))
    macro, negatives = learned.macro_f1(learned.crossed_calls(read, good, fold), good)
    assert macro > 0.95 and negatives > 0.9


def test_shuffled_scores_teach_nothing(survey):
    _, good, _, matrix = survey
    mixed = np.random.default_rng(5).permutation(good)
    fold = learned.folds_of(mixed, np.arange(len(mixed)), folds=5, seed=1)
    read = learned.out_of_fold(matrix, fold, learned.fold_models(matrix, mixed, fold))
    assert learned.macro_f1(learned.crossed_calls(read, mixed, fold), mixed)[0] < 0.6
    assert learned.neutral_width(read, mixed, 0.0) > 0


def test_telling_words_are_shown_with_their_weight(survey):
    _, good, found, matrix = survey
    terms = dict(found.terms(learned.fit(matrix, good)))
    assert terms["热情"] > 0 > terms["慢"] and not any("_" in t for t in terms)


def test_macro_f1_counts_both_kinds_alike():
    good = np.array([1] * 96 + [0] * 4)
    always, never_negative = learned.macro_f1(np.ones(100, bool), good)
    assert never_negative == 0.0 and always == pytest.approx(0.49, abs=0.01)


def test_the_threshold_finds_rare_complaints():
    rng = np.random.default_rng(2)
    good = np.array([1] * 960 + [0] * 40)
    read = np.where(good == 1, rng.normal(2, 1, 1000), rng.normal(0.5, 1, 1000))
    at_half = learned.macro_f1(read > 0, good)[1]
    chosen = learned.best_threshold(read, good)
    assert learned.macro_f1(read > chosen, good)[1] >= at_half


def test_negation_marks_what_follows():
    assert "¬贵" in learned.marked_words(["价格不贵"]) and "¬clean" in learned.marked_words(["it wasn't very clean"])

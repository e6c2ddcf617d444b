"""A short stretch of what ``make fuzz`` does: no damaged file is anything but taken in or refused in words."""

from __future__ import annotations

from collections import Counter

from tests.fuzz.mutants import mutant
from tests.fuzz.taking import take


def test_damaged_files_are_taken_in_whole_or_refused_in_words():
    verdicts = [take(seed) for seed in range(7000, 7060)]
    assert not [(v.seed, v.said) for v in verdicts if v.state == "fault"]
    counts = Counter(v.state for v in verdicts)
    assert counts["taken"] > 5 and counts["refused"] > 5  # both ends are looked at


def test_a_mutant_is_the_same_from_the_same_seed():
    assert [mutant(s) for s in range(20)] == [mutant(s) for s in range(20)]
    assert len({mutant(s)[1:] for s in range(20)}) == 20

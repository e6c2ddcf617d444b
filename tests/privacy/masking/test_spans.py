from __future__ import annotations

from workbench.privacy.masking.spans import PRIORITY, Span, without_overlaps


def test_nothing_that_one_rule_found_shows_again():
    spans = [Span(4, 9, "name"), Span(0, 5, "phone"), Span(8, 12, "email"), Span(20, 20, "name")]
    assert without_overlaps(spans) == [Span(0, 12, "email")]
    assert without_overlaps([]) == []


def test_what_the_wave_knows_comes_first():
    assert PRIORITY[0] == "known"

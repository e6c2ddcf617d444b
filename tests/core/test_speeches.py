from __future__ import annotations

from workbench.core.speeches import SPEECHES


def test_the_first_language_has_pages_without_a_suffix_and_the_others_one_each():
    suffixes = [s.suffix for s in SPEECHES.values()]
    assert suffixes[0] == "" and len(set(suffixes)) == len(suffixes)
    assert all(code == s.code and s.tag.startswith("lang-") for code, s in SPEECHES.items())


def test_units_of_amounts_come_largest_first():
    for speech in SPEECHES.values():
        sizes = [size for size, _ in speech.money]
        assert sizes == sorted(sizes, reverse=True)

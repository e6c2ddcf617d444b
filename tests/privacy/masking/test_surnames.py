from __future__ import annotations

from workbench.privacy.masking.surnames import (
    AMBIGUOUS_FIRST,
    COMPOUND_SURNAMES,
    COURTESY,
    GIVEN,
    NEVER_GIVEN,
    PLAIN_SURNAMES,
    TITLES,
    WORDLIKE_SURNAMES,
)


def test_lists_do_not_contradict_each_other():
    assert not PLAIN_SURNAMES & WORDLIKE_SURNAMES and not GIVEN & NEVER_GIVEN
    assert set(TITLES) >= COURTESY and all(len(c) == 2 for c in COMPOUND_SURNAMES)
    assert "april" in AMBIGUOUS_FIRST and "王" in PLAIN_SURNAMES and "向" in WORDLIKE_SURNAMES

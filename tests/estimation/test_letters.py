from __future__ import annotations

from workbench.estimation.letters import letter


def test_letters_after_z():
    assert [letter(i) for i in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]

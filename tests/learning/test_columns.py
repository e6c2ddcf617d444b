from workbench.learning import columns


def test_intervals_say_their_level():
    assert [str(c.at(0.9).label) for c in (columns.CI_LOW, columns.CI_HIGH)] == ["Low (90 %)", "High (90 %)"]

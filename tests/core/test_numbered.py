from workbench.core.numbered import numbered_columns


def test_names_around_the_number_are_taken_literally():
    names = ["w.1_x", "w.2_x", "wa1_x", "w.3_y", "w._x", "w.10_x", 7]
    assert numbered_columns("w.{r}_x", names) == [(1, "w.1_x"), (2, "w.2_x"), (10, "w.10_x")]
    assert numbered_columns("{r}", names) == [(7, "7")]

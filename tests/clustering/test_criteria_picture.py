import pandas as pd

from workbench.clustering.criteria_picture import draw_criteria


def test_every_criterion_has_a_line_and_a_mark_of_its_own():
    table = pd.DataFrame(
        {"k": [2, 3, 4], "silhouette": [0.2, 0.5, 0.4], "gap": [1.0, 1.1, 1.3], "bic": [90.0, 80.0, 85.0]}
    )
    ax = draw_criteria(table, {"silhouette": 3, "gap": 1, "bic": 3}, "zh-CN").axes[0]
    drawn = [line for line in ax.get_lines() if len(line.get_xdata()) == 3]
    assert len(drawn) == 3
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 3
    marks = [list(line.get_xdata()) for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert marks == [[3], [], [3]]
    assert list(drawn[2].get_ydata()) == [0.0, 1.0, 0.5]  # the lowest BIC is the best

"""Words that answers are given in: yes and no, ticked and not, and the steps of a scale of five."""

from __future__ import annotations

TICKED = ("1", "1.0", "true", "yes", "y", "是", "x", "√", "✓")
UNTICKED = ("0", "0.0", "false", "no", "n", "否")
YES, NO = ("true", "1", "yes", "y", "是"), ("false", "0", "no", "n", "否")
# from the worst to the best answer; each step in the words of both languages
STEPS = (
    (
        *("very dissatisfied", "extremely dissatisfied", "strongly disagree", "very unlikely", "extremely unlikely"),
        *(
            "very poor",
            "very bad",
            "very difficult",
            "非常不满意",
            "很不满意",
            "非常不同意",
            "非常不可能",
            "很差",
            "非常差",
        ),
    ),
    (
        *("dissatisfied", "somewhat dissatisfied", "rather dissatisfied", "disagree", "somewhat disagree", "unlikely"),
        *("somewhat unlikely", "poor", "bad", "difficult", "不满意", "不太满意", "比较不满意", "不同意", "比较不同意"),
        *("不太可能", "差", "比较差", "较差"),
    ),
    (
        *("neutral", "neither satisfied nor dissatisfied", "neither agree nor disagree", "neither likely nor unlikely"),
        *("average", "fair", "一般", "中立", "普通", "说不清", "无所谓", "一般满意"),
    ),
    (
        *(
            "satisfied",
            "somewhat satisfied",
            "rather satisfied",
            "agree",
            "somewhat agree",
            "likely",
            "somewhat likely",
        ),
        *("good", "easy", "满意", "比较满意", "同意", "比较同意", "可能", "比较可能", "好", "比较好", "较好"),
    ),
    (
        *("very satisfied", "extremely satisfied", "strongly agree", "very likely", "extremely likely", "very good"),
        *("excellent", "very easy", "非常满意", "很满意", "非常同意", "非常可能", "很好", "非常好"),
    ),
)

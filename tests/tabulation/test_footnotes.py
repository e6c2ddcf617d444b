from __future__ import annotations

from workbench.tabulation.footnotes import footnotes

PLAIN = {
    "test": "design",
    "correction": "bh",
    "family": "row",
    "levels": (0.95, 0.90),
    "minimum_base": 30,
    "small_base": 100,
    "condition": None,
    "base": "answered",
}


def said(language="en", **changed):
    return [n.message.text(language) for n in footnotes(**{**PLAIN, "against": ["each other"], **changed})]


def test_a_sign_never_stands_without_its_key():
    letters, arrows = said(), said(against=["rest", "previous"])
    assert "letter stands" in letters[0] and not any("▲" in t or "↑" in t for t in letters)
    assert any("▲ ▼" in t for t in arrows) and any("↑ ↓" in t for t in arrows)
    assert not any("letter stands" in t for t in arrows)
    both = said(against=["each other", "rest", "previous"], language="zh-CN")
    assert sum(any(s in t for t in both) for s in ("▲", "↑", "字母")) == 3


def test_test_correction_filter_and_base_are_told():
    assert any("all pairs of a row" in t for t in said())
    assert any("over the columns of a row" in t for t in said(against=["previous"]))
    assert any("not corrected" in t for t in said(correction=None))
    assert any("ignores strata" in t for t in said(test="pooled_z_effective"))
    assert any("variance of the design" in t for t in said(test="linearised_t"))
    assert any("visits > 1" in t for t in said(condition="visits > 1"))
    assert any("everybody" in t for t in said(base="all"))

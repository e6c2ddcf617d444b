from __future__ import annotations

from workbench.core.language import message
from workbench.report.chapters.sample.words import counted


def test_only_what_is_there_is_said():
    some, none = (counted("sample.again", message("{n:int} again", n=n), n, source="overlap") for n in (3, 0))
    assert some.is_said
    assert not none.is_said
    assert some.evidence.source == "overlap"

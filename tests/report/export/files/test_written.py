from __future__ import annotations

from pathlib import Path

from workbench.core.language import message
from workbench.report.export.files.written import written


def test_it_shows_the_variables_and_what_was_lost():
    done = written(
        [("满意度", "v1", "Satisfaction")],
        [Path("a.sav")],
        [message("{column} is called {name}.", column="满意度", name="v1")],
    )
    assert "满意度 is called v1." in repr(done) and "<table" in done._repr_html_()
    assert [m.text("zh-CN") for m in done.lost] == ["满意度 在文件中名为 v1。"]

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pandas as pd
import pytest

from workbench.core.language import Language, Message, message, use_language
from workbench.core.names import Column
from workbench.core.results import Note, Result


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Coded(Result):
    caption: ClassVar[Message] = message("Region")
    columns: ClassVar = {"code": Column(message("Group"))}

    def shown_table(self, language: Language) -> pd.DataFrame:
        return self.table.assign(code=self.table["code"].map({1: "one"}))


RESULT = Coded(table=pd.DataFrame({"code": [1], "n": [1200]}), notes=(Note(message("Region"), "warning"),))


def test_a_result_shows_words_and_keeps_codes():
    assert "one" in RESULT.to_html("en") and "one" in repr(RESULT)
    assert RESULT.table["code"].tolist() == [1]
    with use_language("zh-CN"):
        assert "地区" in RESULT._repr_html_() and "组别" in RESULT._repr_html_()


def test_results_are_frozen_and_new_notes_make_a_new_result():
    with pytest.raises(FrozenInstanceError):
        RESULT.table = None
    more = RESULT.with_notes([Note(message("Group"))])
    assert len(more.notes) == 2 and len(RESULT.notes) == 1 and type(more) is Coded
    assert "warning: Region" in repr(RESULT)

import pandas as pd

from workbench.core.language import message
from workbench.core.results import Result
from workbench.nps.wording import html_in_words


def test_only_known_words_change():
    result = Result(table=pd.DataFrame({"kind": ["yes", "else"]}))
    html = html_in_words(result, "kind", {"yes": message("yes")}, "zh-CN")
    assert "else" in html and ">yes<" not in html
    assert result.table["kind"].tolist() == ["yes", "else"]

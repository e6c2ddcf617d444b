import pandas as pd

from workbench.core.language import message
from workbench.nps.wording import in_words


def test_only_known_words_change():
    table = pd.DataFrame({"kind": ["yes", "else"]})
    assert in_words(table, "kind", {"yes": message("yes")}, "zh-CN")["kind"].tolist() == ["是", "else"]
    assert table["kind"].tolist() == ["yes", "else"]

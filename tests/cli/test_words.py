import pandas as pd
from typer.testing import CliRunner

from workbench.cli import app
from workbench.store import Wave


def test_words_are_handed_out(make_wave):
    wave = Wave.open(make_wave())
    rows = {
        "customer_id": ["1", "2"],
        "weight": 1.0,
        "stratum": "all",
        "recommend": [2, 10],
        "comment": ["价格太贵", "没有排队"],
    }
    wave.keep("respondents", pd.DataFrame(rows))
    told = CliRunner().invoke(app, ["words", str(wave.folder), "--topic", "price", "--score", "detractors"]).output
    assert "words.xlsx: 1 comments" in told

import pandas as pd
from typer.testing import CliRunner

from workbench.cli import app
from workbench.store import Wave


def test_a_frame_is_proposed_and_a_sample_drawn(make_wave):
    wave = Wave.open(make_wave())
    texts = [f"店员态度热情{i}" for i in range(60)] + [f"超市停车位太少{i}" for i in range(60)]
    wave.keep("respondents", pd.DataFrame({"customer_id": [str(i) for i in range(120)], "comment": texts}))
    told = CliRunner().invoke(app, ["frame", str(wave.folder), "--topics", "2"]).output
    assert "code_frame.yaml" in told and "comments" in told
    told = CliRunner().invoke(app, ["frame", str(wave.folder), "--sample", "20"]).output
    assert "hand_codes" in told and (wave.folder / "hand_codes.csv").exists()

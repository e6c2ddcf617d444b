import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps.code_frame import read_frame
from workbench.report.frames import comments_of, write_proposed, write_sample
from workbench.store import Wave


@pytest.fixture
def wave(make_wave):
    opened = Wave.open(make_wave())
    texts = [f"店员王小明态度热情{i}" for i in range(60)] + [f"超市停车位太少{i}" for i in range(60)] + [None] * 5
    ids = [str(i) for i in range(len(texts))]
    opened.keep("respondents", pd.DataFrame({"customer_id": ids, "recommend": 9, "comment": texts}))
    return opened


def test_a_proposal_is_written_once(wave):
    path, found = write_proposed(wave, topics=2, seed=1)
    assert path.parent == wave.folder and "confirmed: false" in path.read_text(encoding="utf-8")
    assert found.table["n"].iloc[0] == 120
    with pytest.raises(InputError, match="not replaced"):
        write_proposed(wave, topics=2, seed=1)


def test_a_sample_to_code_is_masked_and_has_a_column_per_topic(wave):
    path = write_sample(wave, read_frame("retail"), n=30, seed=1)
    table = pd.read_csv(path)
    assert len(table) == 30 and "staff" in table and table["staff"].isna().all()
    assert not table["comment"].str.contains("王小明").any()
    with pytest.raises(InputError, match="not replaced"):
        write_sample(wave, read_frame("retail"), n=30, seed=1)


def test_no_comments(make_wave):
    opened = Wave.open(make_wave())
    opened.keep("respondents", pd.DataFrame({"customer_id": ["1"], "recommend": [9]}))
    with pytest.raises(InputError, match="comments of a wave"):
        comments_of(opened)

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import propose_frame
from workbench.nps.code_frame import read_frame


@pytest.fixture(scope="module")
def proposed():
    texts = [f"牙医很温柔,候诊室{i}" for i in range(60)] + [f"挂号系统很慢,医生解释清楚{i}" for i in range(60)]
    return propose_frame(pd.DataFrame({"c": texts}), "c", topics=2, seed=1)


def test_a_proposal_becomes_a_frame_when_a_person_has_named_it(proposed, tmp_path):
    path = tmp_path / "code_frame.yaml"
    path.write_text(proposed.text(), encoding="utf-8")
    with pytest.raises(InputError, match="not confirmed"):
        read_frame(path)
    named = proposed.text().replace("confirmed: false", "confirmed: true").replace("'? ", "'")
    path.write_text(named, encoding="utf-8")
    frame = read_frame(path)
    assert len(frame.topics) == 2 and frame.codes(["牙医不错"]).sum() == 1


def test_proposed_words_are_words_and_name_no_tone(proposed):
    words = [w for row in proposed.table["words"] for w in row.split(" · ")]
    assert "牙医" in words and "很慢" not in words and len(words) == len(set(words))
    assert proposed.table["comments"].between(1, 120).all()
    assert proposed.plot("zh-CN").axes and "proposed" in proposed.to_html("en")


def test_too_few():
    with pytest.raises(InputError, match="at least 100"):
        propose_frame(pd.DataFrame({"c": ["a"] * 5}), "c", seed=1)

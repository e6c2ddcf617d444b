import pytest

from workbench.core.errors import ConfigError
from workbench.store.wave_file import parse_wave

HEAD = {"study": "shop", "wave": "w1", "title": {"en": "Shop", "zh-CN": "商店"}, "as_of": "2026-06-30", "tables": {}}
RECIPIENT = "age1" + "q" * 58


def parsed(**privacy):
    return parse_wave({**HEAD, "privacy": privacy}, where="wave.yaml").privacy


def test_without_a_word_small_cells_are_hidden_and_quotes_wait():
    plan = parse_wave(HEAD, where="wave.yaml").privacy
    assert (plan.k, plan.minimum_cell, plan.keep_days) == (5, 10, None)
    assert (plan.encrypt_lists, plan.publish_quotes, plan.recipients) == ("none", "released", [])


def test_everything_may_be_said():
    plan = parsed(
        purpose="2026Q3 satisfaction",
        ground="contract",
        keep_days=180,
        k=8,
        minimum_cell=20,
        recipients=[RECIPIENT],
        encrypt_lists="age",
        publish_quotes="never",
    )
    assert plan.keep_days == 180 and plan.recipients == [RECIPIENT] and plan.purpose == "2026Q3 satisfaction"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"encrypt_lists": "age"}, "recipients: name who may open"),
        ({"recipients": ["AGE-SECRET-KEY-1QQQ"]}, "privacy.recipients.0"),
        ({"keep_days": 0}, "privacy.keep_days"),
        ({"k": 1}, "privacy.k"),
        ({"keepdays": 30}, "keep_days"),
        ({"publish_quotes": "sometimes"}, "privacy.publish_quotes"),
    ],
)
def test_what_cannot_be_kept_is_refused(wrong, said):
    with pytest.raises(ConfigError, match=said):
        parsed(**wrong)

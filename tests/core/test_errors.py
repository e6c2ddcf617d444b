from __future__ import annotations

import pickle

import pytest

from workbench.core.errors import ConfigError, InputError, nearest, require_columns
from workbench.core.language import message


def test_an_error_says_rule_found_and_fix_and_where():
    text = str(InputError("Rule.", found="this", fix="do that", where="file.csv"))
    assert text == "file.csv: Rule.\n  found: this\n  fix:   do that"


def test_errors_survive_the_way_between_processes():
    error = ConfigError("Rule.", found="this", fix="do that", where="x")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ConfigError and str(again) == str(error) and again.exit_code == 2


@pytest.mark.parametrize(("name", "hint"), [("Regoin", "'region'"), ("zzz", ""), ("CHANEL", "'channel'")])
def test_the_nearest_name_is_proposed(name, hint):
    assert hint in nearest(name, ["region", "channel"])


def test_missing_columns_are_named_with_what_is_there():
    with pytest.raises(InputError, match="did you mean 'amount'") as caught:
        require_columns(["customer_id", "amount"], ["amout"], where="orders")
    assert "customer_id, amount" in str(caught.value.found)


def test_words_of_an_error_may_read_in_every_language():
    error = InputError(message("{n:int} answers", n=1200), found="F", fix="X", where="data")
    assert str(error) == "data: 1,200 answers\n  found: F\n  fix:   X" and error.args == ("1,200 answers",)
    again = pickle.loads(pickle.dumps(error))
    assert again.rule == error.rule and again.rule.text("zh-CN") == "1,200 份答卷"


def test_an_error_never_lists_ninety_columns():
    columns = [f"Q{i}" for i in range(90)] + ["region"]
    with pytest.raises(InputError) as caught:
        require_columns(columns, ["regoin"], where="responses")
    assert len(str(caught.value)) < 300 and "region" in str(caught.value) and "(91)" in str(caught.value)

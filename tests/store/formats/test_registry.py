from __future__ import annotations

from typing import get_args

import pytest

from workbench.core.errors import InputError
from workbench.store.config.parts import FormatName
from workbench.store.formats.head import head_of_cells
from workbench.store.formats.registry import FORMATS, recognise

WJX = head_of_cells([["序号", "提交答卷时间", "所用时间", "来自IP"], ["1", "2026/1/5", "65秒", ""]])


def test_every_format_can_be_named_in_wave_yaml():
    assert {f.name for f in FORMATS} == set(get_args(FormatName)) - {"auto", "plain"}


def test_a_format_that_is_named_is_looked_for_and_plain_is_none():
    assert recognise(WJX, named="plain") is None
    assert recognise(WJX, named="wenjuanxing").format.name == "wenjuanxing"
    with pytest.raises(InputError, match="first row 序号"):
        recognise(WJX, named="qualtrics")


def test_a_file_with_the_signs_of_two_is_asked_about():
    two = head_of_cells([["RespondentID", "submitdate", "lastpage", "startlanguage"], ["3292879998", "", "", ""]])
    with pytest.raises(InputError, match="format: limesurvey"):
        recognise(two)


def test_a_changed_header_is_a_plain_table():
    assert recognise(head_of_cells([["序 号", "提交时间"], ["1", "2026/1/5"]])) is None

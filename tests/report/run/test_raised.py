from __future__ import annotations

import json
import sys

import pytest

from workbench.core.errors import ConfigError, InputError
from workbench.core.findings import spoken_from
from workbench.core.language import message
from workbench.report.run.raised import MIME, Raised, last_raised, raised_of


def test_a_refusal_is_told_in_its_words():
    raised = raised_of(ConfigError("R.", found=message("{n:int} answers", n=3), fix="X"))
    assert raised.is_refusal and raised.state == "refused" and raised.kind == "ConfigError"
    assert spoken_from(raised.found) == message("{n:int} answers", n=3)
    assert (raised.rule, raised.fix) == ("R.", "X")


@pytest.mark.parametrize("error", [ValueError("a: b"), SystemExit(0), KeyError("x")])
def test_anything_else_is_a_fault(error):
    raised = raised_of(error)
    assert raised.state == "fault" and raised.found == f"{type(error).__name__}: {error}"


def test_it_travels_as_json(tmp_path):
    raised = raised_of(InputError(message("In {place}.", place=tmp_path), found="F", fix="X"))
    content = json.loads(json.dumps(raised._repr_mimebundle_()[MIME]))
    assert Raised(**content) == raised
    assert spoken_from(content["rule"]).text("en") == f"In {tmp_path}."


def test_the_last_exception_is_asked_for(monkeypatch):
    monkeypatch.delattr(sys, "last_value", raising=False)
    assert last_raised() is None
    monkeypatch.setattr(sys, "last_value", InputError("R.", found="F", fix="X"), raising=False)
    assert last_raised() == raised_of(InputError("R.", found="F", fix="X"))

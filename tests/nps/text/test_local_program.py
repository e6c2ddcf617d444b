import sys

import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import code_comments, topic_tone
from workbench.nps.text.local_program import ProgramReader

ANSWERS = "import sys,json\nfor l in sys.stdin: print(json.dumps({'tone': %s}))"


def program(tone):
    return ProgramReader((sys.executable, "-c", ANSWERS % tone))


def test_a_program_reads_instead_of_the_dictionaries():
    data = pd.DataFrame({"c": ["价格太贵", "服务很好"]})
    reader = program("'complaint' if '好' in json.loads(l)['clause'] else 'praise'")
    found = topic_tone(data, code_comments(data, "c"), reader).table.set_index("topic")
    assert found.loc["staff", "complaints"] == 1 and found.loc["price", "praise"] == 1
    assert reader.tones([]) == []


@pytest.mark.parametrize("tone", ["'angry'", "1/0"])
def test_what_is_no_tone_is_refused(tone):
    with pytest.raises(InputError, match="answers each clause"):
        program(tone).tones(["好"])


def test_a_program_that_is_not_there_or_answers_too_little():
    with pytest.raises(InputError, match="FileNotFoundError"):
        ProgramReader(("/nowhere/reader",)).tones(["好"])
    with pytest.raises(InputError, match="0 / 1"):
        ProgramReader((sys.executable, "-c", "pass")).tones(["好"])

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.core.errors import LockedError
from workbench.report.run.locks import wave_lock
from workbench.store import Wave

HOLD = """
import sys, time
from workbench.report.run.locks import wave_lock
from workbench.store import Wave
with wave_lock(Wave.open(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_whoever_holds_a_lock_may_take_it_again(make_wave):
    wave = Wave.open(make_wave())
    with wave_lock(wave), wave_lock(Wave.open(wave.folder)):
        pass


def test_another_process_is_refused_until_the_holder_is_gone(make_wave):
    wave = Wave.open(make_wave())
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(wave.folder)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError), wave_lock(wave):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with wave_lock(wave):
        pass

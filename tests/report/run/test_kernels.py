from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from workbench.core.engine.scratch import scratch_folder
from workbench.core.errors import EngineError
from workbench.report.run.kernels import KERNEL_NAME, SOCKET_VARIABLE, default_kernels, kernel_room

pytestmark = pytest.mark.xdist_group("kernels")


def ask(client, code: str) -> str:
    answer = []
    client.execute_interactive(code, timeout=300, output_hook=lambda m: answer.append(m["content"].get("text", "")))
    return "".join(answer).strip()


@pytest.mark.parametrize("kind", ["forked", "plain"])
def test_kernels_start_compute_and_end(kind):
    before = os.environ.get(SOCKET_VARIABLE)
    with kernel_room(kind):
        manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)
        try:
            assert ask(client, "import sys; print(6 * 7, 'pandas' in sys.modules)") == f"42 {kind == 'forked'}"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    assert os.environ.get(SOCKET_VARIABLE) == before


@pytest.mark.parametrize("now", [False, True])
@pytest.mark.parametrize("kind", ["forked", "plain"])
def test_what_kernels_keep_on_their_way_goes_with_them(kind, now):
    with kernel_room(kind):
        manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)
        code = "from workbench.core.engine.scratch import scratch_folder as f; (f() / 'a').touch(); print(f())"
        try:
            kept = Path(ask(client, code))
            assert (kept / "a").exists() and kept.is_relative_to(scratch_folder())
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=now)
        assert now or not kept.exists()
    assert not kept.exists()


@pytest.mark.parametrize("at_once", [False, True])
def test_imports_are_paid_for_only_where_a_kernel_will_be_needed(monkeypatch, at_once):
    started = []
    real = subprocess.Popen

    def noted(argv, **options):
        started.append(argv)
        return real([sys.executable, "-c", "input()"], **options)

    monkeypatch.setattr("workbench.report.run.kernels.subprocess.Popen", noted)
    with kernel_room("forked", at_once=at_once):
        pass
    assert [a[2] for a in started] == ["workbench.report.run.zygote"] * at_once


def test_forked_kernels_share_nothing(tmp_path):
    with kernel_room("forked"):
        pairs = [start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME, cwd=str(tmp_path)) for _ in range(2)]
        try:
            first, second = (client for _, client in pairs)
            ask(first, "import pandas as pd, os; pd.left_over = 1; os.environ['LEFT'] = '1'; os.chdir('/')")
            seen = ask(
                second, "import pandas as pd, os; print(hasattr(pd, 'left_over'), 'LEFT' in os.environ, os.getcwd())"
            )
            assert seen == f"False False {tmp_path}"
            numbers = {ask(c, "import numpy as np; print(np.random.random())") for c in (first, second)}
            assert len(numbers) == 2
            assert len({ask(c, "import os; print(os.getpid())") for c in (first, second)}) == 2
        finally:
            for manager, client in pairs:
                client.stop_channels()
                manager.shutdown_kernel(now=True)


def test_engines_work_in_forked_kernels(tmp_path):
    code = (
        "import duckdb, pandas as pd, pyarrow.parquet as pq\n"
        f"pd.DataFrame({{'a': range(200_000)}}).to_parquet(r'{tmp_path}/x.parquet')\n"
        f"total = duckdb.connect().cursor().execute(\"SELECT sum(a) FROM r'{tmp_path}/x.parquet'\".replace('r\\'', '\\''))\n"
        f"print(total.fetchone()[0], pq.read_table(r'{tmp_path}/x.parquet').num_rows)"
    )
    with kernel_room("forked"):
        manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)
        try:
            assert ask(client, code) == "19999900000 200000"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def test_a_killed_kernel_is_seen_as_dead():
    with kernel_room("forked"):
        manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)
        pid = int(ask(client, "import os; print(os.getpid())"))
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while manager.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
        assert not manager.is_alive()
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("killed", ["run", "zygote"])
def test_kernels_end_with_what_is_killed_above_them(tmp_path, killed):
    if killed == "zygote" and not sys.platform.startswith("linux"):
        pytest.skip("only Linux ends a process with its parent")
    code = (
        "import os, time\n"
        "from jupyter_client.manager import start_new_kernel\n"
        "from workbench.report.run.kernels import *\n"
        "with kernel_room('forked'):\n"
        "    manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)\n"
        "    print(manager.provisioner.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path)
    pid = int(run.stdout.readline())
    if killed == "run":
        run.kill()
        run.wait()
    else:
        zygote = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(zygote, signal.SIGKILL)
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            run.kill()
            run.wait()
            return
        time.sleep(0.1)
    run.kill()
    pytest.fail("the kernel outlived its run")


def test_without_a_zygote_kernels_are_launched_as_usual(monkeypatch, tmp_path):
    monkeypatch.setattr("workbench.report.run.kernels.WARM_UP_SECONDS", 0.1)
    with kernel_room("plain"):
        monkeypatch.setenv(SOCKET_VARIABLE, str(tmp_path / "nobody.sock"))
        manager, client = start_new_kernel(startup_timeout=600, kernel_name=KERNEL_NAME)
        try:
            assert ask(client, "print('here')") == "here"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def test_forking_is_the_default_only_where_it_is_safe(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_kernels() == "plain"
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_kernels() == "forked"


def test_a_machine_without_loopback_is_told_at_once(monkeypatch):
    def refused(*_: object, **__: object):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", refused)
    with pytest.raises(EngineError, match="loopback"), kernel_room("plain"):
        pass

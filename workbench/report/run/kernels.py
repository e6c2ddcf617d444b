"""Fresh kernels in a blink: a Jupyter kernel provisioner that forks them from a warm process of the same run.

papermill and nbclient stay as they are; they ask for the kernel ``workbench``, whose spec names this provisioner.
Without a zygote (macOS, or a run with ``--kernels plain``) it launches kernels as usual.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from workbench.core import progress
from workbench.core.engine.scratch import scratch_folder, sweep_scratch
from workbench.core.errors import EngineError

KERNEL_NAME = "workbench"
SOCKET_VARIABLE = "WORKBENCH_ZYGOTE"
WARM_UP_SECONDS = 120
KERNEL_OPTIONS = (
    "--IPKernelApp.log_level=40",
    # nobody scrolls back through what a report's kernels were told, and each would write it to a database on disk
    "--HistoryManager.enabled=False",
    # with colours and the variables of every call a traceback takes longer than most sections; a refusal needs none
    "--InteractiveShell.xmode=Plain",
)
Kernels = Literal["forked", "plain"]


class ForkedKernel:
    """A kernel that another process forked, with the parts of ``subprocess.Popen`` a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = connection.makefile()
        self.pid = int(self._reader.readline())
        connection.setblocking(False)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while the kernel lives."""
        if self.returncode is None:
            try:
                line = self._connection.recv(64)
            except BlockingIOError:
                return None
            # the zygote ended: its kernels are gone with it
            self.returncode = int(line) if line else -signal.SIGKILL
            self._connection.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end and return its exit code."""
        until = time.monotonic() + (3600 if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Forks kernels from the run's zygote, or launches them as usual where there is none."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel and return its connection information."""
        connection = await _connect(os.environ.get(SOCKET_VARIABLE))
        if connection is None:
            return await super().launch_kernel(cmd, **kwargs)
        # the kernel must not believe that this process is its parent
        env = {k: v for k, v in (kwargs.get("env") or os.environ).items() if k != "JPY_PARENT_PID"}
        manager: Any = self.parent
        request = {
            "connection_file": manager.connection_file,
            "cwd": kwargs.get("cwd") or str(Path.cwd()),
            "env": dict(env),
            "options": KERNEL_OPTIONS,
        }
        connection.sendall((json.dumps(request) + "\n").encode())
        kernel: Any = ForkedKernel(connection)
        self.process = kernel
        self.pid = self.pgid = kernel.pid
        return self.connection_info


async def _connect(path: str | None) -> socket.socket | None:
    """Return a connection to the zygote once it is warm; None if there is none or it failed."""
    if not path:
        return None
    _start(path)
    place, until = Path(path), time.monotonic() + WARM_UP_SECONDS
    while not place.exists():
        if place.with_suffix(".failed").exists() or not place.parent.exists() or time.monotonic() > until:
            return None
        await asyncio.sleep(0.02)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


@contextmanager
def kernel_room(kernels: Kernels, *, at_once: bool = False) -> Iterator[None]:
    """Make the kernel ``workbench`` known inside the ``with`` block, and a zygote for it when the first is asked for.

    Parameters
    ----------
    kernels
        ``forked`` from a warm process, or ``plain``.
    at_once
        Whether that process warms up already now, beside other work, because a kernel will be needed for certain.

    Raises
    ------
    EngineError
        If the machine has no loopback interface, through which kernels are spoken to.
    """
    _require_loopback()
    sweep_scratch()
    with tempfile.TemporaryDirectory(dir=scratch_folder()) as folder:
        spec = Path(folder) / "kernels" / KERNEL_NAME
        spec.mkdir(parents=True)
        provisioner = {"provisioner_name": "workbench-fork"}
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *KERNEL_OPTIONS]
        content = {
            "argv": argv,
            "display_name": "Workbench",
            "language": "python",
            "metadata": {"kernel_provisioner": provisioner},
            # what a kernel keeps on its way goes with the run, also where the kernel is killed
            "env": {"TMPDIR": folder},
        }
        (spec / "kernel.json").write_text(json.dumps(content))
        changes: dict[str, str | None] = {
            "JUPYTER_PATH": os.pathsep.join(filter(None, [folder, os.environ.get("JUPYTER_PATH")])),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "JUPYTER_PLATFORM_DIRS": "1",
            progress.VARIABLE: "off",
            "PYTHONSTARTUP": None,  # what an analyst's kernels load is not part of a report
        }
        zygote = _zygote(Path(folder) / "zygote.sock") if kernels == "forked" else _environment({SOCKET_VARIABLE: None})
        with _environment(changes), zygote:
            if at_once:
                _start(os.environ.get(SOCKET_VARIABLE))
            yield


def _require_loopback() -> None:
    """Say at once what would otherwise be a kernel that does not answer for a minute."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            socket.create_connection(listener.getsockname(), timeout=5).close()
    except OSError as error:
        raise EngineError(
            "Notebooks run in kernels that are spoken to over the loopback interface (127.0.0.1).",
            found=f"it cannot be used: {error.strerror}",
            fix="Bring it up: ip link set lo up; or run outside of a network namespace without one.",
            where="kernels",
        ) from error


def default_kernels() -> Kernels:
    """Return ``forked`` where forking a process with loaded libraries is safe, else ``plain``."""
    return "forked" if sys.platform.startswith("linux") else "plain"


# socket → what starts its zygote: a run in which nothing changed has no use for two seconds of imports
_cold: dict[str, Callable[[], None]] = {}


def _start(path: str | None) -> None:
    """Start the zygote of a socket, unless it was started before."""
    if path and (start := _cold.pop(path, None)):
        start()


@contextmanager
def _zygote(path: Path) -> Iterator[None]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        argv = [sys.executable, "-m", "workbench.report.run.zygote", str(path)]
        started.append(subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL))

    _cold[str(path)] = start
    try:
        with _environment({SOCKET_VARIABLE: str(path)}):
            yield
    finally:
        _cold.pop(str(path), None)
        for process in started:
            _end(process, warm=path.exists())


def _end(process: subprocess.Popen[bytes], *, warm: bool) -> None:
    assert process.stdin is not None
    if not warm:
        process.kill()  # still importing: nothing had to run
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def _environment(changes: Mapping[str, str | None]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    _set_environment(changes)
    try:
        yield
    finally:
        _set_environment(before)


def _set_environment(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

"""A process that has imported everything once and forks a fresh kernel on request; it lives as long as one run.

Run as ``python -m workbench.report.run.zygote SOCKET``. It computes nothing before a fork, so every kernel starts
clean. Its life hangs on its standard input: when the run ends, however it ends, the pipe closes and every kernel is
ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

PRELOADED = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "duckdb",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "asttokens.util",
    "tornado.platform.asyncio",
    "seaborn",
    "xlsxwriter",
    "statsmodels.genmod.generalized_linear_model",
    "rjieba",
    "opencc",
    "workbench.report.site.blocks",
    # rooms and chapters: once here, instead of once in every kernel
    "workbench.nps",
    "workbench.clv",
    "workbench.clustering",
    "workbench.tiers",
    "workbench.privacy.masking",
    "workbench.report.steps",
)
# a debugger nobody attaches to a report's kernels, and widgets nobody clicks there: others would load them
UNUSED = ("debugpy", "ipywidgets")


PARENT_DEATH_SIGNAL = 1  # of prctl(2)


def die_with_parent(parent: int) -> None:
    """Have the system end this process when its parent ends, whatever ends it; where the system can (Linux)."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this was asked for
        os._exit(1)


def serve(socket_path: Path) -> None:
    """Answer fork requests until standard input closes."""
    for name in UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in PRELOADED:
        importlib.import_module(name)
    for name in ("workbench.core.charts", "workbench.core.language"):
        importlib.import_module(name).warm_up()
    # what is here stays: kernels neither look through it for garbage, a second each time, nor copy its pages
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    early = socket_path.with_suffix(".early")
    listener.bind(str(early))
    listener.listen(16)
    early.rename(socket_path)  # whoever sees the name can connect
    waker = _wake_on_child_exit()
    selector = selectors.DefaultSelector()
    for readable in (listener, sys.stdin, waker):
        selector.register(readable, selectors.EVENT_READ)
    kernels: dict[int, socket.socket] = {}
    try:
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if waker in ready:
                waker.recv(4096)
                _reap(kernels)
            if listener in ready:
                connection, _ = listener.accept()
                _start_kernel(connection, kernels, listener)
            if sys.stdin in ready and not os.read(sys.stdin.fileno(), 1):
                return
    finally:
        for pid in kernels:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        socket_path.unlink(missing_ok=True)


def _wake_on_child_exit() -> socket.socket:
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _keep_open.append(writer)
    return reader


_keep_open: list[socket.socket] = []


def _reap(kernels: dict[int, socket.socket]) -> None:
    while kernels:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        connection = kernels.pop(pid, None)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            connection.close()


def _start_kernel(connection: socket.socket, kernels: dict[int, socket.socket], listener: socket.socket) -> None:
    request = json.loads(connection.makefile().readline())
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        die_with_parent(zygote)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listener.close()
        for other in (connection, *kernels.values()):
            other.close()
        _become_kernel(request)
    kernels[pid] = connection
    connection.sendall(f"{pid}\n".encode())


def _become_kernel(request: dict[str, object]) -> NoReturn:
    os.setsid()
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    tempfile.tempdir = None  # what it was before; the kernel's own stands in its environment
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    import numpy as np

    np.random.seed(int.from_bytes(os.urandom(4), "big"))  # noqa: NPY002 - the legacy state is copied by a fork
    from workbench.core.engine.scratch import leave_scratch

    code = 1
    try:
        from ipykernel.kernelapp import IPKernelApp

        app: Any = IPKernelApp.instance()
        options: Any = request["options"]
        app.initialize(["-f", str(request["connection_file"]), *options])
        app.start()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        leave_scratch()
        os._exit(code)


if __name__ == "__main__":
    try:
        serve(Path(sys.argv[1]))
    except Exception:
        # whoever waits for the socket then launches kernels as usual
        Path(sys.argv[1]).with_suffix(".failed").touch()
        raise

"""Build .venv from requirements.lock, once and quickly; say clearly what is wrong where it cannot be done.

Runs on any Python 3, so that one that is too old can say so. Uses uv where pip can get it, else pip.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
READY = VENV / ".ready"
TOOLS = ROOT / ".cache" / "tools"
LOCK = ROOT / "requirements.lock"
NEEDED_BYTES = 2_500_000_000


def stop(rule, found, fix):
    """Print one clear message and leave."""
    sys.exit("error: %s\n  found: %s\n  fix:   %s" % (rule, found, fix))


def main():
    """Make the environment unless it is there and current."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        stop(
            "The workbench runs on Python 3.11, 3.12 or 3.13.",
            "Python " + sys.version.split()[0],
            "Install one of them and run: make PYTHON=python3.12 ...",
        )
    import tomllib

    # settings of linters and tests do not change what is installed
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    mark = hashlib.sha256(LOCK.read_bytes() + repr(project).encode()).hexdigest()
    if READY.is_file() and READY.read_text() == mark:
        READY.touch()  # make compares times, not contents
        return
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        stop("The environment takes about 2 GB of disk.", "%.1f GB free in %s" % (free / 1e9, ROOT), "Free some space.")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    READY.unlink(missing_ok=True)
    print("Building .venv from requirements.lock", flush=True)
    made = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if made.returncode:
        stop("Python can make a virtual environment.", last_line(made), "Install your system's package python3-venv.")
    python = str(VENV / "bin" / "python")
    uv = get_uv(python)
    if uv:
        follow_pip(python)
        done = run(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                python,
                "--require-hashes",
                "--compile-bytecode",
                "-r",
                str(LOCK),
            ]
        )
        if done.returncode:
            print("uv could not install the packages; trying pip", flush=True)
            uv = None
    if not uv:
        check_network(
            run(
                [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--require-hashes",
                    "-r",
                    str(LOCK),
                ]
            )
        )
    own = [python, "-m", "pip"] if not uv else [uv, "pip"]
    where = [] if not uv else ["--python", python]
    check_network(run([*own, "install", "--quiet", *where, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]))
    READY.write_text(mark)


def get_uv(python):
    """Return the path of uv, installed through pip into a folder of its own; None if it cannot be had."""
    found = shutil.which("uv") or (str(TOOLS / "bin" / "uv") if (TOOLS / "bin" / "uv").exists() else None)
    if found:
        return found
    got = run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(TOOLS), "uv"])
    return str(TOOLS / "bin" / "uv") if got.returncode == 0 else None


def follow_pip(python):
    """Let uv use the package index that pip is configured for."""
    index = run([python, "-m", "pip", "config", "get", "global.index-url"])
    if index.returncode == 0 and index.stdout.strip():
        os.environ.setdefault("UV_DEFAULT_INDEX", index.stdout.strip())


def check_network(done):
    """Leave with the reason if an installation failed."""
    if done.returncode == 0:
        return
    text = done.stderr.lower()
    if "no space left" in text:
        stop("The environment takes about 2 GB of disk.", "the disk is full", "Free some space and run make again.")
    if any(word in text for word in ("resolution", "connection", "timed out", "unreachable", "network", "retries")):
        stop(
            "Packages come from the package index.",
            "no connection to it: " + last_line(done),
            "Connect to the network, or set pip's index in its own configuration, and run make again.",
        )
    stop("The locked packages install.", last_line(done), "Read the full message with: make clean; make report")


def run(command):
    """Run a command and keep what it says."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def last_line(done):
    """Return the last line a command said."""
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else "exit code %d" % done.returncode


if __name__ == "__main__":
    main()

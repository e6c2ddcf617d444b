"""Run a command with ``WORKBENCH_POSTGRESQL`` naming a PostgreSQL server that lives only as long as the command.

A server named in that variable already is left as it is. Where PostgreSQL's own programs (initdb, pg_ctl) are not
installed, the command runs without a server, and its tests say that they were skipped.
Usage: ``python scripts/with_postgresql.py command ...``.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VARIABLE = "WORKBENCH_POSTGRESQL"


def programs():
    """Return the paths of initdb and pg_ctl, None where PostgreSQL is not installed."""
    places = [*os.environ["PATH"].split(os.pathsep), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    found = [shutil.which(name, path=os.pathsep.join(places)) for name in ("initdb", "pg_ctl")]
    return found if all(found) else None


def server_user():
    """Return a user other than root to run the server as, None where nobody else is needed."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def main():
    """Start a server where one can be started, run the command, and stop the server."""
    command = sys.argv[1:]
    found = None if os.environ.get(VARIABLE) else programs()
    if found is None:
        sys.exit(subprocess.run(command).returncode)
    user = server_user()
    switch = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        data = Path(folder) / "data"
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": folder, **switch}
        subprocess.run([found[0], "-D", data, "-A", "trust", "-U", "workbench", "-E", "UTF8", "--locale=C"], **quiet)
        # a socket in a folder of its own: no port is taken, nobody else can connect
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run([found[1], "-D", data, "-o", options, "-l", data / "log", "-w", "start"], **quiet)
        if user is not None:
            Path(folder).chmod(0o755)
        try:
            url = f"postgresql:///postgres?host={folder}&user=workbench"
            code = subprocess.run(command, env={**os.environ, VARIABLE: url}).returncode
        finally:
            subprocess.run([found[1], "-D", data, "-m", "fast", "-w", "stop"], **quiet)
    sys.exit(code)


if __name__ == "__main__":
    main()

"""Files that start the run of a study by themselves: a line for cron, units of systemd, a DAG of Airflow."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.core.errors import ConfigError

Scheduler = Literal["cron", "systemd", "airflow"]
# on the second day of a quarter at 06:15, when the data of the last are there
CRON, CALENDAR = "15 6 2 1,4,7,10 *", "*-01,04,07,10-02 06:15"
LOG = "log"
UNSAFE = frozenset("\n\r\0")


@dataclass(frozen=True)
class Place:
    """Where a study is run.

    Attributes
    ----------
    root
        The project's folder.
    program
        What starts the workbench: the installed program, or Python and a module.
    study
        The study's folder.
    reports
        Folder of the site.
    """

    root: Path
    program: tuple[str, ...]
    study: Path
    reports: Path

    @property
    def name(self) -> str:
        """Name of the jobs: of letters that every scheduler takes."""
        return "survey-" + "".join(c if c.isalnum() and c.isascii() else "-" for c in self.study.name)

    @property
    def command(self) -> list[str]:
        """The command: the newest wave that is due, whatever it is called."""
        return [*self.program, "report", str(self.study), "--newest", "--reports", str(self.reports)]


def schedule(scheduler: Scheduler, place: Place) -> dict[str, str]:
    """Return the files of a schedule: name → content, each complete.

    Parameters
    ----------
    scheduler
        ``cron``, ``systemd`` or ``airflow``.
    place
        Where the study is run; all paths are whole.

    Raises
    ------
    ConfigError
        If a path cannot be written into such a file.

    Notes
    -----
    Jobs run with an empty environment: what they need, the language of texts and a folder for logs, is in them. Two
    runs never work on one wave; the second one ends with 5, which is no failure. A run that was killed goes on where it
    stopped, so it may be started again.
    """
    for path in (place.root, *place.program, place.study, place.reports):
        if UNSAFE & set(str(path)) or (scheduler == "systemd" and " " in str(path)):
            raise ConfigError(
                "Paths of a schedule have no line breaks, and none with systemd has blanks.",
                found=repr(str(path)),
                fix="Move the project, or link to it from such a path.",
                where=scheduler,
            )
    makers: Mapping[str, Callable[[Place], dict[str, str]]] = {"cron": _cron, "systemd": _systemd, "airflow": _airflow}
    return makers[scheduler](place)


def _cron(place: Place) -> dict[str, str]:
    log = place.root / LOG / f"{place.name}.log"
    # cron turns % into line breaks, and its shell has almost no environment
    command = shlex.join(place.command).replace("%", r"\%")
    line = (
        f"{CRON}  cd {shlex.quote(str(place.root))} && mkdir -p {shlex.quote(str(log.parent))} && "
        f"{{ {command}; code=$?; [ $code -eq 5 ] || exit $code; }} >> {shlex.quote(str(log))} 2>&1"
    )
    head = [
        f"# {place.name}: the newest wave that is due, on the second day of each quarter at 06:15.",
        "# Install it with: crontab -e",
        "SHELL=/bin/sh",
        "LANG=C.UTF-8",
        "MAILTO=''",
    ]
    return {f"{place.name}.cron": "\n".join([*head, line, ""])}


def _systemd(place: Place) -> dict[str, str]:
    name = place.name
    start = " ".join(a.replace("%", "%%") for a in place.command)
    service = f"""\
# Install: cp {name}.* {name}-failed.service /etc/systemd/system/ && systemctl enable --now {name}.timer
[Unit]
Description=Survey report of {place.study.name}
OnFailure={name}-failed.service
After=local-fs.target

[Service]
Type=oneshot
WorkingDirectory={place.root}
Environment=LANG=C.UTF-8
LogsDirectory={name}
ExecStart={start}
StandardOutput=append:/var/log/{name}/run.log
StandardError=inherit
# another run holds the wave: nothing is wrong
SuccessExitStatus=5
TimeoutStartSec=6h
UMask=0077

[Install]
WantedBy=multi-user.target
"""
    failed = f"""\
[Unit]
Description=Say that the survey report of {place.study.name} failed

[Service]
Type=oneshot
WorkingDirectory={place.root}
Environment=LANG=C.UTF-8
ExecStart={" ".join(place.program)} status {place.study}
StandardOutput=journal
"""
    timer = f"""\
[Unit]
Description=Survey report of {place.study.name}, every quarter

[Timer]
OnCalendar={CALENDAR}
Persistent=true
RandomizedDelaySec=5m

[Install]
WantedBy=timers.target
"""
    return {f"{name}.service": service, f"{name}.timer": timer, f"{name}-failed.service": failed}


def _airflow(place: Place) -> dict[str, str]:
    command = shlex.join(place.command)
    dag = f'''\
"""{place.name}: the newest wave that is due, on the second day of each quarter."""

from __future__ import annotations

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id={place.name!r},
    schedule={CRON!r},
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="report",
        bash_command={command!r},
        cwd={str(place.root)!r},
        env={{"LANG": "C.UTF-8"}},
        append_env=True,
        # another run holds the wave: nothing is wrong
        skip_on_exit_code=5,
        retries=2,
        retry_delay=pendulum.duration(minutes=10),
    )
'''
    return {f"{place.name}_dag.py": dag}

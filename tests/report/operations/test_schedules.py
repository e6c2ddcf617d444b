from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from workbench.core.errors import ConfigError
from workbench.report.operations.schedules import Place, schedule


@pytest.fixture
def place(tmp_path):
    program = tmp_path / "bin" / "workbench"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" "$LANG"\nexit ${CODE:-0}\n')
    program.chmod(0o755)
    return Place(tmp_path, (str(program),), tmp_path / "data" / "acme", tmp_path / "reports")


def test_the_line_of_cron_runs_in_an_empty_environment_and_makes_its_log(place):
    ((name, text),) = schedule("cron", place).items()
    assert name == "survey-acme.cron"
    line = next(x for x in text.splitlines() if x.startswith("15 6"))
    command = line.split(None, 5)[5]
    done = subprocess.run(["/bin/sh", "-c", command], env={"LANG": "C.UTF-8"}, cwd="/", check=False)
    assert done.returncode == 0
    log = (place.root / "log" / "survey-acme.log").read_text()
    assert log.startswith(f"report {place.study} --newest --reports")
    for code, expected in (("5", 0), ("4", 4)):
        env = {"LANG": "C.UTF-8", "CODE": code, "PATH": os.defpath}
        assert subprocess.run(["/bin/sh", "-c", command], env=env, cwd="/", check=False).returncode == expected


def test_units_of_systemd_are_complete(place, tmp_path):
    files = schedule("systemd", place)
    assert set(files) == {"survey-acme.service", "survey-acme.timer", "survey-acme-failed.service"}
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(files["survey-acme.service"])
    assert unit["Unit"]["OnFailure"] == "survey-acme-failed.service" and unit["Service"]["SuccessExitStatus"] == "5"
    assert unit["Install"]["WantedBy"] and "[Install]" in files["survey-acme.timer"]
    assert place.program[0] in unit["Service"]["ExecStart"]
    if shutil.which("systemd-analyze"):
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        names = [str(tmp_path / n) for n in files]
        done = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_dag_is_python_that_starts_the_newest_wave(place):
    ((name, text),) = schedule("airflow", place).items()
    assert name == "survey-acme_dag.py"
    calls = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "BashOperator"
    ]
    told = {k.arg: ast.unparse(k.value) for k in calls[0].keywords}
    assert (
        "--newest" in told["bash_command"] and told["skip_on_exit_code"] == "5" and told["cwd"] == repr(str(place.root))
    )


@pytest.mark.skipif("WORKBENCH_AIRFLOW" not in os.environ, reason="Airflow is not installed; run make test-airflow")
@pytest.mark.parametrize(("code", "state"), [("0", "success"), ("5", "skipped")])
def test_airflow_runs_the_dag_as_it_is_printed(place, tmp_path, code, state):
    home = tmp_path / "airflow"
    (home / "dags").mkdir(parents=True)
    for name, text in schedule("airflow", place).items():
        (home / "dags" / name).write_text(text, encoding="utf-8")
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "CODE": code}
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | own

    def airflow(*arguments):
        command = [os.environ["WORKBENCH_AIRFLOW"], *arguments]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=1200)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    airflow("db", "migrate")
    said = airflow("dags", "test", "survey-acme")
    assert f"report {place.study} --newest" in said and f"new_state={state}" in said, said


def test_names_and_paths_that_a_schedule_cannot_hold(place):
    odd = Place(place.root, place.program, Path("/srv/客户 50%"), place.reports)
    (name,) = schedule("cron", odd)
    assert name == "survey----50-.cron" and r"50\%" in schedule("cron", odd)[name]
    with pytest.raises(ConfigError, match="blanks"):
        schedule("systemd", odd)
    with pytest.raises(ConfigError, match="line breaks"):
        schedule("airflow", Place(Path("/a\nb"), place.program, place.study, place.reports))

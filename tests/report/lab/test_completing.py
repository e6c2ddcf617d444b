from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.nps import net_promoter_score
from workbench.report.lab import names_for
from workbench.store import Wave

ANSWERS = pd.DataFrame({"recommend": [9, 3, 10], "region": ["n", "s", "n"], "price": [1.0, 2.0, 3.0]})


@pytest.mark.parametrize(
    ("typed", "fragment", "names"),
    [
        ('answers["pr', "pr", ["price"]),
        ("answers['", "", ["recommend", "region", "price"]),
        ('net_promoter_score(answers, "rec', "rec", ["recommend"]),
        ('net_promoter_score(answers, "recommend", by="re', "re", ["recommend", "region"]),
        ('net_promoter_score(\n    answers,  # "quoted"\n    by=["region", "pr', "pr", ["price"]),
        ('in_engine.rows("x"); f(in_engine, "pri', "pri", ["price"]),
        ('f(g("a", b), answers.query("reg', "reg", ["region"]),
        ('print("price', "price", []),
        ('answers["price"] + pri', "", []),
        ('# answers["pr', "", []),
        ('f(answers, """pr', "pr", ["price"]),
    ],
)
def test_columns_complete_inside_quotes(typed, fragment, names):
    assert names_for(typed, {"answers": ANSWERS, "in_engine": as_table(ANSWERS)}) == (fragment, names)


def test_a_results_table_completes_too():
    score = net_promoter_score(pd.concat([ANSWERS] * 40), "recommend", by="region")
    assert names_for('score["', {"score": score})[1] == list(score.table.columns)


def test_tables_and_waves_complete(make_wave, monkeypatch, tmp_path):
    wave = Wave.open(make_wave(folder="data/acme/2026q1"))
    assert names_for('wave.read("cust', {"wave": wave}) == ("cust", ["customers"])
    assert "responses" in names_for("wave.table('", {"wave": wave})[1]
    assert names_for("wave.quarantine('tr", {"wave": wave})[1] == ["transactions"]
    monkeypatch.chdir(tmp_path)
    assert names_for('Wave.open("data/ac', {})[1] == ["data/acme/2026q1"]


def test_a_kernel_of_make_lab_has_it_all(root, tmp_path):
    """A real kernel, started as JupyterLab starts it."""
    program = """
import json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(startup_timeout=600, kernel_name="python3")
def run(code):
    reply = client.execute_interactive(code, timeout=600, output_hook=lambda m: out.append(m["content"]))
    return reply["content"]["status"]
out = []
assert run("import pandas as pd\\nanswers = pd.DataFrame({'recommend': [9], 'region': ['n']})") == "ok", out
message = client.complete('f(answers, "re', 14)
reply = client.get_shell_msg(timeout=600)
while reply["parent_header"].get("msg_id") != message:
    reply = client.get_shell_msg(timeout=600)
completed = reply["content"]["matches"]
run("get_ipython().magics_manager.magics['line'].get('autoreload') is not None and print('reloads')")
client.stop_channels(); manager.shutdown_kernel(now=True)
print(json.dumps([completed, "".join(o.get("text", "") for o in out)]))
"""
    env = os.environ | {"PYTHONSTARTUP": str(root / "scripts" / "lab" / "start.py"), "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=1200, env=env)
    assert done.returncode == 0, done.stderr
    completed, said = json.loads(done.stdout.splitlines()[-1])
    assert completed == ["recommend", "region"]
    assert "reloads" in said

"""One table of what costs most: ours, the best peer and which, their ratio, the goal, and whether it is met.

Every measurement is a process of its own: first call, then best of three (one where a call takes over five seconds),
in CPU seconds of the process and its children, the same rule for peers; BLAS has one thread. Goals stand in
``goals.yaml``. Peers are measured where they are installed: ``make bench`` puts polars and weightipy into
``.cache/bench``; two more are the user's: ``python3 -m venv .cache/peers && .cache/peers/bin/pip install svy pandas
pyarrow``, and ``lifetimes "pandas<3" "numpy<2.3"`` likewise into ``.cache/peers-clv``.
Usage: ``python benchmarks/bench.py [job ...] [--small]``; small data show that every job runs.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import bench_jobs
import yaml

HERE = Path(__file__).parent
PYTHONS = {
    "ours": Path(sys.executable),
    "bench": Path(".cache/bench/bin/python"),
    "peers": Path(".cache/peers/bin/python"),
    "clv": Path(".cache/peers-clv/bin/python"),
}
HEAD = f"{'CPU seconds':58}{'first':>8}{'best':>8}{'best peer':>22}{'ratio':>7}{'goal':>7}  met"


def measured(job, folder, where, small):
    """Return first and best CPU seconds of a job in a process of its own; a sentence where it cannot be measured."""
    python = PYTHONS[where]
    if not python.exists():
        return f"{job}: not installed ({python.parent.parent})"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    command = [str(python), str(HERE / "bench_jobs.py"), job, str(folder), *(["--small"] if small else [])]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"first"')]
    if done.returncode or not lines:
        return f"{job}: {(done.stderr.strip().splitlines() or ['no output'])[-1][:110]}"
    return json.loads(lines[-1])


def line(asked, mine, peers):
    """Return a line of the table; the best peer is the one with the least time by the rule of the job."""
    rule = asked["judged"]
    name = f"{asked['name']:58}"
    if isinstance(mine, str):
        return f"{name}{mine}"
    text = f"{name}{mine['first']:8.2f}{mine['best']:8.3f}"
    known = {peer: found[rule] for peer, found in peers.items() if not isinstance(found, str)}
    best = min(known, key=known.__getitem__) if known else None
    text += f"{f'{best} {known[best]:.2f}':>22}{known[best] / mine[rule]:7.1f}" if best else f"{'–':>22}{'–':>7}"
    return text + f"{asked['goal']:7.2f}  {'yes' if mine[rule] <= asked['goal'] else 'no'} ({rule})"


def main(chosen, small):
    goals = yaml.safe_load((HERE / "goals.yaml").read_text(encoding="utf-8"))["jobs"]
    print(HEAD)
    absent = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bench_jobs.make_data(folder, chosen or list(goals), small)
        for job in chosen or goals:
            mine = measured(job, folder, "ours", small)
            peers = {
                peer: measured(f"{job}_{peer}", folder, where, small)
                for peer, where in bench_jobs.PEERS.get(job, {}).items()
            }
            absent += [found for found in peers.values() if isinstance(found, str)]
            print(line(goals[job], mine, peers), flush=True)
    for text in absent:
        print(f"  peer not measured – {text}")


if __name__ == "__main__":
    main([a for a in sys.argv[1:] if not a.startswith("--")], "--small" in sys.argv)

"""``python -m tests.fuzz 10000``: take damaged files in, and list every one that is neither taken in nor refused."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from tests.fuzz.taking import Verdict, take

SLOW_SECONDS = 5.0


def work(first: int, last: int) -> None:
    """Take mutants in and print a line for each, before and after, so that an abort can be told from a fault."""
    for seed in range(first, last):
        print(json.dumps({"seed": seed}), flush=True)
        print(json.dumps(asdict(take(seed))), flush=True)


def verdicts(first: int, last: int) -> Iterator[Verdict]:
    """Take mutants in by a process of their own; one that ends it is told as an abort, and the next ones go on."""
    while first < last:
        command = [sys.executable, "-m", "tests.fuzz", "--worker", str(first), str(last)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert worker.stdout is not None and worker.stderr is not None
        begun = first - 1
        done = first - 1
        for line in worker.stdout:
            told = json.loads(line)
            if "state" in told:
                done = told["seed"]
                yield Verdict(**told)
            else:
                begun = told["seed"]
        said = worker.stderr.read()
        code = worker.wait()
        if code and begun > done:
            yield Verdict(begun, "fault", f"the process ended with {code}: {said[-500:]}", 0.0)
        elif code:
            raise SystemExit(said)
        first = begun + 1


def main() -> None:
    """Run, and say how many were taken in and refused; exit 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mutants", type=int, nargs="?", default=1000)
    parser.add_argument("--from", dest="first", type=int, default=0, help="first seed")
    parser.add_argument("--worker", type=int, nargs=2)
    given = parser.parse_args()
    if given.worker:
        work(*given.worker)
        return
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for verdict in verdicts(given.first, given.first + given.mutants):
        counts[verdict.state] += 1
        if verdict.seconds > SLOW_SECONDS:
            counts["slow"] += 1
            print(f"seed {verdict.seed}: {verdict.seconds:.1f} CPU seconds")
        if verdict.state == "fault":
            last = verdict.said.strip().splitlines()[-1][:300]
            faults[last] += 1
            if faults[last] == 1:
                print(f"--- seed {verdict.seed}\n{verdict.said[-1800:]}", flush=True)
    print(dict(counts))
    print(*(f"{n} x {said}" for said, n in faults.most_common()), sep="\n")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()

"""``python -m tests.connect.fakes zoho --port 0 --faults 0.05``: a fake system to try the tools against."""

from __future__ import annotations

import argparse
import datetime as dt
import time

from tests.connect.fakes import FAKES, fake_class, serve
from tests.connect.fakes.fxiaoke import Fxiaoke
from tests.connect.fakes.people import people


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.connect.fakes", description=__doc__)
    parser.add_argument("system", choices=sorted(FAKES))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that go wrong")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=1000)
    asked = parser.parse_args()
    fake = fake_class(asked.system)(seed=asked.seed, faults=asked.faults)
    made = people(asked.customers, asked.seed)
    fake.load(made)
    if isinstance(fake, Fxiaoke):
        fake.load_orders(made, dt.date.today())
    with serve(fake, asked.port) as served:
        print(f"{asked.system}: {served.url}", flush=True)
        for variable, value in fake.SECRETS.items():
            print(f"export WORKBENCH_{asked.system.upper()}_{variable}={value}", flush=True)
        try:
            while True:
                time.sleep(1)
                fake.work()
        except KeyboardInterrupt:
            print(f"{len(fake.journal)} requests", flush=True)


if __name__ == "__main__":
    main()

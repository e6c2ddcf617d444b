"""How well are regular buyers forecast, and told to have left? A model of rhythms, of random times, and plain runs.

1,500 customers buy with Erlang waits around a period of their own and leave after a purchase with a chance of their own
(4 % on average); half a year is held back. “Alive” is the mean squared error of the chance to be alive against the
truth. Leaving is told from silence, so the more even the waits the more it tells.

Usage: ``python benchmarks/regular_buyers.py [folder of the table]``. Writes regular_buyers.md.
"""

import datetime as dt
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.clv import fit_mbg_nbd, fit_pareto_nbd, fit_rhythm, purchase_rhythm, purchase_summary
from workbench.core.errors import UntrustedWarning

END, DAYS, HELD = dt.date(2026, 6, 30), 700, 182
# name, shapes of waits and the shares of customers who have them, days between purchases
SETTINGS = (
    ("random", {1: 1.0}, (14,)),
    ("somewhat even (k = 2)", {2: 1.0}, (14,)),
    ("even (k = 4)", {4: 1.0}, (14,)),
    ("fortnightly, two days give or take", {50: 1.0}, (14,)),
    ("weekly, fortnightly and monthly", {50: 1.0}, (7, 14, 30)),
    ("70 % fortnightly, others random", {50: 0.7, 1: 0.3}, (14,)),
    ("40 % fortnightly, others random", {50: 0.4, 1: 0.6}, (14,)),
)


def made(shapes, periods, seed, n=1500):
    """Return orders, and the day on which each customer left."""
    rng, rows, gone = np.random.default_rng(seed), [], {}
    shape = rng.choice(list(shapes), n, p=list(shapes.values()))
    for i in range(n):
        mean = float(rng.choice(periods)) * rng.gamma(8, 1 / 8) * (3 if shape[i] == 1 and len(shapes) > 1 else 1)
        leave, day, name = rng.beta(1, 24), float(rng.integers(0, DAYS - 200)), f"{i:05d}"
        gone[name] = DAYS
        while day <= DAYS:
            rows.append((name, int(day)))
            if rng.random() < leave:
                gone[name] = day
                break
            day += max(rng.gamma(shape[i], mean / shape[i]), 1)
    frame = pd.DataFrame(rows, columns=["customer_id", "day"]).drop_duplicates()
    day = pd.Timestamp(END) - pd.to_timedelta(DAYS - frame["day"], unit="D")
    return frame.assign(ordered_at=day, amount=20.0), pd.Series(gone)


def compared(shapes, periods, seed):
    """Return k, and per method the total's error in per cent, the error per customer, and that of being alive."""
    frame, gone = made(shapes, periods, seed)
    cut = END - dt.timedelta(days=HELD)
    bought = purchase_summary(frame, observed_until=END, holdout_from=cut + dt.timedelta(days=1))
    rhythm = purchase_rhythm(frame, observed_until=cut)
    rows = bought.source.to_frame().set_index("customer_id")
    history = [rows[c].to_numpy(dtype=float) for c in ("frequency", "recency", "T")]
    happened, alive = rows["holdout_frequency"].to_numpy(float), (gone.reindex(rows.index) > DAYS - HELD).to_numpy()
    fits = [fit_rhythm(bought, rhythm.log_waits, near=rhythm.shape), fit_mbg_nbd(bought), fit_pareto_nbd(bought)]
    found = [rhythm.shape]
    for fit in fits:
        told, chance = fit.model.expected_purchases(HELD, *history), fit.model.probability_alive(*history)
        off = 100 * (told.sum() / happened.sum() - 1)
        found += [off, np.sqrt(((told - happened) ** 2).mean()), ((chance - alive) ** 2).mean()]
    return found


def main(folder):
    """Write the table."""
    warnings.simplefilter("ignore", UntrustedWarning)
    three = ("off %", "error", "alive")
    head = ["setting", "k found", *(f"{m}: {c}" for m in ("rhythm", "MBG/NBD", "Pareto/NBD") for c in three)]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for seed, (name, shapes, periods) in enumerate(SETTINGS):
        k, *rest = compared(shapes, periods, seed)
        cells = [f"{v:{('+.1f', '.2f', '.4f')[i % 3]}}" for i, v in enumerate(rest)]
        lines.append(f"| {' | '.join([name, f'{k:.1f}', *cells])} |")
    text = (
        "# Regular buyers, forecast and told to have left\n\n"
        "Half a year held back, 1,500 customers. “off” is the forecast of all purchases over what happened, “error” "
        "the root of\nthe mean squared error per customer, “alive” the mean squared error of the chance to be alive. "
        "Made by\n`python benchmarks/regular_buyers.py`; the model is `workbench.clv.fit_rhythm`.\n\n"
    )
    (folder / "regular_buyers.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs")

"""Coverage of the intervals of customer value: parameters of every model, and a forecast of all customers' spend."""

import numpy as np

COVERED = {
    "BG/NBD": {"r": 0.8, "alpha": 40.0, "a": 0.7, "b": 4.0},
    "MBG/NBD": {"r": 0.8, "alpha": 40.0, "a": 0.7, "b": 4.0},
    "Pareto/NBD": {"r": 0.8, "alpha": 40.0, "s": 0.7, "beta": 150.0},
    "Gamma-Gamma": {"p": 6.0, "q": 4.0, "gamma": 15.0},
    "sBG": {"alpha": 0.7, "beta": 3.8},
    "BdW": {"alpha": 0.7, "beta": 3.8, "c": 1.3},
}
AHEAD = 182.0


def buyers(model, n, rng):
    """Draw customers who buy and leave: x, t_x, T, and their purchases in the time ahead."""
    values = COVERED[model]
    T = rng.integers(200, 700, n).astype(float)
    rate = rng.gamma(values["r"], 1 / values["alpha"], n)
    if model == "Pareto/NBD":
        life, leave = rng.exponential(size=n) / rng.gamma(values["s"], 1 / values["beta"], n), np.zeros(n)
    else:
        life, leave = np.full(n, np.inf), rng.beta(values["a"], values["b"], n)
    x, last, now, later = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.flatnonzero(rng.random(n) > leave) if model == "MBG/NBD" else np.arange(n)
    while len(active):
        now[active] += rng.exponential(size=len(active)) / rate[active]
        active = active[(now[active] <= life[active]) & (now[active] <= T[active] + AHEAD)]
        past = active[now[active] <= T[active]]
        x[past] += 1
        last[past] = now[past]
        later[active[now[active] > T[active]]] += 1
        active = active[rng.random(len(active)) > leave[active]]
    return x, last, T, later


def forecast_interval(purchases, spending, x, t_x, T, spent, level):
    from workbench.clv.value.terms import Cells, Terms
    from workbench.clv.value.totals import Sums
    from workbench.clv.value.valuation import Valuation

    cells = Cells([""], np.zeros(len(x), dtype=np.int64), np.arange(len(x)), np.ones(len(x)), spent)
    valuation = Valuation(purchases, spending, AHEAD, 0.0, x, t_x, T, level, 1)
    total = Sums.of(valuation, cells, Terms.of(1.0, 0.0), (0.0, 0.0)).total()
    return total.ci_low, total.ci_high


def coverage_rows(samples, rng, customers=1500):
    """Return how often 95 % intervals of parameters and of a forecast of spend hold the truth."""
    import pandas as pd

    from workbench.clv import fit_bdw, fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd, fit_pareto_nbd, fit_sbg

    tally, spend = {}, COVERED["Gamma-Gamma"]

    def count(design, estimator, low, high, truth, noted):
        entry = tally.setdefault((design, estimator), np.zeros(4))
        entry += (1, high < truth, low > truth, noted)

    def parameters(design, fit):
        for row in fit.table.itertuples():
            count(design, row.parameter, row.ci_low, row.ci_high, COVERED[design][row.parameter], bool(fit.verdicts))

    for _ in range(samples):
        for design, fit in (("BG/NBD", fit_bg_nbd), ("MBG/NBD", fit_mbg_nbd), ("Pareto/NBD", fit_pareto_nbd)):
            x, t_x, T, later = buyers(design, customers, rng)
            made = fit(pd.DataFrame({"x": x, "t_x": t_x, "T": T}))
            parameters(design, made)
            precision, some = rng.gamma(spend["q"], 1 / spend["gamma"], customers), x > 0
            spent = np.zeros(customers)
            spent[some] = rng.gamma(spend["p"] * x[some]) / precision[some]
            paid = fit_gamma_gamma(pd.DataFrame({"x": x[some], "monetary_value": spent[some] / x[some]}))
            happened = float((rng.gamma(spend["p"] * later) / precision).sum())
            low, high = forecast_interval(made, paid, x, t_x, T, spent, 0.95)
            count(design, "spend of all in half a year", low, high, happened, bool(made.verdicts))
            if design == "BG/NBD":
                parameters("Gamma-Gamma", paid)
        for design, fit, periods in (("sBG", fit_sbg, 8), ("BdW", fit_bdw, 10)):
            values = COVERED[design]
            chance = rng.beta(values["alpha"], values["beta"], 3000)
            stays = np.ceil((rng.exponential(size=3000) / -np.log1p(-chance)) ** (1 / values.get("c", 1.0)))
            parameters(design, fit([(stays > t).sum() for t in range(periods + 1)]))
    return [
        {
            "population": f"{customers:,} drawn",
            "design": d,
            "estimator": e,
            "interval": "log",
            "samples": int(v[0]),
            "coverage": 1 - (v[1] + v[2]) / v[0],
            "too_low": v[1] / v[0],
            "too_high": v[2] / v[0],
            "noted": v[3] / v[0],
        }
        for (d, e), v in tally.items()
    ]

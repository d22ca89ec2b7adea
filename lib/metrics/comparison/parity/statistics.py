"""Values of scipy, statsmodels and numpy, written beside this file as statistics.json: python statistics.py

With scipy 1.17.1, statsmodels 0.15.0, numpy 2.4.6. DeLong 1988 and Obuchowski 1997 are written here as the papers print them, over all
pairs of a positive and a negative, with the covariance matrix of both AUCs; scipy has neither.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy.optimize import brentq
from scipy.stats import nct, t, ttest_1samp, ttest_rel
from statsmodels.stats.multitest import multipletests

draw = np.random.default_rng(7)


def paired(n, shift, noise):
    a = np.round(0.7 + 0.02 * draw.standard_normal(n), 6)
    b = np.round(a - shift + noise * draw.standard_normal(n), 6)
    interval = ttest_1samp(a - b, 0).confidence_interval(0.95)
    return {"a": a.tolist(), "b": b.tolist(), "p": ttest_rel(a, b).pvalue, "low": interval.low, "high": interval.high}


def shift(n):
    critical = t.ppf(0.975, n - 1)
    return brentq(lambda d: nct.sf(critical, n - 1, d) - 0.8, 1, 25, xtol=1e-12)


def structural(scores, positive):
    up, down = scores[positive], scores[~positive]
    won = (up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])
    return won.mean(), won.mean(axis=1), won.mean(axis=0)


def delong(a, b, labels, user):
    positive = labels == 1
    numbers = np.where(user < 0, user.max() + 1 + np.arange(len(user)), user)
    users = np.unique(numbers)
    m, n = positive.sum(), (~positive).sum()
    sums10, sums01, aucs = [], [], []
    for scores in (a, b):
        auc, v10, v01 = structural(scores, positive)
        aucs.append(auc)
        sums10.append([(v10[numbers[positive] == u] - auc).sum() for u in users])
        sums01.append([(v01[numbers[~positive] == u] - auc).sum() for u in users])
    x, y = np.array(sums10), np.array(sums01)
    i10 = len(np.unique(numbers[positive]))
    i01 = len(np.unique(numbers[~positive]))
    i = len(users)
    s10 = i10 / ((i10 - 1) * m) * x @ x.T
    s01 = i01 / ((i01 - 1) * n) * y @ y.T
    s11 = i / (i - 1) * x @ y.T
    covariance = s10 / m + s01 / n + (s11 + s11.T) / (m * n)
    contrast = np.array([1, -1])
    return {"aucs": aucs, "se": float(np.sqrt(contrast @ covariance @ contrast))}


def compared(rows, users, ties, without):
    user = draw.integers(0, users, rows)
    user[:without] = -1
    rate = draw.uniform(0.05, 0.7, users)
    labels = (draw.uniform(size=rows) < rate[user]).astype(int)
    effect = draw.standard_normal(users)[user]
    scores = [0.8 * labels + effect + draw.standard_normal(rows) for _ in range(2)]
    # Quarters, where ties are wanted; numbers that a float32 holds everywhere.
    a, b = (np.round(s * (4 if ties else 256)) / (4 if ties else 256) for s in scores)
    rows_alone = delong(a, b, labels, np.full(rows, -1))
    told = {"a": a.tolist(), "b": b.tolist(), "labels": labels.tolist(), "user": user.tolist()}
    return {**told, "aucs": rows_alone["aucs"], "delong": rows_alone["se"], "obuchowski": delong(a, b, labels, user)["se"]}


tables = [[0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.01, 0.9, 0.9], [0.03], [0, 1, 0.5], np.round(draw.uniform(size=20) ** 3, 5).tolist()]
found = {
    "versions": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    "paired": [paired(2, 0.01, 0.004), paired(3, 0.01, 0.004), paired(5, 0.004, 0.004), paired(10, 0, 0.01), paired(10, 0.05, 0.001), paired(4, 0.1, 0.00001)],
    "shift": [[n, shift(n), t.ppf(0.975, n - 1) + t.ppf(0.8, n - 1)] for n in (2, 3, 5, 10, 30, 200)],
    "holm": [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in tables],
    "delong": [compared(60, 12, False, 0), compared(80, 10, True, 0), compared(90, 15, True, 9)],
}
Path(__file__).with_name("statistics.json").write_text(json.dumps(found, indent="\t") + "\n")
for n, exact, usual in found["shift"]:
    print(n, exact, f"usual approximation {100 * (usual / exact - 1):+.2f} %")

"""Metrics by scikit-learn and SciPy, written beside this file as reference.json:
python reference.py (with scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6)

Scores, labels, users and truths are those of reference.test.ts: they come from whole-number arithmetic, the same on both sides.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest, rankdata, spearmanr
from sklearn.calibration import calibration_curve
from sklearn.metrics import (f1_score, log_loss, mean_absolute_error, mean_squared_error, precision_score, recall_score,
                             roc_auc_score, root_mean_squared_error)

ROWS, USERS, BINS = 3000, 40, 15


def unit(name, i):
    """Element i of the numbers called `name`, in [0, 1)."""
    k = sum((place + 1) * ord(letter) for place, letter in enumerate(name)) % 9973
    return ((i * 7919 + k * 104729 + (i * i % 9973) * (31 + k)) % 10007) / 10007


def column(name, levels=None):
    """Float32 in (0, 1); so many different values, or a value a row."""
    rows = range(ROWS)
    if levels is None:
        order = np.argsort([unit(name, i) for i in rows], kind="stable")
        values = np.empty(ROWS)
        values[order] = (np.arange(ROWS) + 1) / (ROWS + 1)
    else:
        values = np.array([(np.floor(unit(name, i) * levels) + 0.5) / levels for i in rows])
    return values.astype(np.float32)


def delong(scores, labels):
    """Standard error of the AUC by mid-ranks (Sun and Xu 2014)."""
    up, down = scores[labels == 1], scores[labels == 0]
    all_ranks = rankdata(np.concatenate([up, down]))
    m, n = len(up), len(down)
    v10 = (all_ranks[:m] - rankdata(up)) / n
    v01 = 1 - (all_ranks[m:] - rankdata(down)) / m
    return float(np.sqrt(np.var(v10, ddof=1) / m + np.var(v01, ddof=1) / n))


def soft_auc(scores, truth):
    """Soft-label AUC: each row once as a positive of weight c and once as a negative of weight 1 - c, less the pairs of a row with itself."""
    c = truth.astype(np.float64)
    area = roc_auc_score(np.r_[np.ones(ROWS), np.zeros(ROWS)], np.r_[scores, scores], sample_weight=np.r_[c, 1 - c])
    pairs, own = c.sum() * (1 - c).sum(), (c * (1 - c)).sum()
    return float((area * pairs - own / 2) / (pairs - own))


def of_labels(scores, labels, user):
    wide = scores.astype(np.float64)
    found = {"auc": roc_auc_score(labels, scores), "auc.se": delong(wide, labels), "logloss": log_loss(labels, wide),
             "rig": 1 - log_loss(labels, wide) / log_loss(labels, np.full(ROWS, labels.mean())), "pcoc": wide.sum() / labels.sum()}
    rows = [np.flatnonzero(user == u) for u in range(USERS)]
    both = [own for own in rows if 0 < labels[own].sum() < len(own)]
    aucs = [roc_auc_score(labels[own], scores[own]) for own in both]
    found["gauc"] = np.average(aucs, weights=[len(own) for own in both])
    found["gauc.uniform"] = np.mean(aucs)
    return found


def of_distinct(scores, labels):
    """What needs scores without ties, as scikit-learn breaks them by order."""
    found = {}
    wide = scores.astype(np.float64)
    for percent, rows in ((0.1, 3), (0.6, 18), (1, 30)):
        above = (scores >= np.sort(scores)[-rows]).astype(int)
        found[f"precision@{percent}%"] = precision_score(labels, above)
        found[f"recall@{percent}%"] = recall_score(labels, above)
        found[f"f1@{percent}%"] = f1_score(labels, above)
    observed, predicted = calibration_curve(labels, wide, n_bins=BINS, strategy="quantile")
    found["ece"] = float(np.mean(np.abs(observed - predicted)))
    found["mce"] = float(np.max(np.abs(observed - predicted)))
    per = ROWS // BINS
    intervals = [binomtest(round(rate * per), per).proportion_ci(method="wilson") for rate in observed]
    curve = [[float(p), float(t), interval.low, interval.high] for p, t, interval in zip(predicted, observed, intervals)]
    return found, curve


def of_truth(scores, truth):
    p, c = scores.astype(np.float64), truth.astype(np.float64)
    return {"truth.auc": soft_auc(scores, truth), "truth.ceiling": soft_auc(truth, truth), "truth.rmse": root_mean_squared_error(c, p),
            "truth.mae": mean_absolute_error(c, p), "truth.logrmse": mean_squared_error(np.log(c), np.log(p)) ** 0.5,
            "truth.pcoc": p.sum() / c.sum(), "truth.kl": float(np.mean(scipy.special.kl_div(c, p) + scipy.special.kl_div(1 - c, 1 - p))),
            "truth.spearman": spearmanr(p, c).statistic}


user = np.array([int(unit("user", i) * USERS) for i in range(ROWS)])
values, curve = {}, []
for levels in (2, 9, 200, None):
    scores, truth = column(f"scores {levels or 'all'}", levels), column("truth", 500)
    for name, rate in (("common", 0.7), ("rare", 0.03)):
        labels = np.array([int(unit(f"labels {name}", i) < rate * (0.2 + float(scores[i]))) for i in range(ROWS)])
        found = of_labels(scores, labels, user)
        if levels is None:
            distinct, bins = of_distinct(scores, labels)
            found |= distinct
            curve.append(bins)
        if name == "common":
            found |= of_truth(scores, truth)
        values[f"{levels or 'all'} levels, {name}"] = {key: float(value) for key, value in found.items()}

versions = {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
text = json.dumps({"versions": versions, "values": values, "curves": curve}, indent="\t")
(Path(__file__).parent / "reference.json").write_text(text + "\n")

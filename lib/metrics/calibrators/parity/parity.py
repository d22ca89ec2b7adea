"""Calibration maps by scikit-learn, written beside this file as parity.json: python parity.py (with scikit-learn 1.8.0)

Scores and labels are those of parity.test.ts. They come from whole-number arithmetic, the same on both sides: nothing is drawn.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression


def unit(name, i):
    """Element i of the numbers called `name`, in [0, 1)."""
    k = sum((place + 1) * ord(letter) for place, letter in enumerate(name)) % 9973
    return ((i * 7919 + k * 104729 + (i * i % 9973) * (31 + k)) % 10007) / 10007


def case(name, rows, grid, shift, slope):
    """Scores of a grid (ties where it is coarse), labels by a rate that is the score's log-odds moved."""
    scores, labels = [], []
    for i in range(rows):
        p = np.float32((np.floor(unit(f"{name} score", i) * grid) + 0.5) / grid)
        rate = 1 / (1 + np.exp(-(slope * np.log(float(p) / (1 - float(p))) + shift)))
        scores.append(float(p))
        labels.append(int(unit(f"{name} label", i) < rate))
    return np.array(scores), np.array(labels)


cases = {"ties": (2000, 40, -1.0, 0.7), "rare": (5000, 4096, -4.0, 0.8), "small": (30, 1024, 0.3, 1.0), "separable": (200, 64, 0.0, 60.0)}
out = {"sklearn": sklearn.__version__, "cases": {}}
at = np.array([np.float32(i / 50) for i in range(51)], dtype=float)
for name, how in cases.items():
    scores, labels = case(name, *how)
    logits = np.log(scores) - np.log1p(-scores)
    # Every row twice, as a positive and a negative weighted by its smoothed target: Newton without penalty gives Platt's map to rounding.
    positives = int(labels.sum())
    high, low = (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2)
    target = np.where(labels == 1, high, low)
    exact = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(
        np.concatenate([logits, logits])[:, None],
        np.concatenate([np.ones(len(labels)), np.zeros(len(labels))]),
        sample_weight=np.concatenate([target, 1 - target]),
    )
    sigmoid = _SigmoidCalibration().fit(logits, labels)
    isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
    out["cases"][name] = {
        "positives": positives,
        "platt": {"a": float(exact.coef_[0, 0]), "b": float(exact.intercept_[0])},
        # What CalibratedClassifierCV fits; its sign is Platt's own.
        "sigmoid": {"a": -float(sigmoid.a_), "b": -float(sigmoid.b_)},
        "isotonic": {"x": isotonic.X_thresholds_.tolist(), "y": isotonic.y_thresholds_.tolist(), "at": isotonic.predict(at).tolist()},
    }

# Weighted points in order, as `pav` takes them.
y = np.array([unit("pav y", i) for i in range(60)]) + np.arange(60) / 100
weight = np.array([1 + np.floor(unit("pav weight", i) * 9) for i in range(60)])
out["pav"] = IsotonicRegression().fit(np.arange(60), y, sample_weight=weight).predict(np.arange(60)).tolist()

Path(__file__).with_name("parity.json").write_text(json.dumps(out, indent="\t") + "\n")

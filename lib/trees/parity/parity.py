"""Predictions of Python's LightGBM and XGBoost, written beside this file as parity.json: python parity.py (with lightgbm 4.7.0 and
xgboost 3.2.0)

Matrix and labels are those of parity.test.ts: whole-number arithmetic, the same on both sides; nothing is drawn. The parameters are
written out here as their documentation names them, not taken from the program that is checked.
"""

import json
from pathlib import Path

import lightgbm
import numpy as np
import xgboost

ROWS, COLUMNS, NEW, TREES, DEPTH, LEAST = 400, 6, 50, 12, 4, 20


def unit(i):
    """Element i of numbers in [0, 1)."""
    return ((i * 7919 + (i * i % 9973) * 31) % 10007) / 10007


def matrix(rows, start):
    """Numbers of three decimals; each seventh of the second column is missing."""
    cells = [
        [float("nan") if c == 1 and r % 7 == 0 else int(unit(start + r * COLUMNS + c) * 1000) / 1000 for c in range(COLUMNS)]
        for r in range(rows)
    ]
    return np.array(cells, dtype=np.float32)


train, new = matrix(ROWS, 0), matrix(NEW, 50_000)
labels = np.array([1 if train[r, 0] + unit(90_000 + r) > 1.2 else 0 for r in range(ROWS)], dtype=np.float32)
rate = float(labels.mean(dtype=np.float64))

answers = {"versions": {"lightgbm": lightgbm.__version__, "xgboost": xgboost.__version__}, "positives": int(labels.sum())}
light = lightgbm.train(
    {
        "objective": "binary",
        "max_depth": DEPTH,
        "num_leaves": 16,
        "min_data_in_leaf": LEAST // 2,
        "bagging_fraction": 0.6,
        "bagging_freq": 1,
        "feature_fraction": 0.6,
        "learning_rate": 0.1,
        "lambda_l2": 1,
        "max_bin": 64,
        "feature_pre_filter": False,
        "seed": 7,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    },
    lightgbm.Dataset(train, labels),
    TREES,
)
answers["lightgbm"] = light.predict(new).tolist()

boosted = xgboost.train(
    {
        "objective": "binary:logistic",
        "base_score": rate,
        "tree_method": "hist",
        "max_depth": DEPTH,
        "min_child_weight": LEAST / 2 * rate * (1 - rate),
        "subsample": 0.6,
        "colsample_bytree": 0.6,
        "eta": 0.1,
        "lambda": 1,
        "gamma": 0,
        "max_bin": 64,
        "seed": 7,
        "seed_per_iteration": True,
        "nthread": 1,
    },
    xgboost.DMatrix(train, labels),
    TREES,
)
answers["xgboost"] = boosted.predict(xgboost.DMatrix(new)).astype(float).tolist()

Path(__file__).with_name("parity.json").write_text(json.dumps(answers, indent="\t") + "\n")

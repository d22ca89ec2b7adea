"""AUC of a folder's scored rows by scikit-learn, as bench/scoredRows.ts writes them: sklearn_auc.py FOLDER auc|gauc TIMES

`auc`: roc_auc_score of all rows, TIMES times after one to warm up. `gauc`: the mean over users with both classes of their own
roc_auc_score, weighed by their rows, in plain Python; it is no peer in speed. Prints {"value", "seconds": [each], "versions"}.
"""

import json
import os
import sys
import time


def refuse(line):
    sys.stderr.write(line + "\n")
    sys.exit(2)


def read(folder):
    """Scores, labels and users."""
    import numpy

    paths = [(os.path.join(folder, name), kind) for name, kind in (("scores.f32", "<f4"), ("labels.u8", "u1"), ("user.i32", "<i4"))]
    return [numpy.fromfile(path, kind) for path, kind in paths]


def by_user(scores, labels, user):
    from sklearn.metrics import roc_auc_score

    rows = {}
    for row, u in enumerate(user.tolist()):
        rows.setdefault(u, []).append(row)
    total = weight = 0.0
    for own in rows.values():
        if 0 < labels[own].sum() < len(own):
            total += len(own) * roc_auc_score(labels[own], scores[own])
            weight += len(own)
    return total / weight


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("auc", "gauc") or not sys.argv[3].isdigit():
        refuse("usage: sklearn_auc.py FOLDER auc|gauc TIMES")
    folder, what, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sizes = {name: os.path.getsize(os.path.join(folder, name)) if os.path.exists(os.path.join(folder, name)) else 0 for name in ("scores.f32", "labels.u8", "user.i32")}
    rows = sizes["labels.u8"]
    if rows == 0 or sizes["scores.f32"] != 4 * rows or sizes["user.i32"] != 4 * rows:
        refuse(f"{folder} holds no scored rows: {sizes}")
    import numpy
    import sklearn
    from sklearn.metrics import roc_auc_score

    scores, labels, user = read(folder)
    seconds = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        value = roc_auc_score(labels, scores) if what == "auc" else by_user(scores, labels, user)
        seconds.append(time.perf_counter() - begun)
    versions = {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": numpy.__version__}
    print(json.dumps({"value": float(value), "seconds": seconds[1:], "versions": versions}))


if __name__ == "__main__":
    main()

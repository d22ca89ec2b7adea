"""Prepares raw Ali-CCP as public Python code does, for comparison: pandas_aliccp.py RAW OUT VALID

RAW holds the four raw files. VALID has a byte for each kept row of the training skeleton: 1 puts it into validation.
OUT gets ali_ccp_{train,val,test}.csv. One JSON object on standard output: rows, clicks, conversions, what was dropped,
vocabulary sizes, seconds of each step.

The steps and their data structures follow two public programs, in words of our own:
- datawhalechina/torch-rechub, examples/ranking/data/ali-ccp/preprocess_ali_ccp.py (commit 0d695c51288c), "T";
- xidongbo/AITM, process_public_dataset.py (commit 71d4da7a4a56), "A", from which T's line loops come.

1. read_common (A, T): common features into a dict of dicts {md5: {field: id}}; each element is split at 0x02 and 0x03, a field
   outside the list is not kept, a field that repeats keeps its last id (T; A keeps every field, in NumPy arrays: slower, larger).
2. join (A, T): line loop over the skeleton; rows with click=0 and conversion=1 are dropped; the row's dict is updated with the
   common one and written to a temporary CSV, '0' for what is not there; ids are counted in a dict of dicts.
3. frequent (T: 10 occurrences or more; A: more than 11) and numbering from 1.
4. encode (A, T): line loop over the temporary CSV, each id replaced through a dict, '0' for the unknown ones.
5. frames (T): pandas reads the encoded CSVs, columns go to the smallest integer type that holds them, validation rows are taken
   out, and three CSVs are written.

Where the protocol that it is compared on differs from T, this program does that, and never more work than T:
- 18 fields (A's list) instead of 23 and 8 dense ones; so no scaling of dense columns and no concatenation of the parts for it.
- Validation is a tenth of the training rows (A) instead of half of the test rows (T); ids are counted on the other nine tenths.
  Which rows they are is read from VALID, a byte a row, where A draws a random number a row.
- No progress bars; the vocabulary is not dumped to a file and read back.
"""

import json
import os
import sys
import time

FIELDS = "101 121 122 124 125 126 127 128 129 205 206 207 216 508 509 702 853 301".split()
MIN_FREQUENCY = 10


def elements(text):
    kept = {}
    for element in text.split("\x01"):
        field, rest = element.split("\x02")
        identifier, _ = rest.split("\x03")
        if field in FIELDS:
            kept[field] = identifier
    return kept


def read_common(path):
    common = {}
    with open(path, "r") as file:
        for line in file:
            parts = line.strip().split(",")
            common[parts[0]] = elements(parts[2])
    return common


def join(skeleton, common, out, valid=None):
    """Writes the joined rows to `out`. With `valid`, counts the ids of the rows whose byte is 0: {field: {id: count}}."""
    counts = {field: {} for field in FIELDS}
    kept = dropped = 0
    with open(out, "w") as joined:
        joined.write("click,purchase," + ",".join(FIELDS) + "\n")
        with open(skeleton, "r") as file:
            for line in file:
                parts = line.strip().split(",")
                if parts[1] == "0" and parts[2] == "1":
                    dropped += 1
                    continue
                row = elements(parts[5])
                row.update(common[parts[3]])
                values = parts[1:3]
                for field in FIELDS:
                    values.append(row.get(field, "0"))
                joined.write(",".join(values) + "\n")
                if valid is not None and not valid[kept]:
                    for field, identifier in row.items():
                        if field in FIELDS:
                            of = counts[field]
                            if identifier in of:
                                of[identifier] += 1
                            else:
                                of[identifier] = 1
                kept += 1
    return counts, dropped


def frequent(counts):
    codes = {}
    for field, of in counts.items():
        kept = [identifier for identifier, count in of.items() if count >= MIN_FREQUENCY]
        codes[field] = dict(zip(kept, range(1, len(kept) + 1)))
    return codes


def encode(joined, codes, out):
    with open(out, "w") as encoded:
        encoded.write("click,purchase," + ",".join(FIELDS) + "\n")
        with open(joined, "r") as file:
            file.readline()
            for line in file:
                parts = line.strip().split(",")
                values = parts[:2]
                for value, field in zip(parts[2:], FIELDS):
                    values.append(str(codes[field].get(value, "0")))
                encoded.write(",".join(values) + "\n")


def smallest_types(frame):
    import numpy as np

    for column in frame.columns:
        low, high = frame[column].min(), frame[column].max()
        for kind in (np.int8, np.int16, np.int32):
            if low > np.iinfo(kind).min and high < np.iinfo(kind).max:
                frame[column] = frame[column].astype(kind)
                break
    return frame


def frames(train, test, valid, out):
    import numpy as np
    import pandas as pd

    of_train = smallest_types(pd.read_csv(train))
    of_test = smallest_types(pd.read_csv(test))
    is_valid = np.frombuffer(valid, dtype=np.uint8) == 1
    parts = {
        "train": of_train[~is_valid].reset_index(drop=True),
        "valid": of_train[is_valid].reset_index(drop=True),
        "test": of_test,
    }
    del of_train
    names = {"train": "train", "valid": "val", "test": "test"}
    for part, frame in parts.items():
        frame.to_csv(os.path.join(out, f"ali_ccp_{names[part]}.csv"), index=False)
    return {
        "rows": {part: len(frame) for part, frame in parts.items()},
        "clicks": {part: int(frame["click"].sum()) for part, frame in parts.items()},
        "conversions": {part: int(frame["purchase"].sum()) for part, frame in parts.items()},
    }


def prepare(raw, out, valid, last=frames):
    """All five steps. `last` stands in for the fifth in a test without pandas."""
    seconds = {}

    def timed(step, work, *arguments):
        begun = time.perf_counter()
        result = work(*arguments)
        seconds[step] = seconds.get(step, 0) + time.perf_counter() - begun
        return result

    os.makedirs(out, exist_ok=True)
    joined = {part: os.path.join(out, f"all_features_{part}.tmp") for part in ("train", "test")}
    encoded = {part: os.path.join(out, f"all_features.{part}") for part in ("train", "test")}
    with open(valid, "rb") as file:
        is_valid = file.read()
    dropped = 0
    for part in ("train", "test"):
        common = timed("common", read_common, os.path.join(raw, f"common_features_{part}.csv"))
        skeleton = os.path.join(raw, f"sample_skeleton_{part}.csv")
        counts, lost = timed("join", join, skeleton, common, joined[part], is_valid if part == "train" else None)
        dropped += lost
        del common
        if part == "train":
            codes = timed("frequent", frequent, counts)
        del counts
        timed("encode", encode, joined[part], codes, encoded[part])
    counted = timed("frames", last, encoded["train"], encoded["test"], is_valid, out)
    vocabulary = {field: len(of) for field, of in codes.items()}
    return {**counted, "dropped": dropped, "vocabulary": vocabulary, "seconds": seconds}


if __name__ == "__main__":
    answer = prepare(*sys.argv[1:4])
    import pandas

    print(json.dumps({**answer, "versions": {"python": sys.version.split()[0], "pandas": pandas.__version__}}))

"""The rows that every program trains on, as bench/trainingRows.ts writes them, and how a peer answers.

A peer is `PROGRAM FOLDER [WORD] BATCH STEPS WARM`: it trains on the first STEPS batches of the folder's rows, in order or as its own
loader shuffles them, and prints {"samplesPerSecond", "steps", "loss", "versions"} of the steps after the first WARM. Whatever else
it or its libraries print goes to stderr.
"""

import json
import os
import sys
import time


def refuse(line):
    sys.stderr.write(line + "\n")
    sys.exit(2)


def arguments(words=()):
    """FOLDER [WORD] BATCH STEPS WARM as (description, word, batch, steps, warm); one line and exit code 2 where they are wrong."""
    given = sys.argv[1:]
    usage = f"usage: {os.path.basename(sys.argv[0])} FOLDER {'|'.join(words) + ' ' if words else ''}BATCH STEPS WARM"
    if len(given) != (5 if words else 4):
        refuse(usage)
    folder, word, numbers = given[0], given[1] if words else None, given[2 if words else 1 :]
    if words and word not in words:
        refuse(usage)
    try:
        batch, steps, warm = map(int, numbers)
    except ValueError:
        refuse(usage)
    about = described(folder)
    if batch < 1 or warm < 1 or steps <= warm:
        refuse(f"{steps} steps of {batch} rows with {warm} to warm up: at least one of each must be left")
    if batch * steps > about["rows"]:
        refuse(f"{folder} has {about['rows']} rows, too few for {steps} steps of {batch}")
    return about, word, batch, steps, warm


def described(folder):
    """What rows.json says, with the folder, and that the files are as long as it says."""
    try:
        with open(os.path.join(folder, "rows.json")) as file:
            about = json.load(file)
    except (OSError, ValueError) as error:
        refuse(f"{folder} holds no training rows: {error}")
    for name, wants in (("ids.i32", 4 * about["rows"] * about["fields"]), ("click.u8", about["rows"]), ("conversion.u8", about["rows"])):
        path = os.path.join(folder, name)
        has = os.path.getsize(path) if os.path.exists(path) else 0
        if has != wants:
            refuse(f"{path} has {has} bytes, not {wants}")
    return {**about, "folder": folder}


def columns(about, rows):
    """Ids `[rows, fields]`, clicks and conversions of the first rows."""
    import numpy

    def read(name, kind, count):
        return numpy.fromfile(os.path.join(about["folder"], name), kind, count)

    fields = about["fields"]
    return read("ids.i32", "<i4", rows * fields).reshape(rows, fields), read("click.u8", "u1", rows), read("conversion.u8", "u1", rows)


def threads():
    """Lets PyTorch use every core."""
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


class Clock:
    """Ticks at the end of each step."""

    def __init__(self):
        self.times = []

    def tick(self, *_):
        self.times.append(time.perf_counter())

    def rate(self, batch, warm):
        """Rows a second of the steps after the first `warm`."""
        return batch * (len(self.times) - warm) / (self.times[-1] - self.times[warm - 1])


def answering():
    """Sends what is printed from now on to stderr; the function that it gives prints the answer."""
    out, sys.stdout = sys.stdout, sys.stderr

    def answer(packages, **values):
        from importlib.metadata import version

        values["versions"] = {"python": sys.version.split()[0], **{name: version(name) for name in packages}}
        out.write(json.dumps(values) + "\n")
        out.flush()

    return answer

"""The forward pass of ESMM written by hand in PyTorch, in eval mode and without gradients: torch_predict.py FOLDER CHUNK TIMES

Predicts all rows of the folder TIMES times after once to warm up, in chunks, and prints {"rates": rows a second of each, "versions"}.
"""

import sys
import time

from rows import answering, columns, described, refuse, threads


def main():
    if len(sys.argv) != 4 or not all(number.isdigit() and int(number) > 0 for number in sys.argv[2:]):
        refuse("usage: torch_predict.py FOLDER CHUNK TIMES")
    about, chunk, times = described(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    answer = answering()
    import numpy
    import torch
    from torch_esmm import in_one_table, network

    threads()
    rows = about["rows"]
    ids = in_one_table(about, columns(about, rows)[0])
    table, ctr, cvr = (part.eval() for part in network(about))
    rates = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        out = numpy.empty((3, rows), numpy.float32)
        with torch.no_grad():
            for start in range(0, rows, chunk):
                part = slice(start, start + chunk)
                x = table(ids[part]).flatten(1)
                p, q = torch.sigmoid(ctr(x)).squeeze(1), torch.sigmoid(cvr(x)).squeeze(1)
                for column, values in zip(out, (p, q, p * q)):
                    column[part] = values.numpy()
        rates.append(rows / (time.perf_counter() - begun))
    answer(["torch"], rates=rates[1:])


if __name__ == "__main__":
    main()

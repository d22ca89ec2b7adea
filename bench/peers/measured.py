"""Runs a program and writes what it took to a file: measured.py FILE PROGRAM [ARGUMENT …]

FILE gets {"seconds", "cpuSeconds", "peakBytes"}: wall time from start to end; processor time of the program and of all
processes that it started and waited for, user and system; and the largest resident set that any one of them had, as the
operating system counts it (wait4). The exit code is the program's.
"""

import json
import os
import signal
import subprocess
import sys
import time


def main():
    report, program = sys.argv[1], sys.argv[2:]
    begun = time.perf_counter()
    child = subprocess.Popen(program)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: child.send_signal(number))
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 if sys.platform == "darwin" else 1024
    with open(report, "w") as file:
        json.dump(
            {
                "seconds": seconds,
                "cpuSeconds": usage.ru_utime + usage.ru_stime,
                "peakBytes": usage.ru_maxrss * scale,
            },
            file,
        )
    sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)


if __name__ == "__main__":
    main()

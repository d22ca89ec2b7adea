"""Takes the C library and the headers that the addon needs out of a TensorFlow wheel: unpack.py WHEEL FOLDER."""

import sys
import zipfile

LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
HEADERS = tuple(
    f"tensorflow/include/{folder}/" for folder in ("tensorflow/c", "tensorflow/core/platform", "tsl/platform", "xla/tsl/c")
)

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name in LIBRARIES or name.startswith(HEADERS)]
    missing = set(LIBRARIES) - set(names)
    if missing:
        sys.exit(f"{wheel} does not hold {', '.join(sorted(missing))}")
    archive.extractall(folder, names)

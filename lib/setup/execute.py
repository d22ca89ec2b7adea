"""Runs a notebook from its first cell to its last, as JupyterLab would: execute.py IN.ipynb OUT.ipynb.

Cells run in the folder notebooks/ with the environment of this process. Progress goes to stderr, a line a cell. OUT is
written whole, and only when every cell succeeded; a failing cell ends with exit code 1 and one line that names it.
"""

import asyncio
import os
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / ".venv/jupyter"
# Jupyter writes nothing outside the project.
OWN.mkdir(exist_ok=True)
for name, folder in (("CONFIG_DIR", "config"), ("DATA_DIR", "data"), ("RUNTIME_DIR", "runtime")):
    os.environ[f"JUPYTER_{name}"] = str(OWN / folder)
os.environ["IPYTHONDIR"] = str(OWN / "ipython")

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError, DeadKernelError  # noqa: E402

KERNEL = "tslab"


class WithProgress(NotebookClient):
    """Says on stderr which cell runs and how long it took."""

    async def async_execute_cell(self, cell, cell_index, *args, **options):
        code = [index for index, one in enumerate(self.nb.cells) if one.cell_type == "code"]
        if cell_index not in code:
            return await super().async_execute_cell(cell, cell_index, *args, **options)
        self.at = f"code cell {code.index(cell_index) + 1} of {len(code)}"
        start = time.monotonic()
        result = await super().async_execute_cell(cell, cell_index, *args, **options)
        say(f"{self.at}: {time.monotonic() - start:.1f} s")
        return result


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def error_line(cell) -> str:
    """The line of a failed cell's output that says what is wrong; all of the cell's errors come as stderr text."""
    errors = [out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stderr"]
    lines = [line.strip() for line in "".join(errors).splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"(\w*(Error|Exception)\b|(\S+ )?\d+:\d+ - )", line)]
    return (named or lines or ["no message"])[0]


def strip(notebook) -> None:
    """Removes what differs from run to run although nothing changed."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    info = notebook.metadata.get("language_info", {})
    notebook.metadata["language_info"] = {key: info[key] for key in sorted(info)}
    notebook.metadata["kernelspec"] = {"display_name": "TypeScript (Entire Space)", "language": "typescript", "name": KERNEL}


def merge_streams(notebook) -> None:
    """Joins neighbouring pieces of the same stream: how a text was cut into messages is a matter of time."""
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", []):
            before = outputs[-1] if outputs else None
            if before and output.output_type == before.output_type == "stream" and output.name == before.name:
                before.text += output.text
            else:
                outputs.append(output)
        if cell.cell_type == "code":
            cell.outputs = outputs


def main(source: str, target: str) -> int:
    try:
        notebook = nbformat.read(source, as_version=4)
    except (OSError, ValueError) as error:
        say(f"{source} cannot be read as a notebook: {str(error).splitlines()[0]}")
        return 2
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    client = WithProgress(notebook, kernel_name=KERNEL, timeout=None, resources=resources)
    client.at = "before the first cell"
    try:
        client.execute()
    except CellExecutionError:
        failed = next(cell for cell in reversed(notebook.cells) if cell.get("execution_count") or cell.get("outputs"))
        say(f"{source}, {client.at}: {error_line(failed)}")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError, AssertionError):
        say(f"{source}, {client.at}: stopped")
        return 1
    except (DeadKernelError, RuntimeError) as error:
        say(f"{source}, {client.at}: the kernel ended: {error}")
        return 1
    strip(notebook)
    merge_streams(notebook)
    part = Path(f"{target}.{os.getpid()}.part")
    nbformat.write(notebook, part)
    part.replace(target)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        say("usage: .venv/bin/python lib/setup/execute.py IN.ipynb OUT.ipynb")
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))

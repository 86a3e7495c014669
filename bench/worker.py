"""The child's side of a measurement: commands come as JSON lines, answers go as JSON lines.

What is measured runs in a process of its own, so that neither the other side's threads nor its
memory count; only standard library here, since the bare scripts of `baselines` use it too.
"""

import json
import os
import resource
import sys
import time
from typing import Any


def answer(child: object) -> None:
    """Answer `[method, arguments]` lines by a child's methods until standard input ends.

    Whatever else is printed goes to standard error, so that no log line is taken for an answer.
    """
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(child, name)(**arguments)), file=out, flush=True)


class Spent:
    """Measure a block: `cpu` (user and system, all threads) and `wall`, in seconds."""

    def __enter__(self) -> "Spent":
        self.cpu, self.wall = -time.process_time(), -time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time()
        self.wall += time.perf_counter()

    def each(self, count: int, **more: float) -> dict[str, float]:
        """Return both per operation, in microseconds, as an answer."""
        return {"cpu": self.cpu / count * 1e6, "wall": self.wall / count * 1e6, **more}


def rss() -> float:
    """Return the memory this process holds now, in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  nothing but os here
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def peak_rss() -> float:
    """Return the most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def arguments() -> list[Any]:
    """Return the command line, each argument read as JSON where it is that."""
    return [_read(argument) for argument in sys.argv[1:]]


def _read(argument: str) -> Any:
    try:
        return json.loads(argument)
    except ValueError:
        return argument

"""Interleaved pairs, child processes and what comes of them: one `Row` for each target."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Literal

LIMIT = 120
"""Seconds after which a child that does not answer is ended."""

Sense = Literal[">=", "<="]
Measure = Callable[[], float]
"""Does one round and returns what one operation cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a ratio must reach."""

    sense: Sense
    value: float

    def passes(self, ratio: float) -> bool:
        """Tell whether a ratio reaches the bar."""
        return ratio >= self.value if self.sense == ">=" else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.sense == '>=' else '≤'} {self.value:g}"


def at_least(value: float) -> Bar:
    """Return the bar of a ratio that should be large."""
    return Bar(sense=">=", value=value)


def at_most(value: float) -> Bar:
    """Return the bar of a ratio that should be small."""
    return Bar(sense="<=", value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the report; without a bar it only informs."""

    target: int  # of design §8
    name: str
    ours: float
    unit: str = ""
    yardstick: float | None = None
    against: str = ""  # what the yardstick is
    ratio: float
    spread: tuple[float, float] | None = None  # least and greatest ratio of the pairs
    bar: Bar | None = None

    @property
    def passed(self) -> bool | None:
        """Tell whether the bar was reached; None without one."""
        return None if self.bar is None else self.bar.passes(self.ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured, and where files go."""

    folder: Path
    pairs: int = 5
    share: float = 1.0  # of the full counts; --quick takes less

    @property
    def quick(self) -> bool:
        """Tell whether less than the full counts is wanted."""
        return self.share < 1

    def count(self, full: int, least: int = 1) -> int:
        """Return how many operations a round has."""
        return max(least, round(full * self.share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Median cost of both sides, and the ratio of each pair (ours / yardstick)."""

    ours: float
    yardstick: float
    ratios: tuple[float, ...]

    def costs(self, target: int, name: str, bar: Bar | None, against: str) -> Row:
        """Return a row whose ratio is how many times the yardstick's cost ours is."""
        return self._row(target, name, bar, against, self.ratios)

    def speed(self, target: int, name: str, bar: Bar | None, against: str) -> Row:
        """Return a row whose ratio is how many times as fast as the yardstick ours is."""
        inverse = tuple(1 / ratio for ratio in self.ratios)
        return self._row(target, name, bar, against, inverse)

    def _row(
        self,
        target: int,
        name: str,
        bar: Bar | None,
        against: str,
        ratios: tuple[float, ...],
    ) -> Row:
        return Row(
            target=target,
            name=name,
            ours=self.ours,
            unit="µs",
            yardstick=self.yardstick,
            against=against,
            ratio=median(ratios),
            spread=(min(ratios), max(ratios)),
            bar=bar,
        )


def compare(plan: Plan, ours: Measure, *yardsticks: Measure) -> tuple[Pairs, ...]:
    """Measure in turns and return one `Pairs` for each yardstick."""
    own, *others = take_turns(plan, ours, *yardsticks)
    return tuple(pair(own, other) for other in others)


def take_turns(plan: Plan, *sides: Measure) -> list[list[float]]:
    """Measure A B C, C B A, A B C … and return what each side cost in each round.

    The order changes from round to round, so that a machine that slows down favours nobody. A
    first round, which warms caches, is thrown away.
    """
    for side in sides:
        side()
    taken: list[list[float]] = [[] for _ in sides]
    for number in range(plan.pairs):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for place in order:
            taken[place].append(sides[place]())
    return taken


def pair(own: list[float], other: list[float]) -> Pairs:
    """Set two sides of the same rounds against each other."""
    return Pairs(
        ours=median(own),
        yardstick=median(other),
        ratios=tuple(a / b for a, b in zip(own, other, strict=True)),
    )


@dataclass(slots=True)
class Worker:
    """A child process that answers commands (`bench.worker.answer`)."""

    module: str
    arguments: tuple[object, ...] = ()
    _process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> "Worker":
        given = [
            a if isinstance(a, str) else json.dumps(a) for a in map(_plain, self.arguments)
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._process
        if process.stdin and process.stdout:
            process.stdin.close()
            process.stdout.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def ask(self, command: str, **arguments: object) -> Mapping[str, Any]:
        """Send a command and return the answer; RuntimeError when the child ends instead."""
        assert self._process.stdin
        assert self._process.stdout
        timer = threading.Timer(LIMIT, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps([command, arguments]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise RuntimeError(f"{self.module} ended at {command}; its message stands above")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def cost(self, command: str, **arguments: object) -> Measure:
        """Return a measurement that is the CPU time which the child tells for a command."""
        return lambda: float(self.ask(command, **arguments)["cpu"])


def start(stack: ExitStack, module: str, *arguments: object) -> Worker:
    """Start a worker that ends with the stack."""
    return stack.enter_context(Worker(f"bench.{module}", arguments))


def cpu_of(pid: int) -> float:
    """Return the CPU seconds which a process and its living children have used.

    Read from the scheduler's own account, which counts nanoseconds; `stat` counts hundredths.
    """
    total = 0
    for process in (pid, *_children(pid)):
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                total += int(thread.read_text().split()[0])
    return total / 1e9


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            found += [child, *_children(child)]
    return found


def _plain(argument: object) -> object:
    return str(argument) if isinstance(argument, Path) else argument

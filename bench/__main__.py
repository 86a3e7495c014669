"""`python -m bench [NAME…]`: measure the targets of the design and tell which are missed."""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import delivery, fan_out, ingest, pages, publish, search, serving, tls
from bench.harness import Plan, Row

BENCHES: Mapping[str, Callable[[Plan], Iterator[Row]]] = {
    "engine": delivery.engine,
    "door": delivery.door,
    "tls": tls.first_contact,
    "fan-out": fan_out.fan_out,
    "reading": serving.reading,
    "inbox": serving.inbox,
    "text": ingest.text,
    "pages": pages.pages,
    "again": ingest.again,
    "memory": ingest.memory,
    "ready": search.ready,
    "publish": publish.publish,
    "search": search.search,
}
"""Every measurement by its name, in the order of the targets."""

QUICK_SHARE, QUICK_PAIRS = 0.1, 3
"""What --quick takes of the full counts, and pairs instead of five: to look, not to judge."""


def main() -> int:
    """Run what is asked for and return the exit code: 1 for a missed bar under --strict."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers started end too
    rows: list[Row] = []
    broken: list[str] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        for name in asked.names or BENCHES:
            place = Path(folder) / name
            place.mkdir()
            plan = _plan(place, asked.quick)
            since = time.monotonic()
            try:
                for row in BENCHES[name](plan):
                    rows.append(row)
            except Exception as error:  # one broken measurement must not hide the others
                broken.append(f"{name}: {type(error).__name__}: {error}")
            print(f"{name} {time.monotonic() - since:.0f} s", file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps(_told(rows, broken), indent=2))
    else:
        _show(rows, broken, time.monotonic() - begun)
    return int(bool(broken) or (asked.strict and any(row.passed is False for row in rows)))


def _plan(folder: Path, quick: bool) -> Plan:
    return (
        Plan(folder=folder, share=QUICK_SHARE, pairs=QUICK_PAIRS)
        if quick
        else Plan(folder=folder)
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="a tenth of the counts")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bar is missed")
    asked = parser.parse_args()
    if unknown := set(asked.names) - BENCHES.keys():
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    return asked


def _told(rows: Iterable[Row], broken: list[str]) -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "rows": [{**asdict(row), "passed": row.passed} for row in rows],
        "broken": broken,
    }


def _show(rows: Iterable[Row], broken: list[str], seconds: float) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("#", "target"):
        table.add_column(title)
    for title in ("ours", "yardstick", "ratio", "of pairs", "bar"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    for row in rows:
        table.add_row(*_cells(row))
    console = Console(width=None if sys.stdout.isatty() else 130, highlight=False)
    console.print(table)
    for line in broken:
        console.print(f"[red]broken[/red] {line}")
    console.print(
        f"{seconds:.0f} s on {os.cpu_count()} cores; ratios count, figures only orient"
    )


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {True: "[green]pass[/green]", False: "[red]miss[/red]", None: "–"}[row.passed]
    spread = f"{row.spread[0]:.2f}–{row.spread[1]:.2f}" if row.spread else ""
    name = f"{row.name} / {row.against}" if row.against else row.name
    yardstick = "" if row.yardstick is None else _figure(row.yardstick, row.unit)
    bar = str(row.bar) if row.bar else ""
    ours = _figure(row.ours, row.unit)
    return str(row.target), name, ours, yardstick, f"{row.ratio:.2f}", spread, bar, verdict


def _figure(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1
    return f"{value:,.{digits}f} {unit}".strip()


if __name__ == "__main__":
    sys.exit(main())

"""The command line: `python3 -m bench`, `python3 -m bench compare A B`, and so on."""

import argparse
import os
import platform
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import (
    accounts,
    browser,
    checking,
    data,
    empty,
    frozen,
    load,
    page,
    papers,
    rows,
    web,
    workbook,
)
from bench.nodes import events
from bench.server import ROOT

SIZES = [28, 1_000, 10_000]
USUAL = ["empty", "pages", "ten-plans", "papers"]


def options(typed: list[str]) -> argparse.Namespace:
    """Read the command line. Without the name of an act, the table is printed."""
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--keep", type=Path, metavar="DIR", help="make the data once, and keep them")
    where.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    acts = parser.add_subparsers(required=True)
    table = acts.add_parser("table", parents=[where], help="measure and print the table (default)")
    table.set_defaults(act=print_table)
    table.add_argument("--only", type=keys_of, default=",".join(USUAL), metavar="ROW,ROW")
    table.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="items of the plans")
    table.add_argument("--rounds", type=int, default=3, help="the best one counts")
    table.add_argument("--json", type=Path, metavar="FILE", help="save the run")
    comparing = acts.add_parser("compare", help="say what moved between two saved runs")
    comparing.set_defaults(act=compare)
    comparing.add_argument("runs", type=Path, nargs=2, metavar="FILE")
    loading = acts.add_parser("load", parents=[where], help="many users at once")
    loading.set_defaults(act=put_load)
    loading.add_argument("--users", type=int, default=120)
    loading.add_argument("--minutes", type=float, default=5)
    loading.add_argument("--size", type=int, default=rows.TOP, help="items of the plan")
    stopping = acts.add_parser("nodes", help="stop two web nodes and two workers under load")
    stopping.set_defaults(act=stop_nodes, sqlite=False)
    stopping.add_argument("--keep", type=Path, metavar="DIR", help="make the data once")
    stopping.add_argument("--users", type=int, default=120)
    stopping.add_argument("--minutes", type=float, default=2, help="before anything stops")
    stopping.add_argument("--size", type=int, default=rows.TOP, help="items of the plan")
    stopping.add_argument("--json", type=Path, metavar="FILE", help="save the run")
    freezing = acts.add_parser("frozen", help="let the database hang under load")
    freezing.set_defaults(act=freeze, sqlite=False)
    freezing.add_argument("--keep", type=Path, metavar="DIR", help="make the data once")
    freezing.add_argument("--users", type=int, default=40)
    freezing.add_argument("--seconds", type=float, default=60)
    freezing.add_argument("--size", type=int, default=rows.TOP, help="items of the plan")
    freezing.add_argument("--json", type=Path, metavar="FILE", help="save the run")
    checks = acts.add_parser("checking", help="read pages while crafted files are checked")
    checks.set_defaults(act=check_files, sqlite=False)
    checks.add_argument("--keep", type=Path, metavar="DIR", help="make the data once")
    checks.add_argument("--only", nargs="+", default=[], metavar="FILE", help="of bench.crafted")
    checks.add_argument("--size", type=int, default=rows.TOP, help="items of the plan")
    reading = acts.add_parser("page", help="run every command of docs/operations.md")
    reading.add_argument("--root", default="", help="keep the Debian in this folder")
    reading.add_argument("--from", default="", dest="start", help="go on at this section")
    reading.set_defaults(act=lambda args: page.try_page(args.root, args.start))
    trying = acts.add_parser("accounts", help="try what the accounts of an installation may not do")
    trying.set_defaults(act=lambda args: accounts.run())
    looking = acts.add_parser("browser", parents=[where], help="in a browser on a slow link")
    looking.set_defaults(act=look)
    looking.add_argument("--size", type=int, default=rows.TOP, help="items of the plan")
    looking.add_argument("--rounds", type=int, default=3)
    names = {
        "table",
        "compare",
        "load",
        "nodes",
        "frozen",
        "checking",
        "accounts",
        "page",
        "browser",
        "-h",
        "--help",
    }
    return parser.parse_args(typed if typed and typed[0] in names else ["table", *typed])


def keys_of(text: str) -> set[str]:
    """Return the rows named, by their key or by their group."""
    keys = set()
    for name in text.split(","):
        if name not in rows.ROWS and name not in rows.GROUPS:
            known = ", ".join([*rows.GROUPS, *rows.ROWS])
            raise argparse.ArgumentTypeError(f"{name} is none of {known}.")
        keys |= {row.key for row in rows.GROUPS.get(name, [])} or {name}
    return keys


def print_table(args: argparse.Namespace) -> bool:
    sizes = sorted(set(args.sizes))
    of_group = {name: {row.key for row in group} & args.only for name, group in rows.GROUPS.items()}
    lines: list[rows.Line] = []
    with data.store(args.keep, args.sqlite) as store:
        header = machine() | {"database": store.version, "load before": load_now()}
        if of_group["empty"]:
            lines.append(empty.migrate(store.empty("run_of_migrate")))
        if keys := of_group["pages"]:
            url = plans_in(store, sizes)
            lines += data.in_process(url, web.run, keys, sizes, args.rounds)
        if keys := of_group["ten-plans"]:
            url = store.copy("ten_plans", web.fill_ten)
            lines += data.in_process(url, web.run_ten, keys, args.rounds)
        if keys := of_group["papers"]:
            url = store.copy("papers", papers.fill)
            lines += data.in_process(url, papers.run, keys, args.rounds)
        if keys := of_group["workbook"] - {"tracker"}:
            lines += data.in_process(store.copy("empty", nothing), workbook.run, keys)
        if "tracker" in of_group["workbook"]:
            lines += data.in_process(store.copy("empty", nothing), workbook.read_tracker)
    header["load after"] = load_now()
    if args.json:
        rows.save(args.json, header, lines)
    print("\n" + "\n".join(f"{name}: {value}" for name, value in header.items()))
    print(f"\n{rows.table(lines)}\n")
    words, is_well = rows.verdict(lines)
    print(words)
    return is_well


def plans_in(store: data.Store, sizes: list[int]) -> str:
    return store.copy("_".join(["plans", *map(str, sizes)]), web.fill, sizes)


def nothing() -> None:
    """Leave the database empty."""


def load_now() -> float:
    return round(os.getloadavg()[0], 1)


def machine() -> dict[str, Any]:
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in cpus if line.startswith("model name")]
    described = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return {
        "commit": commit,
        "at": datetime.now(UTC).isoformat(" ", "minutes"),
        "machine": f"{(models or [platform.machine()])[0]}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }


def compare(args: argparse.Namespace) -> bool:
    (first, before), (second, after) = map(rows.load, args.runs)
    for header in (first, second):
        print(", ".join(f"{name} {value}" for name, value in header.items()))
    print("\n" + ("\n".join(rows.moves(before, after)) or "Nothing moved by more than 10 %."))
    return True


def on_a_plan(args: argparse.Namespace, work: Callable[..., Any], *how: Any) -> Any:
    """Print what is measured on, and run the work on a plan with the number of items that was asked for."""
    with data.store(args.keep, args.sqlite) as store:
        print(", ".join(f"{name} {value}" for name, value in machine().items()), store.version)
        return data.in_process(plans_in(store, [args.size]), work, *how)


def put_load(args: argparse.Namespace) -> bool:
    return bool(on_a_plan(args, load.run, args.users, args.minutes, args.size))


def stop_nodes(args: argparse.Namespace) -> bool:
    how = (args.users, args.minutes, args.size, args.keep, args.json)
    return bool(on_a_plan(args, events.run, *how))


def freeze(args: argparse.Namespace) -> bool:
    return bool(on_a_plan(args, frozen.run, args.users, args.seconds, args.size, args.json))


def check_files(args: argparse.Namespace) -> bool:
    return bool(on_a_plan(args, checking.run, args.size, args.only))


def look(args: argparse.Namespace) -> bool:
    return bool(on_a_plan(args, browser.run, args.size, args.rounds))


def main(typed: list[str]) -> bool:
    """Run the command line; return whether all was well."""
    args = options(typed)
    return bool(args.act(args))

"""Test the benchmarks' table: its rows and bars, saved runs, and comparing two of them. Nothing is timed."""

import os
from pathlib import Path

import pytest

from bench import command_line, data, rows

HEADER = {"commit": "abc", "machine": "one"}
LIST = rows.Line("list", 1_000, {"statements": 9, "cpu": 20.0, "ms": 25.0})
RETURN = rows.Line("return", 1_000, {"statements": 19, "cpu": 61.0, "sent": 39.0, "per_s": 16.0})


def test_every_row_has_a_title_and_bars_on_figures_that_can_be_printed():
    assert len(rows.ROWS) == sum(map(len, rows.GROUPS.values())), "a key is used twice"
    titles = [row.title for row in rows.ROWS.values()]
    assert len(set(titles)) == len(titles)
    for row in rows.ROWS.values():
        for items, bars in row.bars.items():
            assert items >= 0
            assert bars.keys() <= rows.FIGURES.keys()
            assert all(limit > 0 for limit in bars.values())


def test_a_bar_is_met_at_its_limit_and_missed_without_its_figure():
    line = rows.Line("return", 1_000, {"cpu": 60, "sent": 60.1})
    assert list(line.bars()) == [
        ("≤ 60 CPU ms", True),
        ("≤ 60 KB sent", False),
        ("≥ 15/s", False),
    ]
    assert not line.is_met
    assert rows.Line("return", 28, {}).is_met, "it has a bar only at 1,000 items"


def test_a_page_of_many_items_has_the_bar_of_all_or_its_own():
    many = {key: rows.Line(key, 10_000, {"cpu": 400.1}) for key in ("list", "history", "xlsx")}
    assert [*many["list"].bars(), *many["history"].bars()] == [("≤ 400 CPU ms", False)] * 2
    assert list(many["xlsx"].bars()) == [("≤ 1,000 CPU ms", True)]


def test_the_table_has_a_line_for_each_row():
    headings, first, second = rows.table([LIST, RETURN]).splitlines()
    assert headings.split() == [
        *("row", "items", "statements", "CPU", "ms", "median", "ms", "KB", "sent"),
        *("also", "bars"),
    ]
    assert first.split() == [
        *("list", "of", "100", "1,000", "9", "20.0", "25.0"),
        *("≤", "27", "CPU", "ms", "met"),
    ]
    assert second.endswith("≤ 60 CPU ms MISSED, ≤ 60 KB sent met, ≥ 15/s met")


def test_statements_that_grow_with_the_plan_are_a_fault():
    grown = rows.Line("list", 10_000, {"statements": 10, "cpu": 27.0})
    assert rows.faults([LIST, grown]) == ["list of 100: statements are not equal at all sizes."]
    assert rows.verdict([LIST]) == ("1 of 1 rows with bars are within them.", True)
    assert not rows.verdict([LIST, grown])[1]
    assert not rows.verdict([RETURN])[1]


def test_two_saved_runs_are_compared(tmp_path, capsys):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    gone = rows.Line("csv", 28, {"cpu": 9.0})
    rows.save(before, HEADER, [LIST, RETURN, gone])
    moved = {"statements": 9, "cpu": 26.0, "ms": 25.9}
    faster = RETURN.figures | {"per_s": 32.0, "sent": 36.0}
    new = rows.Line("act", 200, {"cpu": 9.0})
    rows.save(
        after,
        HEADER,
        [rows.Line("list", 1_000, moved), rows.Line("return", 1_000, faster), new],
    )
    assert command_line.main(["compare", str(before), str(after)])
    assert capsys.readouterr().out.splitlines() == [
        "commit abc, machine one",
        "commit abc, machine one",
        "",
        "list of 100, 1,000 items: 20.0 → 26.0 CPU ms (+30%), WORSE",
        "return of one agency (83 items), 1,000 items: 16.0 → 32.0/s (+100%)",
        "one act in the workshop, 200 items: only in the second run",
        "CSV, 28 items: only in the first run",
    ]


def test_a_run_compared_with_itself_has_not_moved(tmp_path, capsys):
    saved = tmp_path / "run.json"
    rows.save(saved, HEADER, [LIST, RETURN])
    assert rows.load(saved) == (HEADER, [LIST, RETURN])
    assert command_line.main(["compare", str(saved), str(saved)])
    assert capsys.readouterr().out.endswith("\n\nNothing moved by more than 10 %.\n")


def test_rows_are_chosen_by_name_and_by_group():
    told = command_line.options(["--only", "list,papers", "--sizes", "28", "1000"])
    assert told.only == {"list", *(row.key for row in rows.PAPERS)}
    assert told.sizes == [28, 1_000]
    assert {row.key for row in rows.PAGES} <= command_line.options([]).only


def test_an_unknown_row_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        command_line.options(["--only", "lists"])
    assert (
        "lists is none of pages, ten-plans, papers, workbook, empty, list,"
        in capsys.readouterr().err
    )


def test_uploaded_files_and_their_marker_are_kept_with_the_databases(tmp_path, monkeypatch):
    """Else the next run's server finds a database that knows a marker, a folder without it, and does not start."""
    monkeypatch.setenv("FILES_DIR", "")
    with data.store(tmp_path, is_sqlite=True):
        (Path(os.environ["FILES_DIR"]) / "marker").write_text("1")
    monkeypatch.setenv("FILES_DIR", "")
    with data.store(tmp_path, is_sqlite=True):
        assert (Path(os.environ["FILES_DIR"]) / "marker").read_text() == "1"

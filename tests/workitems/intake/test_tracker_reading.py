"""Test what a tracker becomes: every cell has one fate, and the plan, doubts and notes are as expected."""

import io
from collections import Counter
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Color, PatternFill

from tests.codebase.source import ROOT, imports_of
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_words import AGENCIES
from tests.workitems.trackers import sheet_day
from workitems.intake.cell_kinds import clean
from workitems.intake.tracker.doubts import ADD, NOTE, Fate, name_of
from workitems.intake.tracker.fill_colours import named
from workitems.intake.tracker.grid import Area, Cell, Sheet, Tracker
from workitems.intake.tracker.guess import guess
from workitems.intake.tracker.headings import PHRASES, Field
from workitems.intake.tracker.opening import open_tracker, shown
from workitems.intake.tracker.plan_reading import understand
from workitems.intake.tracker.understood import About

ABOUT = About(date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 20), "MBIE")


def read(content, answers=None, fields=None):
    """Return what is understood of a file with the guessed mapping. `fields` replaces some by letter."""
    tracker = open_tracker(io.BytesIO(content)) if isinstance(content, bytes) else content
    mappings = {sheet.name: guess(sheet, AGENCIES, ABOUT.as_at) for sheet in tracker.sheets}
    if fields:
        first = tracker.sheets[0].name
        mappings[first] = mappings[first].with_fields(fields)
    return tracker, understand(tracker, mappings, AGENCIES, ABOUT, answers)


def rows(*lines, **more):
    return trackers.sheet_of(lines, **more)


def doubt(found, said):
    return next(each for each in [*found.doubts, *found.words] if each.quoted == said)


def answered(content, **answers):
    """Read again with answers by what the doubt says."""
    _, found = read(content)
    by_name = {doubt(found, said.replace("_", " ")).name: value for said, value in answers.items()}
    return read(content, by_name)[1]


def assert_every_cell_has_one_fate(tracker, found):
    cells = {(sheet.name, cell.at) for sheet, cell in tracker.cells}
    coloured = {(sheet.name, at) for sheet in tracker.sheets for at in sheet.fills}
    assert cells <= set(found.fates) <= cells | coloured
    assert all(found.fates[at] == Fate.DOUBT for at in set(found.fates) - cells)
    assert sum(found.counts.values()) == len(found.fates)
    kept = {note.place for note in found.notes}
    for sheet, cell in tracker.cells:
        if found.fates[sheet.name, cell.at] == Fate.LEFT_OVER:
            assert (sheet.name, cell.address) in kept
    noted = Counter((note.place, note.text) for note in found.notes)
    for sheet, cell in tracker.cells:
        if cell.note:
            assert noted[(sheet.name, cell.address), cell.note] >= 1


# --- three trackers --------------------------------------------------------------------------------


def test_a_csv_file_with_one_line_an_item_becomes_a_plan():
    tracker, found = read(trackers.plain_csv())
    assert_every_cell_has_one_fate(tracker, found)
    assert [(p.number, p.title) for p in found.pillars] == [
        (1, "Prevention"), (2, "Protection"), (3, "Prosecution"),
    ]  # fmt: skip
    assert (len(found.items), sum(len(item.milestones) for item in found.items)) == (40, 25)
    assert [each.quoted for each in found.doubts] == [
        "On hold", "", "mid-2027", "FY26/27", *["Completed"] * 5,
    ]  # fmt: skip
    # A stage is never guessed.
    assert [each.quoted for each in found.open_doubts] == ["On hold", ""]
    first = found.items[0]
    assert (first.number, first.lead, first.supporting) == ("A1", "Police", {"Customs": ""})
    assert [str(step.original) for step in first.milestones] == ["30 June 2027"]
    assert [(note.heading, note.text) for note in found.notes_of(first)] == [
        ("Contact", "Officer 0")
    ]
    assert [note.text for note in found.notes_of(None)] == ["Total", "40 actions"]


def test_a_workbook_with_merged_cells_and_sections_becomes_a_plan():
    tracker, found = read(trackers.merged())
    assert_every_cell_has_one_fate(tracker, found)
    assert [(p.number, p.title) for p in found.pillars] == [
        (1, "Prevention"), (2, "Protection"), (3, "Enforcement"),
    ]  # fmt: skip
    assert (len(found.items), sum(len(item.milestones) for item in found.items)) == (60, 100)
    second = found.items[1]
    assert [(step.description, str(step.original)) for step in second.milestones] == [
        ("Step 1 of 2", "February 2027"), ("Step 2 of 2", "March 2028"),
    ]  # fmt: skip
    assert found.items[0].causes == ["Two staff left, and funding is late."]
    assert [note.text for note in found.notes_of(None)] == [
        "Plan of Action against Forced Labour: tracker",
        "As at 30 June 2026. In confidence.",
        "RAG",
        "G",
        "Key: G on track, A at risk, R off track",
    ]


def test_a_workbook_with_one_row_a_milestone_becomes_a_plan():
    tracker, found = read(trackers.by_milestone())
    assert_every_cell_has_one_fate(tracker, found)
    assert [pillar.title for pillar in found.pillars] == [
        "Theme A",
        "Theme B",
        "Theme C",
        "Theme D",
    ]
    assert (len(found.items), sum(len(item.milestones) for item in found.items)) == (100, 250)
    assert found.open_doubts == []
    # What it is, and who leads its items.
    assert [each.chosen for each in found.doubts if each.quoted == "All agencies"] == [NOTE, "MBIE"]
    third = found.items[2]
    assert [step.description for step in third.milestones] == [
        "Deliverable 1", "Deliverable 2", "Deliverable 3",
    ]  # fmt: skip
    assert {str(period): progress.achieved for period, progress in third.progress.items()} == {
        "March 2026": ["March: item 3."], "June 2026": ["June: item 3."],
    }  # fmt: skip
    notes = [(note.heading, note.text) for note in found.notes_of(found.items[0])]
    assert ("Budget", "0") in notes
    assert ("Comment", "Asked for by the Minister.") in notes


# --- layouts ---------------------------------------------------------------------------------------


def test_columns_of_several_milestones_belong_together():
    _, found = read(
        rows(
            ["No", "Action", "Milestone 1", "Due 1", "Milestone 2", "Due 2"],
            ["1.1", "Train staff", "Course written", "June 2027", "Staff trained", "Dec 2027"],
        )
    )
    (item,) = found.items
    assert [(step.description, str(step.original)) for step in item.milestones] == [
        ("Course written", "June 2027"), ("Staff trained", "December 2027"),
    ]  # fmt: skip


def test_columns_of_dates_alone_are_milestones_named_by_their_headings():
    _, found = read(
        rows(
            ["No", "Action", "Design due date", "Pilot due date"],
            ["1.1", "Train staff", "June 2027", "Dec 2027"],
        )
    )
    assert [step.description for step in found.items[0].milestones] == [
        "Design due date", "Pilot due date",
    ]  # fmt: skip


def test_lines_of_one_cell_are_milestones_with_their_dates():
    _, found = read(
        rows(
            ["No", "Action", "Milestones", "Due date"],
            ["1.1", "Train staff", "1. Course written – June 2027\n2. Staff trained (Dec 2027)\n3. Review", "2028-06-30"],
            ["1.2", "Map chains", "- First map\n- Second map", "Q1 2027\nQ2 2027"],
        )
    )  # fmt: skip
    assert [(s.description, str(s.original)) for item in found.items for s in item.milestones] == [
        ("Course written", "June 2027"),
        ("Staff trained", "December 2027"),
        ("Review", "30 June 2028"),
        ("First map", "January to March 2027"),
        ("Second map", "April to June 2027"),
    ]


def test_ten_written_as_a_number_is_asked():
    lines = [["No", "Action"], *([float(f"1.{n}"), f"Item {n} of all"] for n in range(1, 10))]
    _, found = read(rows(*lines, [1.1, "The tenth"], [1.11, "The eleventh"]))
    assert [item.number for item in found.items][8:] == ["1.9", "1.10", "1.11"]
    assert [each.quoted for each in found.doubts] == ["1.1", ""]


def test_a_column_with_the_month_first_is_asked_once():
    content = rows(
        ["No", "Action", "Due date"],
        ["1", "Train staff", "12/25/2026"],
        ["2", "Map chains", "3/4/2027"],
        ["3", "Fund shelters", "5/6/2027"],
    )
    _, found = read(content)
    each = doubt(found, "3/4/2027")
    assert ([str(p) for p in each.places], each.chosen) == (
        ["Sheet1, C3", "Sheet1, C4"],
        "month_first",
    )
    assert [str(item.milestones[0].original) for item in found.items] == [
        "25 December 2026", "4 March 2027", "6 May 2027",
    ]  # fmt: skip
    _, found = read(content, {each.name: "day_first"})
    assert str(found.items[1].milestones[0].original) == "3 April 2027"


def test_hidden_columns_are_kept_as_notes():
    _, found = read(
        rows(["No", "Action", "Comments"], ["1", "Train staff", "Only for us"], hidden=[3])
    )
    assert found.counts == {Fate.UNDERSTOOD: 5, Fate.LEFT_OVER: 1}
    assert [(note.heading, note.text) for note in found.notes_of(found.items[0])] == [
        ("Comments", "Only for us")
    ]


def test_an_unknown_agency_must_be_answered_and_can_be_added_or_kept_as_a_note():
    content = rows(
        ["No", "Action", "Lead"], ["1", "Train staff", "Forests"], ["2", "Map", "Forests"]
    )
    _, found = read(content)
    (each,) = found.doubts
    assert (each.is_open, [str(place) for place in each.places]) == (
        True,
        ["Sheet1, C2", "Sheet1, C3"],
    )
    found = answered(content, Forests=ADD)
    assert (found.new_agencies, found.items[0].lead) == ({"Forests": "Forests"}, "Forests")
    found = answered(content, Forests=NOTE)
    assert (found.items[0].lead, [note.text for note in found.notes]) == ("MBIE", ["Forests"] * 2)
    found = answered(content, Forests="Customs")
    assert [item.lead for item in found.items] == ["Customs", "Customs"]


def test_several_leads_are_asked_and_one_that_says_so_leads():
    content = rows(
        ["No", "Action", "Lead"],
        ["1", "Train staff", "Police/Customs"],
        ["2", "Map", "MBIE, Police (lead)"],
    )
    _, found = read(content)
    assert [(item.lead, item.supporting) for item in found.items] == [
        ("Police", {"Customs": ""}), ("Police", {"MBIE": ""}),
    ]  # fmt: skip
    assert [each.quoted for each in found.doubts] == ["Police/Customs"]


def test_a_date_that_is_typed_instead_is_taken():
    content = rows(["No", "Action", "Due date"], ["1", "Train staff", "when funded"], ["2", "Map", "TBC"],
                   ["3", "Fund", "June 2027"])  # fmt: skip
    found = answered(content, when_funded="2027-Q3")
    assert [[str(step.original) for step in item.milestones] for item in found.items] == [
        ["July to September 2027"], [], ["June 2027"],
    ]  # fmt: skip
    assert [note.text for note in found.notes_of(found.items[0])] == ["when funded"]


@pytest.mark.parametrize(
    ("answer", "stage", "done"),
    [
        ("as_at", "complete", date(2026, 6, 30)),
        ("due", "complete", date(2026, 3, 31)),
        ("open", "under_way", None),
    ],
)
def test_complete_without_a_day_is_asked(answer, stage, done):
    content = rows(
        ["No", "Action", "Due date", "Status"], ["1", "Train staff", "March 2026", "Done"]
    )
    item = answered(content, Done=answer).items[0]
    assert (item.stage, item.milestones[0].completed) == (stage, done)


@pytest.mark.parametrize(
    ("answer", "causes", "notes"), [("note", [], ["n/a"]), ("read", ["n/a"], [])]
)
def test_a_cause_that_says_nothing_is_asked_and_kept_as_a_note(answer, causes, notes):
    content = rows(
        ["No", "Action", "Lead agency", "Reason for delay"],
        *(["1", "Train staff", "Police", "n/a"], ["2", "Map", "Police", "No money"]),
    )
    _, found = read(content)
    assert [(each.quoted, each.problem) for each in found.doubts] == [
        ("n/a", "This says nothing that a reader can use."),
        (
            "",
            "The tracker says something of these items, but its status cell is empty or says no status.",
        ),
    ]
    under_way = {doubt(found, "").name: "under_way"}
    found = read(content, under_way | {doubt(found, "n/a").name: answer})[1]
    assert [item.causes for item in found.items] == [causes, ["No money"]]
    assert [note.text for note in found.notes] == notes


def test_a_struck_cell_is_asked_and_can_be_kept_as_a_note():
    tracker, found = read(trackers.by_milestone(4))
    each = next(d for d in found.doubts if d.problem == "The text is struck through.")
    assert [str(place) for place in each.places] == ["Data, C4"]


def test_a_long_title_is_shortened_and_is_the_action_in_full():
    long = "Train staff " * 30
    _, found = read(rows(["No", "Action"], ["1", long]))
    (item,) = found.items
    assert (len(item.title) <= 200, item.title[-1], item.action) == (True, "…", long.strip())


def test_a_title_alone_is_the_action_too():
    _, found = read(
        rows(["No", "Title", "Action"], ["1", "Train staff", None], ["2", "Map", "Map all chains."])
    )
    assert [(item.title, item.action) for item in found.items] == [
        ("Train staff", "Train staff"),
        ("Map", "Map all chains."),
    ]


def test_a_number_that_became_a_date_is_asked():
    _, found = read(rows(["No", "Action"], [sheet_day(2026, 2, 1), "Train staff"], ["1.3", "Map"]))
    assert ([item.number for item in found.items], len(found.doubts[0].choices)) == (
        ["1.2", "1.3"],
        2,
    )


def test_a_sheet_without_headings_is_kept_as_notes():
    tracker, found = read(rows(["Call the Minister's office"], ["Second line"]))
    assert (found.items, [note.text for note in found.notes]) == (
        [], ["Call the Minister's office", "Second line"],
    )  # fmt: skip


def test_what_reads_a_tracker_knows_no_django():
    """Only opening the file, the rows to import and the register's agencies do."""
    outside = {"opening", "book", "known_agencies", "bringing_in"}
    faults = [
        path.stem
        for path in (ROOT / "workitems" / "intake" / "tracker").glob("*.py")
        if path.stem not in outside and imports_of(path.read_text(), "django")
    ]
    assert faults == []


# --- colours ---------------------------------------------------------------------------------------

RED, AMBER, GREEN, GREY = "FFFF0000", "FFFFC000", "FF92D050", "FFA6A6A6"


def filled(lines, fills, conditional=()):
    """Return a workbook of one sheet with cells filled. `fills` are colours by address."""
    book = openpyxl.load_workbook(io.BytesIO(rows(*lines)))
    for address, colour in fills.items():
        book.active[address].fill = PatternFill("solid", fgColor=colour)
    for area in conditional:
        book.active.conditional_formatting.add(
            area,
            CellIsRule(operator="equal", formula=['"R"'], fill=PatternFill(bgColor="FFFF0000")),
        )
    return trackers.saved(book)


STEPS = [
    ["No", "Action", "RAG", "Lead"],
    ["1.1", "Train", None, "MBIE"],
    ["1.2", "Map", None, "MBIE"],
    ["1.3", "Agree", None, "MBIE"],
    ["1.4", "Fund", None, "MBIE"],
]


def stands(found):
    return [(item.number, item.stage, item.confidence) for item in found.items]


def test_cells_that_are_only_coloured_state_a_rag_and_one_answer_serves_a_colour():
    content = filled(STEPS, {"C2": RED, "C3": RED, "C4": Color(theme=6), "C5": GREY})
    tracker, found = read(content)
    assert stands(found) == [
        ("1.1", "", "off_track"),
        ("1.2", "", "off_track"),
        ("1.3", "", "on_track"),
        ("1.4", "", ""),
    ]
    assert [each.is_open for each in found.doubts] == [True, True]
    assert [(each.quoted, each.problem, len(each.places)) for each in found.doubts] == [
        ("Filled grey", "The cell is filled grey. Is this item not started?", 1),
        ("", "These items have a RAG and no stage.", 3),
    ]
    # In a column of RAG these three colours leave no doubt.
    assert [(each.quoted, each.chosen) for each in found.words] == [
        ("Filled red", "/off_track"), ("Filled green", "/on_track"),
    ]  # fmt: skip
    assert (found.counts[Fate.DOUBT], sum(found.counts.values())) == (1, 4 + 12 + 4)
    again = answered(content, Filled_red="/at_risk", Filled_grey=NOTE)
    assert stands(again)[:2] == [("1.1", "", "at_risk"), ("1.2", "", "at_risk")]
    said = read(content, {name_of("rag-alone"): "ongoing"})[1]
    assert stands(said)[:2] == [("1.1", "ongoing", "off_track"), ("1.2", "ongoing", "off_track")]
    assert [note.text for note in again.notes_of(again.items[3])] == ["Filled grey"]


def test_a_colour_adds_to_a_stage_and_is_asked_if_it_contradicts_the_word():
    words = ("RAG", "In progress", "On track", "Complete", "Green")
    lines = [[*row[:2], word, row[3]] for row, word in zip(STEPS, words, strict=True)]
    content = filled(lines, {"C2": AMBER, "C3": RED, "C4": GREEN, "C5": GREEN})
    _, found = read(content)
    assert [each.quoted for each in found.doubts if each.quoted not in ("", "Complete")] == [
        "On track (filled red)"
    ]
    assert stands(found) == [
        ("1.1", "under_way", "at_risk"),
        ("1.2", "", ""),
        ("1.3", "complete", ""),
        ("1.4", "", "on_track"),
    ]
    asked = doubt(found, "On track (filled red)")
    kept = read(content, {asked.name: "/on_track"})[1]
    assert [note.text for note in kept.notes_of(kept.items[1])] == ["Filled red"]
    again = read(content, {asked.name: "/off_track"})[1]
    assert stands(again)[1] == ("1.2", "", "off_track")
    assert [note.text for note in again.notes_of(again.items[1])] == ["On track"]


def test_another_column_in_several_colours_states_the_rag_and_keeps_its_words():
    content = filled([["No", "Action", "Contact", "Lead"], *[[*row[:2], "Ana", "MBIE"] for row in STEPS[1:]]],
                     {"C2": RED, "C3": AMBER, "C4": GREEN, "C5": GREEN})  # fmt: skip
    tracker, found = read(content)
    assert_every_cell_has_one_fate(tracker, found)
    assert [item.confidence for item in found.items] == [
        "off_track", "at_risk", "on_track", "on_track",
    ]  # fmt: skip
    assert [note.text for note in found.notes_of(found.items[0])] == ["Ana"]


def test_stripes_and_conditional_formatting_state_nothing():
    content = filled(
        STEPS, dict.fromkeys(("A3", "B3", "C3", "D3", "A5", "B5", "C5"), GREY), ["C2:C5"]
    )
    _, found = read(content)
    assert (found.doubts, stands(found)[1]) == ([], ("1.2", "", ""))
    said = "The colours that conditional formatting gives to C2:C5 in “Sheet1”."
    assert (found.not_read, [note.text for note in found.notes_of(None)]) == ([said], [said])


@pytest.mark.parametrize(
    ("code", "tint", "name"),
    [
        ("FF0000", 0, "red"), ("FFC7CE", 0, "red"), ("C00000", 0, "red"), ("FFEB9C", 0, "amber"),
        ("FFFF00", 0, "amber"), ("ED7D31", 0.4, "amber"), ("00B050", 0, "green"), ("C6EFCE", 0, "green"),
        ("0070C0", 0, "blue"), ("FFFFFF", -0.25, "grey"), ("FFFFFF", -0.05, ""), ("000000", 0, ""),
        ("7030A0", 0, ""), ("", 0, ""),
    ],
)  # fmt: skip
def test_fills_have_the_name_of_the_colour_that_people_see(code, tint, name):
    assert named(code, tint) == name


def test_a_fill_is_known_by_the_palette_too():
    (sheet,) = open_tracker(io.BytesIO(filled(STEPS, {"C2": Color(indexed=2)}))).sheets
    assert sheet.fills == {(2, 3): "red"}


# --- any layout ------------------------------------------------------------------------------------

HEADINGS = st.one_of(
    st.sampled_from([p for phrases in PHRASES.values() for p in phrases.split("|")]),
    st.sampled_from(["Milestone 1", "Due 2", "Update March 2026", "Colour", ""]),
)
VALUES = st.one_of(
    st.just(None),
    st.sampled_from(
        ["1.1", "1.2", "2", "Pillar 1: Prevention", "Train staff", "Total", "Police/Customs", "MBIE (lead)",
         "Jane", "G", "On hold", "Done", "50%", "Q1 2027", "mid-2027", "TBC", "ongoing", "3/4/2027",
         "12/25/2026", "Yes", "Short", "BAU", "- First – June 2027\n- Second", "Action", "No", "x" * 350]
    ),
    st.integers(-5, 60_000),
    st.floats(0, 12, width=32),
    st.dates(date(1980, 1, 1), date(2105, 1, 1)).map(lambda d: sheet_day(d.year, d.month, d.day)),
    st.text(max_size=12),
)  # fmt: skip
COLOURS = st.sampled_from(["", "", "", "red", "amber", "green", "blue", "grey"])


@st.composite
def sheets(draw, name="Sheet1"):
    width = draw(st.integers(1, 9))
    above = draw(st.integers(0, 2))
    lines = [draw(st.lists(VALUES, max_size=2)) for _ in range(above)]
    lines.append(draw(st.lists(HEADINGS, min_size=width, max_size=width)))
    lines += draw(st.lists(st.lists(VALUES, max_size=width), max_size=12))
    cells, fills = {}, {}
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            note = draw(st.sampled_from(["", "", "", "", "A comment"]))
            text = opened_text(value)
            if text or note:
                struck, fault = draw(
                    st.sampled_from([(False, "")] * 8 + [(True, ""), (False, "Broken.")])
                )
                colour = draw(COLOURS)
                cells[row, column] = Cell(
                    row, column, value, text, note, struck, False, fault if text else "", colour
                )
            elif colour := draw(COLOURS):
                fills[row, column] = colour
    size = st.integers(1, len(lines))
    areas = []
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(size), draw(st.integers(1, width))
        areas.append(Area(top, left, top + draw(st.integers(0, 3)), left + draw(st.integers(0, 3))))
    return Sheet(
        name,
        cells,
        areas,
        hidden_rows=draw(st.sets(size, max_size=2)),
        hidden_columns=draw(st.sets(st.integers(1, width), max_size=1)),
        fills=fills,
    )


def opened_text(value):
    return "" if value is None else clean(shown(value, "General"))


@given(st.tuples(sheets(), sheets("Sheet2")), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_cell_of_any_layout_is_understood_in_doubt_or_left_over(made, data):
    tracker = Tracker(made)
    mappings = {sheet.name: guess(sheet, AGENCIES, ABOUT.as_at) for sheet in made}
    for name, mapping in mappings.items():
        # Whatever a person chooses for a column.
        for column in mapping.fields:
            if data.draw(st.booleans()):
                kinds = [kind for kind in Field if kind != Field.IGNORE]
                mappings[name] = mappings[name].with_fields(
                    {column: data.draw(st.sampled_from(kinds))}
                )
    found = understand(tracker, mappings, AGENCIES, ABOUT)
    assert_every_cell_has_one_fate(tracker, found)
    answers = {
        each.name: data.draw(st.sampled_from([choice.value for choice in each.choices]))
        for each in found.doubts
    }
    again = understand(tracker, mappings, AGENCIES, ABOUT, answers)
    assert_every_cell_has_one_fate(tracker, again)
    assert all(item.number and item.timeframe for item in again.items)
    # Nothing is imported while something is asked that answers have raised anew.
    asks = bool(again.open_doubts)
    assert asks or all(item.lead for item in again.items)
    assert asks or all(item.stage or not (item.progress or item.statuses) for item in again.items)
    assert len({item.number for item in again.items}) == len(again.items)

"""Trackers for tests, as different from each other as those that agencies keep.

`plain_csv` is a CSV file of one agency; `merged` a workbook with titles, two rows of headings, merged
cells and section rows; `by_milestone` a workbook with one row a milestone, several agencies in a cell,
hidden columns and comments.
"""

import io
from datetime import date, datetime

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

VERBS = ("Train", "Review", "Publish", "Fund", "Map", "Agree", "Survey", "Translate")
THINGS = (
    "frontline staff at the border",
    "the guidance for employers",
    "the joint protocol",
    "shelters in three regions",
    "labour supply chains",
    "the data standard",
    "people who came forward",
    "material for communities",
)
LEADS = (
    "NZ Police",
    "Customs",
    "MBIE",
    "Department of Labour",
    "Te Mana Ārai o Aotearoa",
    "Police",
)


def sheet_day(year, month, day):
    """Return a day as spreadsheets have it: a moment without a zone."""
    return datetime(year, month, day)  # noqa: DTZ001


def title_of(index):
    return f"{VERBS[index % 8]} {THINGS[(index // 8 + index) % 8]}" + (
        f", part {index // 64 + 1}" if index >= 64 else ""
    )


def plain_csv(items=40, encoding="cp1252", delimiter=";"):
    """One line an item, separated by semicolons, in Windows-1252, with typographic characters."""
    due = ("30/06/2027", "Dec-26", "Q1 2027", "mid-2027", "TBC", "ongoing", "FY26/27", "3/4/2027")
    status = (
        "On track",
        "Green",
        "Delayed – staffing",
        "Completed",
        "Not started",
        "50%",
        "On hold",
        "R",
    )
    rows = [
        [
            "Ref",
            "Priority area",
            "Action",
            "Lead",
            "Support",
            "Due date",
            "Status",
            "Comments",
            "Contact",
        ]
    ]
    for index in range(items):
        rows.append(
            [
                f"A{index + 1}",
                ("Prevention", "Protection", "Prosecution")[index * 3 // items],
                title_of(index),
                LEADS[index % 4],
                "Customs/Police" if index % 5 == 0 else "",
                due[index % 8],
                status[index % 8],
                f"Café meeting held – “good” progress on {index + 1}." if index % 2 else "",
                f"Officer {index}",
            ]
        )
    rows.append(["Total", "", f"{items} actions"])
    text = "\r\n".join(
        delimiter.join(f'"{cell}"' if delimiter in cell or '"' in cell else cell for cell in row)
        for row in rows
    )
    return text.encode(encoding)


def merged(items=60):
    """Titles above, two rows of headings, sections and merged cells, RAG letters, dates as dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tracker 2026"
    sheet["A1"] = "Plan of Action against Forced Labour: tracker"
    sheet.merge_cells("A1:K1")
    sheet["A2"] = "As at 30 June 2026. In confidence."
    for column, text in enumerate(
        [
            "No.",
            "Action",
            "Agencies",
            None,
            "Milestone",
            None,
            None,
            None,
            "RAG",
            "Progress to date",
            "Why late",
        ],
        start=1,
    ):
        sheet.cell(4, column, text)
    for column, text in enumerate(
        [None, None, "Lead", "Support", "What", "Due", "Revised", "Done", None, None, None], start=1
    ):
        sheet.cell(5, column, text)
    for area in ("A4:A5", "B4:B5", "C4:D4", "E4:H4", "I4:I5", "J4:J5", "K4:K5"):
        sheet.merge_cells(area)
    row, number = 6, 0
    for pillar, name in enumerate(("Prevention", "Protection", "Enforcement"), start=1):
        sheet.cell(row, 1, f"Pillar {pillar}: {name}")
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=11)
        row += 1
        if pillar == 2:
            for column, text in enumerate(["No.", "Action", "Lead", "Support", "What"], start=1):
                sheet.cell(row, column, text)
            row += 1
        for index in range(items // 3):
            sheet.cell(
                row, 1, float(f"{pillar}.{index + 1}") if index < 8 else f"{pillar}.{index + 1}"
            )
            sheet.cell(row, 2, title_of(number))
            sheet.cell(row, 3, LEADS[number % 6])
            sheet.cell(row, 4, "MBIE, Customs & Police" if number % 3 == 0 else None)
            for step in range(2):
                due = sheet_day(
                    2026 + (number + step) % 3, (number + step) % 12 + 1, 1 + number % 27
                )
                sheet.cell(row + step, 5, f"Step {step + 1} of {number + 1}")
                cell = sheet.cell(row + step, 6, due)
                cell.number_format = "mmm yyyy" if number % 2 else "d/mm/yyyy"
                if (number + step) % 4 == 0:
                    sheet.cell(row + step, 7, "Q2 2028")
                    sheet.cell(row + step, 11, "Two staff left, and funding is late.")
                if due < sheet_day(2026, 6, 1):
                    sheet.cell(row + step, 8, due).number_format = "d/mm/yyyy"
                sheet.cell(row + step, 9, ("G", "A", "R", "Complete")[(number + step) % 4])
            sheet.cell(row, 10, f"Work on {number + 1} goes on.")
            for column in (1, 2, 3, 4, 10):
                sheet.merge_cells(
                    start_row=row, end_row=row + 1, start_column=column, end_column=column
                )
            row += 2
            number += 1
    sheet.cell(row + 1, 1, "Key: G on track, A at risk, R off track")
    lists = book.create_sheet("Lists")
    lists.append(["RAG"])
    lists.append(["G"])
    return saved(book)


def by_milestone(items=100):
    """One row a milestone, the number repeated, several agencies in a cell, hidden columns, comments."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(
        ["Item ID", "Theme", "Initiative", "Lead agency", "Deliverable", "Target date", "Actual date",
         "Status", "RAG", "Budget", "Update March 2026", "Update June 2026", "Risks", "Days overdue"]
    )  # fmt: skip
    row = 1
    for index in range(items):
        for step in range(1 + index % 4):
            row += 1
            sheet.append(
                [f"PR-{index + 1:03}", f"{index % 4 + 1}. Theme {'ABCD'[index % 4]}", title_of(index),
                 ("MBIE (lead), Customs", "Police/Customs", "Jane Smith, MBIE", "All agencies")[index % 4],
                 f"Deliverable {step + 1}", date(2026 + step, index % 12 + 1, 15),
                 date(2026, index % 5 + 1, 20) if step == 0 and index % 3 == 0 else None,
                 "Complete" if step == 0 and index % 3 == 0 else "In progress", "GAR"[index % 3],
                 1000 * index, f"March: item {index + 1}." if step == 0 else None,
                 f"June: item {index + 1}." if step == 0 else None, None, f"=TODAY()-F{row}"]
            )  # fmt: skip
    sheet.column_dimensions["J"].hidden = True
    sheet.row_dimensions[3].hidden = True
    sheet["C2"].comment = Comment("Asked for by the Minister.", "Coordinator")
    sheet["C4"].font = Font(strike=True)
    return saved(book)


def of_400_rows():
    """Return `by_milestone` with a RAG that is only coloured and dates that are unsure, and its last row."""
    book = openpyxl.load_workbook(io.BytesIO(by_milestone(160)))
    sheet = book.active
    colours = {"G": "FF92D050", "A": "FFFFC000", "R": "FFFF0000"}
    for row in range(2, sheet.max_row + 1):
        if row % 11 == 0:
            sheet.cell(row, 6, "TBC")
        if row % 13 == 0:
            sheet.cell(row, 6, "mid-2027")
        rag = sheet.cell(row, 9)
        rag.fill = PatternFill("solid", fgColor=colours[rag.value])
        rag.value = None
    return saved(book), sheet.max_row


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_of(rows, name="Sheet1", merged=(), hidden=(), comments=()):
    """Return a workbook of one sheet, from rows of values."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(number, column, value)
    for area in merged:
        sheet.merge_cells(area)
    for column in hidden:
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    for address, text in comments:
        sheet[address].comment = Comment(text, "Coordinator")
    return saved(book)


# The headings of `messiest`, below a row of groups.
MESSY_HEADINGS = (
    "#",
    "Action / what we will do",
    "Who",
    "Helping out",
    "When",
    "How's it going?",
    "RAG",
    "Latest",
    "Contact",
    "Last updated",
)
GREEN, AMBER, RED, NO_FILL = "FF92D050", "FFFFC000", "FFFF0000", ""
# Of each row: its cells, and the fill of its RAG.
MESSY_ROWS = (
    ("Pillar 1: Prevention",),
    (1.1, "Train frontline staff at the border", "NZ Police", "Customs", "Mar 2026 (was Dec 2025)",
     "In progress", None, "Two of five courses held.", "Ana Bell <ana.bell@police.example>",
     "14 November 2026", GREEN),
    (1.2, "Publish the guidance for employers", "MBIE", None, "30/06/2027",
     "n/a", "n/a", None, "Tom Reid (tom.reid@mbie.example)", "3 Nov 2026", NO_FILL),
    (1.3, "Map labour supply chains", "Oranga Tamariki", None, "Q1 2027",
     None, None, "A first list is with the group.", "Moana Hill <moana.hill@ot.example>", "12/10/2026",
     NO_FILL),
    ("TOTAL: 3 actions",),
    ("Pillar 2: Protection",),
    (2.1, "Fund shelters in three regions", "Oranga Tamariki - Ministry for Children", "Police; MBIE", "TBC",
     "Delayed", None, "Waiting for the tender.", "Moana Hill <moana.hill@ot.example>", None, RED),
    (2.2, "Translate material for communities", "OT", None, sheet_day(2027, 3, 31),
     "-", None, "n/a", "n/a", "ask Ana", NO_FILL),
    (2.3, "Survey people who came forward", "Police", None, "done Aug 2026",
     "Completed", None, "The survey is published.", "Ana Bell <ana.bell@police.example>",
     sheet_day(2026, 9, 1), GREEN),
    (2.4, "Agree the data standard", None, None, None, None, None, None, None, None, AMBER),
    ("Total", None, None, None, None, "1 complete"),
)  # fmt: skip


def messiest():
    """Return the workbook of the first day: notes above, groups of headings, merged rows, colours as
    status, an agency with three names, totals, contacts, an archive and a sheet of contacts."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tracker (current)"
    sheet["A1"] = "Plan of Action against Forced Labour – MASTER tracker v14 FINAL"
    sheet.merge_cells("A1:J1")
    sheet["A2"] = "Please do not sort! Questions: secretariat@mbie.example"
    sheet["A3"] = "Last updated: 20 November 2026 (Tom)"
    for column, text in ((1, "What was agreed"), (6, "How it stands"), (9, "Admin")):
        sheet.cell(5, column, text)
    for area in ("A5:E5", "F5:H5", "I5:J5"):
        sheet.merge_cells(area)
    for column, text in enumerate(MESSY_HEADINGS, start=1):
        sheet.cell(6, column, text)
    for row, values in enumerate(MESSY_ROWS, start=7):
        if len(values) == 11:
            *values, fill = values
            if fill:
                sheet.cell(row, 7).fill = PatternFill("solid", fgColor=fill)
        elif len(values) == 1:
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=10)
        for column, value in enumerate(values, start=1):
            if value is not None:
                sheet.cell(row, column, value)
    archive = book.create_sheet("Archive 2024-25")
    archive.append(MESSY_HEADINGS)
    archive.append([9.1, "Hold the first forum", "Police", None, "Dec 2024", "Completed"])
    archive.append([9.2, "Write the first guidance", "MBIE", None, "Jun 2025", "Completed"])
    people = book.create_sheet("Contacts")
    people.append(["Agency", "Name", "Email", "Role"])
    people.append(["NZ Customs", "Wiremu Lake", "wiremu.lake@customs.example", "Approves"])
    people.append(["MBIE", "Tom Reid", "tom.reid@mbie.example", "Coordinator"])
    lists = book.create_sheet("Lists")
    lists.append(["RAG", "Lead"])
    lists.append(["G", "Police"])
    return saved(book)

"""A table as an Excel workbook: heading, frozen title row with filters, print settings.

Written as XML: openpyxl takes ten times as long, cell by cell, and 6 MiB of each process that has loaded it.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from string import ascii_uppercase
from xml.sax.saxutils import escape, quoteattr

from reports.render.tables import Kind, Sheet, Value
from workitems.intake.cell_kinds import CELL_CHARACTERS, FIRST_SHEET_DAY, clean
from workitems.terms.known_dates import KnownDate, KnownTo

A4, A3 = 9, 8
# A table wider than this is too small to read on A4.
A4_CHARACTERS = 150
TITLES_ROW = 3
# Spreadsheets count days from this one.
DAY_NONE = date(1899, 12, 30)
CUT = " … (the CSV file has the whole text)"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMATS = "http://schemas.openxmlformats.org"
MAIN = f"{FORMATS}/spreadsheetml/2006/main"
OF_OFFICE = f"{FORMATS}/officeDocument/2006/relationships"
OF_PACKAGE = f"{FORMATS}/package/2006"
TYPES = "application/vnd.openxmlformats"
# Formats of numbers: by their numbers in every program, and our own.
AS_TEXT, THOUSANDS = 49, 3
OWN_FORMATS = {
    164: "d mmm yyyy",
    165: "mmm yyyy",
    166: '"Jan–Mar" yyyy',
    167: '"Apr–Jun" yyyy',
    168: '"Jul–Sep" yyyy',
    169: '"Oct–Dec" yyyy',
}
# Styles of cells, by their places in STYLES.
TITLE, ABOUT, HEADING, TEXT, NUMBER, DATE, MONTH, QUARTER = range(1, 9)
OF_KIND = {Kind.TEXT: TEXT, Kind.NUMBER: NUMBER, Kind.DATE: DATE}


def _style(number_format: int, *, font: int = 0, border: int = 0, is_wrapped: bool = False) -> str:
    # A prefixed quote keeps the value a text when the cell is edited in a spreadsheet program.
    is_text = int(number_format == AS_TEXT)
    return (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="0" borderId="{border}" xfId="0" quotePrefix="{is_text}"'
        ' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">'
        f'<alignment vertical="top" wrapText="{int(is_wrapped)}"/></xf>'
    )


STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts count="{len(OWN_FORMATS)}">'
    + "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
        for number, code in OWN_FORMATS.items()
    )
    + '</numFmts><fonts count="4"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="14"/><name val="Calibri"/></font>'
    '<font><sz val="11"/><color rgb="FF444444"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="medium"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{QUARTER + 4}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + _style(AS_TEXT, font=1)
    + _style(AS_TEXT, font=2)
    + _style(AS_TEXT, font=3, border=1, is_wrapped=True)
    + _style(AS_TEXT, is_wrapped=True)
    + _style(THOUSANDS)
    + "".join(map(_style, OWN_FORMATS))
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write(sheet: Sheet, made_at: datetime) -> bytes:
    """Return the workbook. Text too long for a cell is cut, and ends with a note about it."""
    return write_all([sheet], made_at)


def write_all(sheets: Sequence[Sheet], made_at: datetime) -> bytes:
    """Return a workbook of several sheets. Its title and description are the first sheet's."""
    parts = {
        f"xl/worksheets/sheet{number}.xml": _worksheet(sheet)
        for number, sheet in enumerate(sheets, start=1)
    }
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{TYPES}-officedocument.spreadsheetml.worksheet+xml"/>'
        for name in parts
    )
    kinds = [*["worksheet"] * len(sheets), "styles"]
    targets = [*(f"/{name}" for name in parts), "/xl/styles.xml"]
    parts |= {
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relationships(
            [(f"{OF_OFFICE}/{kind}", target) for kind, target in zip(kinds, targets, strict=True)]
        ),
        "xl/styles.xml": STYLES,
        "docProps/core.xml": _properties(sheets[0], made_at),
        "_rels/.rels": _relationships(
            [
                (f"{OF_OFFICE}/officeDocument", "xl/workbook.xml"),
                (f"{OF_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "[Content_Types].xml": (
            f'{DECLARATION}<Types xmlns="{OF_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{TYPES}-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}-officedocument.spreadsheetml.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}-officedocument.spreadsheetml.styles+xml"/>'
            f'<Override PartName="/docProps/core.xml" ContentType="{TYPES}-package.core-properties+xml"/>{types}</Types>'
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def _relationships(found: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(found, start=1)
    )
    return f'{DECLARATION}<Relationships xmlns="{OF_PACKAGE}/relationships">{each}</Relationships>'


def _properties(sheet: Sheet, made_at: datetime) -> str:
    at = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{OF_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>Plan Register</dc:creator><dc:title>{escape(clean(sheet.title))}</dc:title>"
        f"<dc:description>{escape(clean(sheet.about_line))}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>'
    )


def _workbook(sheets: Sequence[Sheet]) -> str:
    tabs, names = [], []
    for place, sheet in enumerate(sheets):
        tabs.append(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{place + 1}" r:id="rId{place + 1}"/>'
        )
        tab = "'{}'".format(escape(sheet.name.replace("'", "''")))
        last = f"${_letter(len(sheet.columns) - 1)}${TITLES_ROW + len(sheet.rows)}"
        names.append(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
            f"{tab}!$A${TITLES_ROW}:{last}</definedName>"
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">'
            f"{tab}!${TITLES_ROW}:${TITLES_ROW}</definedName>"
        )
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OF_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{''.join(tabs)}</sheets><definedNames>{''.join(names)}</definedNames></workbook>"
    )


def _worksheet(sheet: Sheet) -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(sheet.columns, start=1)
    )
    first, last = TITLES_ROW + 1, f"{_letter(len(sheet.columns) - 1)}{TITLES_ROW + len(sheet.rows)}"
    marking = f"&amp;C{escape(sheet.marking)}" if sheet.marking else ""
    # In a footer, an ampersand starts a code.
    title = escape(clean(sheet.title).replace("&", "&&"))
    paper = A4 if sheet.width <= A4_CHARACTERS else A3
    return (
        # One page wide, any number of pages high.
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{TITLES_ROW}" topLeftCell="A{first}"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData>{_rows(sheet)}</sheetData><autoFilter ref="A{TITLES_ROW}:{last}"/>'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.5" footer="0.5"/>'
        f'<pageSetup paperSize="{paper}" fitToHeight="0" orientation="landscape"/>'
        f"<headerFooter><oddHeader>{marking}</oddHeader><oddFooter>&amp;L{title}&amp;R&amp;P of &amp;N</oddFooter>"
        "</headerFooter></worksheet>"
    )


def _letter(place: int) -> str:
    """Return the name of a column: A, B, …, Z, AA."""
    before = _letter(place // 26 - 1) if place >= 26 else ""
    return before + ascii_uppercase[place % 26]


def _rows(sheet: Sheet) -> str:
    """Return the title, the description, the columns' titles, and the rows.

    Most cells have the value of another one, so each value of a column is written once.
    """
    columns = [
        (_letter(place), _Contents(OF_KIND[column.kind]))
        for place, column in enumerate(sheet.columns)
    ]
    parts = [
        f'<row r="1"><c r="A1" s="{TITLE}"{_content(sheet.title)}</row>'
        f'<row r="2"><c r="A2" s="{ABOUT}"{_content(sheet.about_line)}</row><row r="{TITLES_ROW}">'
    ]
    for (letter, _), column in zip(columns, sheet.columns, strict=True):
        parts.append(f'<c r="{letter}{TITLES_ROW}" s="{HEADING}"{_content(column.title)}')
    parts.append("</row>")
    for number, row in enumerate(sheet.rows, start=TITLES_ROW + 1):
        parts.append(f'<row r="{number}">')
        for (letter, contents), value in zip(columns, row, strict=True):
            parts.append(f'<c r="{letter}{number}"{contents[value]}')
        parts.append("</row>")
    return "".join(parts)


class _Contents(dict[Value, str]):
    """The XML of a column's cells after their places, by value."""

    def __init__(self, style: int) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, value: Value) -> str:
        style = self.style
        if isinstance(value, KnownDate):
            if value.known_to == KnownTo.MONTH:
                style = MONTH
            elif value.known_to == KnownTo.QUARTER:
                style = QUARTER + (value.last_day.month - 1) // 3
            is_early = value.last_day < FIRST_SHEET_DAY
            content = _content(value.code if is_early else value.last_day)
        else:
            content = _content(value)
        self[value] = f' s="{style}"{content}'
        return self[value]


def _content(value: str | int | date | None) -> str:
    """Return the XML of a cell after its style."""
    if isinstance(value, date) and value < FIRST_SHEET_DAY:
        # Spreadsheet programs do not support earlier dates.
        value = value.isoformat()
    if isinstance(value, str):
        text = escape(_fitting(value))
        return f' t="inlineStr"><is><t>{text}</t></is></c>' if text else "/>"
    if value is None:
        return "/>"
    number = (value - DAY_NONE).days if isinstance(value, date) else value
    return f' t="n"><v>{number}</v></c>'


def _fitting(value: str) -> str:
    """Return the text of a cell, cut with a note if it is too long."""
    text = clean(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - len(CUT)] + CUT

"""A document as HTML. The preview and the PDF use the same templates with different stylesheets.

`present` turns the document into text and charts, so that the templates need no logic.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from string import ascii_uppercase
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from agencies.wording.translation import in_english
from reports import charts
from reports.document import (
    Annex,
    ConsultedTable,
    Contact,
    Cover,
    CoverDesign,
    CoverPart,
    DelayRegister,
    Document,
    FindingTable,
    ItemReport,
    MeasureRow,
    MeasureTable,
    MilestoneRow,
    Passage,
    PillarTexts,
    ProgressPicture,
    RiskRegister,
    WorkItemRow,
    WorkItemTable,
    WorkItemText,
    WorkItemTexts,
    plain,
)
from reports.document.cover_design import INK
from reports.document.dates import long_date
from reports.document.text import words as words_of
from workitems.terms.item_texts import ITEM_TEXTS

SHEETS = ("paper/paper.css", "paper/pdf.css")
# Additional stylesheet for packs and minutes.
MEETING_SHEET = "paper/meeting.css"
# Additional stylesheet for paper of the size "Letter".
LETTER_SHEET = "paper/us-letter.css"
# Additional stylesheets for a paper that is released, and for its copy with what is withheld.
RELEASED_SHEET, MARKED_UP_SHEET = "paper/released.css", "paper/marked_up.css"

# URL prefix of the PDF's assets. It is never requested: `reports.render.pdf` maps each URL to
# bytes.
ASSETS = "https://paper.invalid/static/"

# Items with texts under one heading. Longer pillars are split, each piece on a new page.
STRETCH = 50

# Rows of all annexes together with which they fit on a page or two: milestones are shown in picture and table.
FEW_ROWS = 15

# What a design's colours apply to: names and headings, and the rules below them.
INKED = (
    ".paper .paper-ministry-name",
    ".paper .paper-kind",
    ".paper .paper-heading h1",
    ".paper .paper-section h2",
    ".paper .paper-annex h2",
    ".paper .paper-annex h4",
    ".paper .paper-grid thead th",
    ".paper .letter-subject",
    ".paper .letter-part h2",
)
RULED = (".paper .paper-letterhead", ".paper .paper-heading", ".paper .paper-grid thead th")

# Classes of the cover's cells.
LOOKS = {
    CoverPart.TITLE: "paper-covertitle",
    CoverPart.SECURITY: "paper-marking",
    CoverPart.TRACKER_NUMBER: "paper-tracker",
}

FEEDBACK = (
    "Quality of advice",
    "Writing style",
    "Quality of analysis",
    "Completeness of information",
)


def sheets_of(paper_size: str) -> tuple[str, ...]:
    """Return the stylesheets of every paper of this size, "A4" or "Letter"."""
    return (*SHEETS, LETTER_SHEET) if paper_size == "Letter" else SHEETS


@in_english
def document_html(document: Document, *, stamp: str = "", sheet: str = "") -> str:
    """Return the paper as a complete page for the PDF.

    `stamp` is what the margin of each page says; `sheet`, a stylesheet that prints it.
    """
    looks = document.cover.looks
    stylesheets = [ASSETS + name for name in (*sheets_of(document.paper_size), sheet) if name]
    if colours_css(looks):
        stylesheets.append(f"{ASSETS}{looks.ink}-{looks.rule}.css".replace("#", ""))
    context = {"paper": {**present(document), "stamp": stamp}, "stylesheets": stylesheets}
    return render_to_string("reports/render/paper/page.html", context)


@in_english
def document_fragment(document: Document) -> SafeString:
    """Return the paper alone, for a page that links paper/screen.css and has no other h1."""
    looks = document.cover.looks
    colours = ""
    if colours_css(looks):
        colours = reverse("covers:colours", args=[looks.ink[1:], looks.rule[1:]])
    context = {"paper": present(document), "colours": colours}
    return mark_safe(render_to_string("reports/render/paper/document.html", context))


@in_english
def plain_fragment(document: Document) -> str:
    """Return the paper alone, in no colours of its own."""
    return render_to_string("reports/render/paper/document.html", {"paper": present(document)})


@in_english
def body_fragment(document: Document) -> SafeString:
    """Return the paper's text without cover and annexes, for a page with its own h1."""
    return mark_safe(
        render_to_string("reports/render/paper/body.html", {"paper": present(document)})
    )


def present(document: Document) -> dict[str, Any]:
    """Return the context of `templates/reports/paper/`."""
    cover = document.cover
    return {
        "language": document.language,
        "title": document.title,
        "plan_title": document.plan_title,
        "author": cover.on_behalf_of.removeprefix("for ").removeprefix("the ")
        or cover.authorising_manager.name,
        "dated_iso": cover.dated.isoformat(),
        "cover": cover,
        "feedback": FEEDBACK,
        "answers_in": _answers_in(document),
        "labels": {part.value: cover.looks.label(part) for part in CoverPart},
        "cover_columns": _cover_columns(cover),
        "cover_rows": list(_cover_rows(cover)),
        "sections": [
            {"heading": cover.looks.heading(section.heading), "paragraphs": section.paragraphs}
            for section in document.sections
        ],
        "closing_heading": cover.looks.heading(document.recommendation.heading),
        "recommendation": document.recommendation,
        "leads": [document.recommendation.lead],
        "sign_offs": [
            {
                "name": cover.authorising_manager.name,
                "lines": _filled(cover.authorising_manager.role, cover.on_behalf_of),
            },
            {"name": cover.minister, "lines": list(cover.addressee[1:])},
        ],
        "annexes": _on_pages(
            [
                _annex(annex, letter, cover.looks)
                for letter, annex in zip(ascii_uppercase, document.annexes, strict=False)
            ]
        ),
    }


def colours_css(looks: CoverDesign) -> SafeString:
    """Return the rules for a design's colours, or "" for those of `paper.css`.

    Pages have no style of their own, so they link to a stylesheet with these rules.
    """
    if (looks.ink, looks.rule) == (INK, INK):
        return mark_safe("")
    return mark_safe(
        f"{', '.join(INKED)} {{ color: {looks.ink}; }}\n"
        f"{', '.join(RULED)} {{ border-bottom-color: {looks.rule}; }}\n"
    )


def _cover_rows(cover: Cover) -> Iterator[dict[str, Any]]:
    """Yield the rows of the cover's table with their templates, in the order of its design."""
    looks = cover.looks
    lines: dict[CoverPart, tuple[str, ...]] = {
        CoverPart.ACTION_SOUGHT: (cover.action_sought,),
        CoverPart.TITLE: (cover.title,),
        CoverPart.DATE: (long_date(cover.dated),),
        CoverPart.SECURITY: (cover.printed_marking,),
        CoverPart.COPIED_TO: cover.copied_to,
        CoverPart.FOR_REFERRAL_TO: cover.for_referral_to,
        CoverPart.AGENCIES_CONSULTED: cover.agencies_consulted,
        CoverPart.TRACKER_NUMBER: (cover.tracker_number,),
    }
    manager = cover.authorising_manager
    people = {
        CoverPart.CONTACTS: [
            {"lines": [each.who], "numbers": _numbers(each, looks)} for each in cover.contacts
        ],
        CoverPart.AUTHORISING_MANAGER: [
            {"lines": _filled(manager.name, manager.role), "numbers": _numbers(manager, looks)}
        ],
    }
    for part in looks.rows():
        row = {"part": part, "label": looks.label(part)}
        if part in people:
            yield {
                **row,
                "template": "reports/render/paper/cover_people.html",
                "people": people[part],
            }
            continue
        is_consulted = part == CoverPart.AGENCIES_CONSULTED
        is_empty = not lines[part] and not (is_consulted and cover.not_concurring)
        if is_empty and not looks.has_empty_rows:
            continue
        name = "cover_consulted" if is_consulted else "cover_row"
        yield {
            **row,
            "template": f"reports/render/paper/{name}.html",
            "lines": lines[part] or ("N/A",),
            "look": LOOKS.get(part, ""),
        }


def _numbers(person: Contact, looks: CoverDesign) -> list[str]:
    numbers = {"DDI": person.direct_dial, "MB": person.mobile}
    return [
        f"{kind}: {number or 'N/A'}"
        for kind, number in numbers.items()
        if number or looks.has_empty_rows
    ]


def _cover_columns(cover: Cover) -> list[dict[str, Any]]:
    """Return the columns of the cover's first table. A Minister given by portfolio has one."""
    looks = cover.looks
    parts = (CoverPart.MINISTER, CoverPart.PORTFOLIO)
    found = dict(zip(parts, cover.addressee, strict=False))
    if cover.deadline or looks.has_empty_rows:
        found[CoverPart.DEADLINE] = long_date(cover.deadline) if cover.deadline else "N/A"
    widths = ("half", "third", "rest")
    if CoverPart.PORTFOLIO not in found:
        widths = ("named", "rest", "")
    return [
        {"label": looks.label(part), "words": words, "width": width}
        for (part, words), width in zip(found.items(), widths, strict=False)
    ]


def milestone_line(milestone: MilestoneRow) -> str:
    """Return a milestone with its dates and lateness: "Brochures printed: due 31 May 2010, forecast
    31 Aug 2010; 60 days late"."""
    if milestone.withheld:
        return milestone.withheld
    dates = [f"due {milestone.promised.short}"]
    if milestone.due != milestone.promised:
        dates.append(f"agreed {milestone.due.short}")
    if milestone.completed_on:
        dates.append(f"done {milestone.expected.short}")
    elif milestone.expected != milestone.due:
        dates.append(f"forecast {milestone.expected.short}")
    line = f"{milestone.label}: {', '.join(dates)}"
    standing = milestone.standing[:1].lower() + milestone.standing[1:]
    if not standing or (milestone.completed_on and standing == "done"):
        return line
    return f"{line}; {standing}"


def _on_pages(annexes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let annexes follow on the page of what is before them, where they leave it half empty otherwise.

    The annexes of a small plan all follow, below the signatures too, on upright pages. Otherwise an
    annex follows one that is held the same way. A picture keeps a page of its own, and so do many
    texts, which take long to lay out.
    """
    if _are_small([annex["of"] for annex in annexes]):
        for annex in annexes:
            annex |= {"style": "paper-small", "follows": True}
        return annexes
    for before, annex in pairwise(annexes):
        is_kept_apart = isinstance(annex["of"], ProgressPicture | WorkItemTexts)
        if before["style"] == annex["style"] and not is_kept_apart:
            annex["follows"] = True
    return annexes


def _are_small(annexes: list[Annex]) -> bool:
    """Whether all annexes together have few rows, and none needs a wide page."""
    rows = 0
    for annex in annexes:
        match annex:
            case WorkItemTexts():
                return False
            case RiskRegister() if annex.rows:
                return False
            case ProgressPicture():
                rows += len(annex.timeline)
            case WorkItemTable():
                rows += sum(
                    max(len(row.milestones), 1) for each in annex.pillars for row in each.rows
                )
            case (
                DelayRegister()
                | RiskRegister()
                | ConsultedTable()
                | MeasureTable()
                | FindingTable()
            ):
                rows += len(annex.rows)
    return rows <= FEW_ROWS


def _answers_in(document: Document) -> str:
    """Return the annex with the agencies' answers, such as "Annex C", or ""."""
    for letter, annex in zip(ascii_uppercase, document.annexes, strict=False):
        if isinstance(annex, ConsultedTable):
            return f"Annex {letter}"
    return ""


def _annex(annex: Annex, letter: str, looks: CoverDesign) -> dict[str, Any]:
    """Return an annex's template, its heading, its name in English, and what the template cannot work out."""
    name, style, computed = "", "paper-wide", {}
    match annex:
        case _ if annex.withheld:
            name, style = "withheld", "paper-upright"
        case ProgressPicture():
            name, style, computed = "progress", "paper-upright", _progress(annex)
        case WorkItemTable():
            name, computed = "items", _items(annex)
        case WorkItemTexts():
            name, style, computed = "texts", "paper-upright", _texts(annex)
        case DelayRegister():
            name = "delays"
        case RiskRegister():
            name = "risks"
        case ConsultedTable():
            name, style = "consulted", "paper-upright"
        case MeasureTable():
            name, style = "measures", "paper-upright"
            computed = {"rows": [(row, _chart(row)) for row in annex.rows]}
        case FindingTable():
            name, style = "findings", "paper-upright"
    return {
        "template": f"reports/render/paper/{name}.html",
        "style": style,
        "key": annex.key,
        "heading": looks.annex_heading(letter, annex.heading),
        "name": f"Annex {letter}: {annex.heading}",
        "of": annex,
        **computed,
    }


def _chart(row: MeasureRow) -> str:
    return charts.draw_measure(row.chart, title=words_of(row.text))


def _progress(annex: ProgressPicture) -> dict[str, Any]:
    return {
        "stages": [stage.label for stage, *_ in charts.STAGES],
        "counts": [
            {
                "title": pillar.title,
                "counts": [pillar.count(stage) for stage, *_ in charts.STAGES],
                "total": pillar.total,
            }
            for pillar in annex.pillars
        ],
        "bars": charts.stage_bars(annex.pillars),
        "room": _room(annex),
        "timeline": charts.milestone_timeline(annex.timeline, as_at=annex.as_at),
    }


def _room(annex: ProgressPicture) -> int:
    """Return the millimetres left for the timeline, in tens, as the stylesheet's classes."""
    taken = 38.0 + (5 if annex.note else 0)  # headings, dates and the space between them
    for pillar in annex.pillars:
        taken += 8.8 + (10.8 if len(pillar.title) > 28 else 6.8)  # its bar and its row of figures
    return max(40, min(170, int((259 - 8.5 - 6.8 - taken) // 10 * 10)))


def _items(annex: WorkItemTable) -> dict[str, Any]:
    return {
        "pillars": [
            {"title": pillar.title, "rows": [_item(row) for row in pillar.rows]}
            for pillar in annex.pillars
        ],
    }


def _item(row: WorkItemRow) -> dict[str, Any]:
    confidence = f"{row.confidence.mark} {row.confidence.label}" if row.confidence else "–"
    return {
        "key": row.key,
        "number": row.number,
        "title": row.title,
        "withheld": row.withheld,
        "is_key": row.is_key,
        "lead": row.lead,
        "stage": row.stage.label,
        "confidence": confidence,
        "milestones": [milestone_line(milestone) for milestone in row.milestones] or ["None dated"],
        "standing": row.standing or "–",
    }


def _texts(annex: WorkItemTexts) -> dict[str, Any]:
    return {
        "is_long": any(len(pillar.items) > STRETCH for pillar in annex.pillars),
        "stretches": [
            {"title": words, "items": [_text(item) for item in items]}
            for pillar in annex.pillars
            for words, items in _stretches(pillar)
        ],
    }


def _stretches(pillar: PillarTexts) -> Iterator[tuple[str, tuple[WorkItemText, ...]]]:
    """Yield a pillar's heading and items, a long pillar in pieces ("items 2.51 to 2.100")."""
    if len(pillar.items) <= STRETCH:
        yield pillar.title, pillar.items
        return
    for start in range(0, len(pillar.items), STRETCH):
        items = pillar.items[start : start + STRETCH]
        first, last = items[0].number, items[-1].number
        within = f"items {first} to {last}" if len(items) > 1 else f"item {first}"
        yield f"{pillar.title}: {within}", items


def _text(item: WorkItemText) -> dict[str, Any]:
    """Return the item as a heading, a line with its status, and paragraphs.

    Labels are plain text at the start of a paragraph; elements of their own would make a long paper
    take a quarter longer to render.
    """
    if item.withheld:
        heading = plain(f"{item.number} {item.withheld}")
        return {"key": item.key, "heading": heading, "standing": "", "paragraphs": []}
    confidence = f"{item.confidence.mark} {item.confidence.label}" if item.confidence else ""
    paragraphs = [
        paragraph
        for name in item.TEXTS
        for paragraph in _labelled(
            str(ITEM_TEXTS[name].label), getattr(item, name), "paper-official"
        )
    ]
    for report in item.reports:
        paragraphs += _reported(report)
    if not item.reports:
        paragraphs.append(_line("Reported: nothing in the period."))
    if not item.milestones:
        paragraphs.append(_line("Milestones: none dated."))
    paragraphs += [
        _line(f"Milestone: {dates_side_by_side(milestone)}") for milestone in item.milestones
    ]
    return {
        "key": item.key,
        "heading": (*plain(f"{item.number} "), *item.title),
        "standing": " · ".join(
            _filled(
                f"Lead {item.lead}",
                f"with {', '.join(item.supporting)}" if item.supporting else "",
                "Key item" if item.is_key else "",
                item.stage.label,
                confidence,
                item.standing,
            )
        ),
        "paragraphs": paragraphs,
    }


def _reported(report: ItemReport) -> list[dict[str, Any]]:
    if report.withheld:
        return [_line(f"Reported: {report.withheld}")]
    texts = [
        *_labelled("Achieved", report.achieved),
        *_labelled("Planned next", report.planned_next),
        *_labelled("Challenges", report.challenges),
    ]
    line = f"Reported by {report.agency} on {report.period}"
    if report.no_change_on:
        return [_line(f"{line}: no change, said on {long_date(report.no_change_on)}.")]
    return [
        _line(f"{line}:" if texts else f"{line}: how it stands, without further words."),
        *texts,
    ]


def _labelled(
    label: str, passages: tuple[Passage, ...], look: str = "paper-said"
) -> list[dict[str, Any]]:
    """Return passages as paragraphs, with the label at the start of the first."""
    return [
        {
            "look": look,
            "text": passage.text if place else (*plain(f"{label}: "), *passage.text),
            "bullets": passage.bullets,
        }
        for place, passage in enumerate(passages)
    ]


def _line(words: str) -> dict[str, Any]:
    return {"look": "paper-said", "text": plain(words), "bullets": ()}


def dates_side_by_side(milestone: MilestoneRow) -> str:
    """Return a milestone with all its dates, even if equal: "Brochures printed: original 31 May
    2010 · agreed … · forecast …"."""
    if milestone.withheld:
        return milestone.withheld
    dates = [
        f"original {milestone.promised.short}",
        f"agreed {milestone.due.short}",
        f"{'done' if milestone.completed_on else 'forecast'} {milestone.expected.short}",
    ]
    standing = milestone.standing[:1].lower() + milestone.standing[1:]
    return f"{milestone.label}: {' · '.join(_filled(*dates, standing))}"


def _filled(*lines: str) -> list[str]:
    return [line for line in lines if line]

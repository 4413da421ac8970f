"""A document as HTML. The preview and the PDF use the same templates with different stylesheets.

`present` turns the document into text and charts, so that the templates need no logic.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reports import charts
from reports.document import (
    Annex,
    ConsultedTable,
    DelayRegister,
    Document,
    ItemReport,
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
from reports.document.dates import long_date

SHEETS = ("paper/paper.css", "paper/pdf.css")
# Additional stylesheet for packs and minutes.
MEETING_SHEET = "paper/meeting.css"

# URL prefix of the PDF's assets. It is never requested: `reports.render.pdf` maps each URL to
# bytes.
ASSETS = "https://paper.invalid/static/"

# Items with texts under one heading. Longer pillars are split, each piece on a new page.
STRETCH = 50

FEEDBACK = (
    "Quality of advice",
    "Writing style",
    "Quality of analysis",
    "Completeness of information",
)


def document_html(document: Document) -> str:
    """Return the paper as a complete page for the PDF."""
    context = {"paper": present(document), "stylesheets": [ASSETS + name for name in SHEETS]}
    return render_to_string("reports/paper/page.html", context)


def document_fragment(document: Document) -> SafeString:
    """Return the paper alone, for a page that links paper/screen.css and has no other h1."""
    return mark_safe(render_to_string("reports/paper/document.html", {"paper": present(document)}))


def body_fragment(document: Document) -> SafeString:
    """Return the paper's text without cover and annexes, for a page with its own h1."""
    return mark_safe(render_to_string("reports/paper/body.html", {"paper": present(document)}))


def present(document: Document) -> dict[str, Any]:
    """Return the context of `templates/reports/paper/`."""
    cover = document.cover
    return {
        "language": document.language,
        "title": document.title,
        "plan_title": document.plan_title,
        "author": cover.on_behalf_of.removeprefix("for ") or cover.authorising_manager.name,
        "dated_iso": cover.dated.isoformat(),
        "cover": cover,
        "feedback": FEEDBACK,
        "answers_in": _answers_in(document),
        "sections": document.sections,
        "recommendation": document.recommendation,
        "leads": [document.recommendation.lead],
        "sign_offs": [
            {
                "name": cover.authorising_manager.name,
                "lines": _filled(cover.authorising_manager.role, cover.on_behalf_of),
            },
            {"name": cover.minister, "lines": [cover.portfolio]},
        ],
        "annexes": [
            _annex(annex, letter)
            for letter, annex in zip(ascii_uppercase, document.annexes, strict=False)
        ],
    }


def milestone_line(milestone: MilestoneRow) -> str:
    """Return a milestone with its dates and lateness: "Brochures printed: due 31 May 2010, forecast
    31 Aug 2010; 60 days late"."""
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


def _answers_in(document: Document) -> str:
    """Return the annex with the agencies' answers, such as "Annex C", or ""."""
    for letter, annex in zip(ascii_uppercase, document.annexes, strict=False):
        if isinstance(annex, ConsultedTable):
            return f"Annex {letter}"
    return ""


def _annex(annex: Annex, letter: str) -> dict[str, Any]:
    """Return an annex's template, its title, and what the template cannot work out."""
    name, style, more = "", "paper-wide", {}
    match annex:
        case ProgressPicture():
            name, style, more = "progress", "paper-upright", _progress(annex)
        case WorkItemTable():
            name, more = "items", _items(annex)
        case WorkItemTexts():
            name, style, more = "texts", "paper-upright", _texts(annex)
        case DelayRegister():
            name = "delays"
        case RiskRegister():
            name = "risks"
        case ConsultedTable():
            name, style = "consulted", "paper-upright"
    return {
        "template": f"reports/paper/{name}.html",
        "style": style,
        "key": annex.key,
        "title": f"Annex {letter}: {annex.heading}",
        "of": annex,
        **more,
    }


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
    confidence = f"{item.confidence.mark} {item.confidence.label}" if item.confidence else ""
    paragraphs = [
        paragraph
        for name, label in item.LABELS.items()
        for paragraph in _labelled(label, getattr(item, name), "paper-official")
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
    said = [
        *_labelled("Achieved", report.achieved),
        *_labelled("Planned next", report.planned_next),
        *_labelled("Challenges", report.challenges),
    ]
    line = f"Reported by {report.agency} on {report.period}"
    if report.no_change_on:
        return [_line(f"{line}: no change, said on {long_date(report.no_change_on)}.")]
    return [_line(f"{line}:" if said else f"{line}: how it stands, without further words."), *said]


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
    dates = [
        f"original {milestone.promised.short}",
        f"agreed {milestone.due.short}",
        f"{'done' if milestone.completed_on else 'forecast'} {milestone.expected.short}",
    ]
    standing = milestone.standing[:1].lower() + milestone.standing[1:]
    return f"{milestone.label}: {' · '.join(_filled(*dates, standing))}"


def _filled(*lines: str) -> list[str]:
    return [line for line in lines if line]

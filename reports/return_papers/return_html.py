"""An agency's return as HTML for the PDF that its chief executive initials."""

from django.conf import settings
from django.template.loader import render_to_string

from agencies.wording.translation import in_english
from reports.render.html import ASSETS, MEETING_SHEET, sheets_of
from workitems.models import Return
from workitems.returns.return_reading import Reading


@in_english
def title_of_return(of_return: Return) -> str:
    return f"Return of {of_return.agency.name}, {of_return.round.name}"


@in_english
def return_html(of_return: Return, reading: Reading) -> str:
    """Return the whole return as a complete page. Until it is submitted each page says "Draft"."""
    context = {
        "title": title_of_return(of_return),
        "language": settings.LANGUAGE_TAG,
        "marking": settings.MARKINGS[0],
        "of_return": of_return,
        "round": of_return.round,
        "plan": of_return.round.plan,
        "reading": reading,
        "is_draft": of_return.is_with_agency,
        "stylesheets": [ASSETS + name for name in (*sheets_of(settings.PAPER_SIZE), MEETING_SHEET)],
    }
    return render_to_string("reports/return_papers/page.html", context)

"""An agency's return as a PDF. Saves nothing."""

from django.conf import settings

from reports.render.pdf import RenderRefused, html_to_pdf
from reports.return_papers.return_html import return_html, title_of_return
from workitems.models import Return
from workitems.plan.services.refusals import Refused
from workitems.returns.return_reading import Reading


def print_return(of_return: Return, reading: Reading) -> bytes:
    """Return the PDF. Takes a second or more, so not in a transaction. Raise `Refused` if it cannot
    be printed."""
    try:
        html = return_html(of_return, reading)
        return html_to_pdf(html, title=title_of_return(of_return), language=settings.LANGUAGE_TAG)
    except RenderRefused as error:
        raise Refused(str(error)) from error

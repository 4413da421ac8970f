"""Renders a paper's canonical JSON to a file, by the name of its form."""

from __future__ import annotations

from reports.document import from_json
from reports.document.text import DocumentError
from reports.render.pdf import RenderRefused, ReportProgress, render_pdf, report_nothing


def make(form: str, document: bytes, report: ReportProgress = report_nothing) -> bytes:
    """Return the file's bytes. Raise `RenderRefused` for a paper that cannot be printed."""
    try:
        paper = from_json(document)
    except DocumentError as error:
        raise RenderRefused(str(error)) from error
    if form == "pdf":
        return render_pdf(paper, report)
    # A worker that makes no Word file saves 12 MiB for its library.
    from reports.render.docx import render_docx

    return render_docx(paper)

"""PDFs written by hand, page by page."""

import io

import pikepdf
from pikepdf import Dictionary, Name


def made_of(contents, *, resources=None, title="", change=None, **saved):
    """Return a PDF with a page for each of `contents`, in the font F1; `change` does something to it before it is saved."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
    )
    for content in contents:
        page = pdf.add_blank_page()
        page.Resources = Dictionary(Font=Dictionary(F1=font), **(resources or {}))
        page.Contents = pdf.make_stream(content.encode("latin-1"))
    if title:
        pdf.docinfo["/Title"] = title
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, static_id=True, **saved)
    return out.getvalue()

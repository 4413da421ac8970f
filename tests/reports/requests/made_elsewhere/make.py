"""Make the PDFs of this folder, each by another program than ours, as an official would.

Needs LibreOffice, Ghostscript, qpdf, ImageMagick, img2pdf and OCRmyPDF (Debian has all of them). Run it in an empty
folder and copy `false` and `true` here: `python3 make.py`. What each must lead to is in `test_made_elsewhere.py`.
"""

import json
import subprocess
from pathlib import Path

NAME = "Hemi Tane"
SENTENCE = f"We met {NAME} in May."
LABELLED = "We met [s 9(2)(a)] in May."

STYLES = """<office:automatic-styles>
<style:style style:name="white" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="marked" style:family="text"><style:text-properties fo:color="#000000" fo:background-color="#000000"/></style:style>
<style:style style:name="yellow" style:family="text"><style:text-properties fo:background-color="#ffff00"/></style:style>
<style:style style:name="label" style:family="text"><style:text-properties fo:color="#ffffff" fo:background-color="#000000"/></style:style>
<style:style style:name="grey" style:family="text"><style:text-properties fo:color="#777777"/></style:style>
<style:style style:name="tiny" style:family="text"><style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="small" style:family="text"><style:text-properties fo:font-size="6pt"/></style:style>
<style:style style:name="big" style:family="text"><style:text-properties fo:font-size="28pt" fo:font-weight="bold"/></style:style>
<style:style style:name="box" style:family="graphic"><style:graphic-properties draw:fill="solid" draw:fill-color="#000000" draw:stroke="none" style:run-through="foreground" style:wrap="run-through" style:vertical-pos="from-top" style:vertical-rel="page" style:horizontal-pos="from-left" style:horizontal-rel="page"/></style:style>
</office:automatic-styles>"""


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def letter(name, body, *, author="", options=None):
    """Print a letter with LibreOffice."""
    about = f"<office:meta><dc:creator>{author}</dc:creator><meta:initial-creator>{author}</meta:initial-creator></office:meta>"
    Path(f"{name}.fodt").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
        ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
        ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{about if author else ''}{STYLES}<office:body><office:text>{body}</office:text></office:body></office:document>"
    )
    chosen = {
        key: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
        for key, value in (options or {}).items()
    }
    run(
        *("soffice", "--headless", "--convert-to"),
        *(f"pdf:writer_pdf_Export:{json.dumps(chosen)}", f"{name}.fodt"),
    )
    return f"{name}.pdf"


def p(text):
    return f"<text:p>{text}</text:p>"


def span(style, text):
    return f'<text:span text:style-name="{style}">{text}</text:span>'


BOX = (
    '<draw:rect draw:style-name="box" text:anchor-type="page" text:anchor-page-number="1"'
    ' svg:width="17cm" svg:height="2cm" svg:x="1.8cm" svg:y="1.8cm"/>'
)
NOTE = (
    f"<office:annotation><dc:creator>R</dc:creator><text:p>Ask {NAME}</text:p></office:annotation>"
)
TABLE = (
    "<table:table>"
    + "".join(
        f"<table:table-row><table:table-cell>{p(left)}</table:table-cell><table:table-cell>{p(right)}</table:table-cell></table:table-row>"
        for left, right in (("Cost", "$42,000"), ("Hours", "12"))
    )
    + "</table:table>"
)


def postscript(name, program, device="pdfwrite", *options):
    Path(f"{name}.ps").write_text(
        f"%!PS\n/Helvetica findfont 14 scalefont setfont\n{program}\nshowpage\n"
    )
    run("gs", "-q", "-o", f"{name}.pdf", f"-sDEVICE={device}", *options, f"{name}.ps")
    return f"{name}.pdf"


def show(text, at="72 700"):
    escaped = text.replace("(", "\\(").replace(")", "\\)")
    return f"{at} moveto ({escaped}) show"


def keep(kind, name, made):
    Path(kind).mkdir(exist_ok=True)
    Path(kind, f"{name}.pdf").write_bytes(Path(made).read_bytes())


def make_false():
    plain = letter("plain", p(SENTENCE))
    keep("false", "libreoffice_box", letter("box", BOX + p(SENTENCE)))
    keep("false", "libreoffice_white", letter("white", p(f"We met {span('white', NAME)} in May.")))
    keep(
        "false",
        "libreoffice_marked_black",
        letter("marked", p(f"We met {span('marked', NAME)} in May.")),
    )
    keep("false", "libreoffice_tiny", letter("tiny", p(f"We met {span('tiny', NAME)} in May.")))
    keep(
        "false",
        "libreoffice_comment",
        letter("note", p(f"We met.{NOTE}"), options={"ExportNotes": True}),
    )
    keep("false", "libreoffice_author", letter("author", p(LABELLED), author=NAME))
    keep(
        *("false", "libreoffice_source_inside"),
        letter("hybrid", p(LABELLED), options={"IsAddStream": True}),
    )
    box = "0 setgray 100 690 200 20 rectfill"
    keep("false", "ghostscript_box", postscript("gs_box", f"{show(SENTENCE)} {box}"))
    keep(
        "false",
        "ghostscript_pattern_box",
        postscript(
            "gs_hatch",
            f"{show(SENTENCE)} 1 setgray 100 690 200 20 rectfill 0 setgray 100 3 300 {{ 690 moveto 0 20 rlineto stroke }} for",
        ),
    )
    run("gs", "-q", "-o", "again.pdf", "-sDEVICE=pdfwrite", "box.pdf")
    keep("false", "ghostscript_distilled_again", "again.pdf")
    keep(
        "false",
        "ghostscript_cropped",
        postscript(
            "gs_crop",
            f"[/CropBox [0 0 400 600] /PAGE pdfmark {show(SENTENCE)} {show('We met.', '72 500')}",
        ),
    )
    keep(
        "false",
        "ghostscript_author",
        postscript("gs_info", f"[/Author ({NAME}) /DOCINFO pdfmark {show('We met.')}"),
    )
    keep(
        "false",
        "ghostscript_note",
        postscript(
            "gs_note",
            f"[/Rect [9 9 99 99] /Contents (Ask {NAME}) /Subtype /Text /ANN pdfmark {show('We met.')}",
        ),
    )
    keep(
        "false",
        "ghostscript_bookmark",
        postscript("gs_mark", f"[/Title (What {NAME} said) /Page 1 /OUT pdfmark {show('We met.')}"),
    )
    postscript("gs_black", "0 setgray 56 760 300 40 rectfill")
    run("qpdf", plain, "--overlay", "gs_black.pdf", "--", "qpdf_overlay.pdf")
    keep("false", "qpdf_overlay", "qpdf_overlay.pdf")
    Path("minutes.txt").write_text(SENTENCE)
    green = letter("green", p(LABELLED))
    run("qpdf", green, "--add-attachment", "minutes.txt", "--", "qpdf_attachment.pdf")
    keep("false", "qpdf_attachment", "qpdf_attachment.pdf")
    Path("words.ps").write_text(
        f"%!PS\n/Helvetica findfont 14 scalefont setfont\n{show(SENTENCE, '20 60')}\nshowpage\n"
    )
    small = ("-r150", "-g625x250")
    run("gs", "-q", "-o", "words.png", "-sDEVICE=pngmono", *small, "words.ps")
    run("img2pdf", "words.png", "-o", "words.pdf")
    run("ocrmypdf", "-q", "--output-type", "pdf", "words.pdf", "ocr.pdf")
    run("magick", "words.png", "-fill", "black", "-draw", "rectangle 80,100 400,140", "blacked.png")
    run("magick", "words.png", "-fill", "white", "-draw", "rectangle 80,100 400,140", "whited.png")
    for colour in ("blacked", "whited"):
        run("img2pdf", f"{colour}.png", "-o", f"{colour}.pdf")
        # The picture was painted over, and the text that had been recognised stayed.
        run("gs", "-q", "-o", "ocr_text.pdf", "-sDEVICE=pdfwrite", "-dFILTERIMAGE", "ocr.pdf")
        run("qpdf", f"{colour}.pdf", "--overlay", "ocr_text.pdf", "--", f"ocr_{colour}.pdf")
        keep("false", f"ocrmypdf_{colour}", f"ocr_{colour}.pdf")
    postscript("over", "0 setgray 36 52 160 24 rectfill", "pdfwrite", "-g6250x2500", "-r1500")
    run("qpdf", "ocr.pdf", "--overlay", "over.pdf", "--", "ocr_boxed.pdf")
    keep("false", "ocrmypdf_box_over_scan", "ocr_boxed.pdf")
    run("qpdf", "words.pdf", "--overlay", "over.pdf", "--", "scan_boxed.pdf")
    keep("false", "scan_box_over_picture", "scan_boxed.pdf")
    run("magick", "whited.png", "magick.pdf")
    keep("false", "imagemagick_thumbnail", "magick.pdf")


def make_true():
    green = letter("green", p(LABELLED))
    keep("true", "libreoffice", green)
    keep(
        "true",
        "libreoffice_label_on_black",
        letter("label", p(f"We met {span('label', '9(2)(a)')} in May.")),
    )
    keep(
        "true",
        "libreoffice_highlighted",
        letter("yellow", p(f"We met {span('yellow', 'them')} in May.")),
    )
    keep(
        "true",
        "libreoffice_grey_and_small",
        letter(
            "grey",
            p(
                f"We met {span('grey', 'them')} in May. {span('small', 'A footnote of six points.')}"
            ),
        ),
    )
    keep(
        "true",
        "libreoffice_heading",
        letter("big", p(span("big", "Advice to Ministers")) + p(LABELLED)),
    )
    keep("true", "libreoffice_table", letter("table", p(LABELLED) + TABLE))
    keep(
        "true", "libreoffice_tagged", letter("tagged", p(LABELLED), options={"UseTaggedPDF": True})
    )
    keep("true", "libreoffice_pdfa", letter("pdfa", p(LABELLED), options={"SelectPdfVersion": 2}))
    keep(
        "true",
        "libreoffice_link",
        letter(
            "link", p('See <text:a xlink:href="https://www.legislation.govt.nz/">the Act</text:a>.')
        ),
    )
    keep("true", "libreoffice_macrons", letter("macrons", p("Ngā mihi nui ki a koutou katoa.")))
    run("gs", "-q", "-o", "green_gs.pdf", "-sDEVICE=pdfwrite", green)
    keep("true", "ghostscript_distilled", "green_gs.pdf")
    run("gs", "-q", "-o", "old.pdf", "-sDEVICE=pdfwrite", "-dCompatibilityLevel=1.3", green)
    keep("true", "ghostscript_old_version", "old.pdf")
    # The box is printed to a picture with what is under it.
    for name, device in (("colour", "pdfimage24"), ("grey", "pdfimage8")):
        postscript(
            "flat",
            f"{show(SENTENCE, '20 60')} 0 setgray 60 52 120 24 rectfill",
            device,
            *("-r100", "-g420x170"),
        )
        keep("true", f"ghostscript_pictures_{name}", "flat.pdf")
    keep(
        "true",
        "ghostscript_white_on_black",
        postscript(
            "inverse", f"0 setgray 60 690 220 30 rectfill 1 setgray {show('Released in part')}"
        ),
    )
    keep(
        "true",
        "ghostscript_turned",
        postscript("turned", "200 300 translate 90 rotate 0 0 moveto (We met in May.) show"),
    )
    keep(
        "true",
        "ghostscript_outlines",
        postscript("outline", "72 700 moveto (We met in May.) true charpath stroke"),
    )
    run("qpdf", green, "--linearize", "fast.pdf")
    keep("true", "qpdf_fast_view", "fast.pdf")
    run("qpdf", green, "--object-streams=generate", "packed.pdf")
    keep("true", "qpdf_packed", "packed.pdf")
    two = letter(
        "two",
        p(SENTENCE)
        + '<text:p text:style-name="Standard"><text:soft-page-break/></text:p>'
        + p(LABELLED),
    )
    run("qpdf", "--empty", "--pages", green, two, "--", "left_out.pdf")
    run("qpdf", "left_out.pdf", "--pages", ".", "1", "--", "first.pdf")
    keep("true", "qpdf_page_left_out", "first.pdf")
    run("qpdf", green, "--rotate=+90", "rotated.pdf")
    keep("true", "qpdf_rotated", "rotated.pdf")
    for colour in ("blacked", "whited"):
        keep("true", f"img2pdf_{colour}", f"{colour}.pdf")
    run("ocrmypdf", "-q", "--output-type", "pdf", "whited.pdf", "ocr_anew.pdf")
    keep("true", "ocrmypdf_whited_anew", "ocr_anew.pdf")
    run("ocrmypdf", "-q", "words.pdf", "ocr_pdfa.pdf")
    keep("true", "ocrmypdf_pdfa", "ocr_pdfa.pdf")
    keep("true", "ocrmypdf_scan", "ocr.pdf")
    run("tesseract", "whited.png", "tesseract", "pdf")
    keep("true", "tesseract_scan", "tesseract.pdf")


if __name__ == "__main__":
    make_false()
    make_true()

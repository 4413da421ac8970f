"""Test that the gate refuses every file that still holds a withheld string, each for its reason."""

import json
import subprocess

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from reports.requests.redaction import gate
from reports.requests.redaction.gate import examine
from reports.requests.redaction.withheld_words import Searched, forms, quoted, sought
from tests.reports.requests.by_hand import made_of

STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"
NAME = "Hemi Tane"
NEEDLES = (NAME, "Ngāi Tūhoe", "04 915 4444", "advice of 12 May to the Minister on cost")
WORDS = "BT /F1 12 Tf 72 700 Td (A paper on trafficking. [s 9\\(2\\)\\(a\\)]) Tj ET"
STAMPED = f"BT /F1 8 Tf 72 770 Td ({STAMP}) Tj ET"


def made(*, pages=2, words=WORDS, stamped=STAMPED, change=None, **saved):
    """A released file: each page has text and a stamp; `change` does something to it."""
    contents = [f"{stamped} {words if number == 0 else WORDS}" for number in range(pages)]
    return made_of(contents, title="A paper on trafficking", change=change, **saved)


def report(data, *, needles=NEEDLES, file_name="paper.pdf", pages=2, stamp=STAMP, **others):
    return examine(data, needles=needles, file_name=file_name, pages=pages, stamp=stamp, **others)


def places(data, **others):
    return {finding.where for finding in report(data, **others).findings}


def sentences(data, **others):
    return [finding.sentence for finding in report(data, **others).findings]


def test_a_file_without_withheld_words_passes():
    found = report(made())
    assert (found.findings, found.passes) == ((), True)
    assert [reader.split()[0] for reader in found.readers] == ["pikepdf", "poppler"]
    assert found.searched >= len(NEEDLES) and found.too_short == 0


def test_what_is_quoted_ends_with_a_whole_word():
    words = "We thank the agencies for commenting on the draft, and for their time"
    assert quoted(words) == "We thank the agencies for commenting on the draft, and for …"
    assert quoted("x" * 70) == f"{'x' * 59} …"


def test_the_report_is_json_and_holds_no_withheld_words():
    stored = json.loads(report(made()).as_json)
    assert stored["passes"] and len(stored["sha256"]) == 64
    assert not any(needle in str(stored) for needle in NEEDLES)


# --- words on a page ------------------------------------------------------------------------

HIDDEN = {
    "black on black": f"0 g 60 640 300 30 re f BT 0 g /F1 12 Tf 72 650 Td ({NAME}) Tj ET",
    "a box over text": f"BT /F1 12 Tf 72 650 Td ({NAME}) Tj ET 0 g 60 640 300 30 re f",
    "white text": f"BT 1 g /F1 12 Tf 72 650 Td ({NAME}) Tj ET",
    "text that is not painted": f"BT 3 Tr /F1 12 Tf 72 650 Td ({NAME}) Tj ET",
    "tiny text": f"BT /F1 0.1 Tf 72 650 Td ({NAME}) Tj ET",
    "kerned": "BT /F1 12 Tf 72 650 Td [(H) -20 (em) 30 (i) -300 (Ta) 20 (ne)] TJ ET",
    "letter by letter": " ".join(
        f"BT /F1 12 Tf 1 0 0 1 {72 + 8 * place} 650 Tm ({letter}) Tj ET"
        for place, letter in enumerate(NAME)
    ),
    "over two lines": "BT /F1 12 Tf 72 650 Td (and Hemi) Tj 0 -14 Td (Tane too) Tj ET",
    "hyphenated": "BT /F1 12 Tf 72 650 Td (and He-) Tj 0 -14 Td (mi Tane too) Tj ET",
    "in capitals": "BT /F1 12 Tf 72 650 Td (HEMI TANE) Tj ET",
    "in octal": "BT /F1 12 Tf 72 650 Td (\\110emi \\124ane) Tj ET",
    "in hexadecimal": f"BT /F1 12 Tf 72 650 Td <{NAME.encode().hex()}> Tj ET",
    "without macrons": "BT /F1 12 Tf 72 650 Td (Ngai Tuhoe) Tj ET",
    "a number without spaces": "BT /F1 12 Tf 72 650 Td (call 049154444) Tj ET",
    "a number with hyphens": "BT /F1 12 Tf 72 650 Td (call 04-915-4444) Tj ET",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_words_on_a_page_are_found_however_they_are_hidden_or_written(how):
    found = report(made(words=f"{WORDS} {HIDDEN[how]}"))
    here = [each.sentence for each in found.findings if each.where == "the text of page 1"]
    assert any(sentence.endswith("(pikepdf).") for sentence in here), found.findings
    if how != "off":
        assert any(sentence.endswith("(poppler).") for sentence in here), found.findings


def test_words_off_the_page_are_found():
    data = made(words=f"{WORDS} BT /F1 12 Tf 72 -650 Td ({NAME}) Tj ET")
    assert "the text of page 1" in places(data)


def test_a_text_broken_by_the_end_of_a_page_is_found():
    text = "the first ten words of it stand on page one " * 2 + "and the rest on page two"
    words = "BT /F1 9 Tf 72 650 Td (the first ten words of it stand on page one) Tj ET"
    assert "the text of page 1" in places(made(words=f"{WORDS} {words}"), needles=(text,))


def test_words_in_a_drawing_used_by_a_page_are_found():
    def change(pdf):
        drawn = pdf.make_stream(f"BT /F1 9 Tf 5 5 Td ({NAME}) Tj ET".encode())
        drawn.Type, drawn.Subtype, drawn.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
        page = pdf.pages[1]
        drawn.Resources = page.Resources
        page.Resources = Dictionary(Font=page.Resources.Font, XObject=Dictionary(X1=drawn))
        page.Contents = pdf.make_stream(page.Contents.read_bytes() + b" /X1 Do")

    assert "the text of page 2" in places(made(change=change))


# --- words elsewhere in the file ------------------------------------------------------------


def title(pdf):
    pdf.docinfo["/Title"] = f"A paper on {NAME}"


def title_in_utf16(pdf):
    pdf.docinfo["/Title"] = "A paper on Ngāi Tūhoe"


def metadata(pdf):
    with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
        about["dc:description"] = f"Written by {NAME}"


def bookmark(pdf):
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"What {NAME} said", 0))


def destination(pdf):
    place = Array([String("hemi-tane"), Array([pdf.pages[0].obj, Name.Fit])])
    pdf.Root.Names = Dictionary(Dests=Dictionary(Names=place))


def old_destination(pdf):
    pdf.Root.Dests = pdf.make_indirect(
        Dictionary({"/Hemi Tane": Array([pdf.pages[0].obj, Name.Fit])})
    )


def link(pdf):
    action = Dictionary(S=Name.URI, URI=String("mailto:hemi.tane@example.govt.nz"))
    annotate(pdf, Subtype=Name.Link, A=action)


def annotation(pdf):
    annotate(pdf, Subtype=Name.Text, Contents=String(f"Ask {NAME}"))


def form_field(pdf):
    annotate(pdf, Subtype=Name.Widget, FT=Name.Tx, T=String("who"), V=String(NAME))
    pdf.Root.AcroForm = Dictionary(Fields=Array(list(pdf.pages[0].Annots)))


def look_of_an_annotation(pdf):
    look = pdf.make_stream(f"BT /F1 9 Tf ({NAME}) Tj ET".encode(), Subtype=Name.Form)
    annotate(pdf, Subtype=Name.Stamp, AP=Dictionary(N=look))


def annotate(pdf, **entries):
    note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def alternate(pdf):
    figure = Dictionary(S=Name.Figure, Alt=String(f"A picture of {NAME}"), Pg=pdf.pages[0].obj)
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=pdf.make_indirect(figure))


def actual_text(pdf):
    page = pdf.pages[0]
    words = f" /Span <</ActualText ({NAME})>> BDC EMC".encode()
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + words)


def comment_in_a_stream(pdf):
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + f"\n% {NAME}\n".encode())


ELSEWHERE = {
    title: "the file’s information",
    title_in_utf16: "the file’s information",
    metadata: "the metadata",
    bookmark: "a bookmark",
    destination: "a destination",
    link: "an annotation or a link",
    annotation: "an annotation or a link",
    form_field: "an annotation or a link",
    alternate: "the structure",
    look_of_an_annotation: "the text of page 1",
    actual_text: "the text of page 1",
}


@pytest.mark.parametrize("change", ELSEWHERE)
@pytest.mark.parametrize("mode", ["disable", "generate"])
def test_words_elsewhere_in_the_file_are_found(change, mode):
    data = made(change=change, object_stream_mode=pikepdf.ObjectStreamMode[mode])
    assert ELSEWHERE[change] in places(data), report(data).findings


@pytest.mark.parametrize("change", [comment_in_a_stream, old_destination])
def test_words_in_any_stream_and_in_names_are_found(change):
    assert places(made(change=change))


def test_withheld_words_are_told_from_other_reasons():
    """A file that another program made, for fast viewing, is published if it has no such words."""
    found = [
        report(made(words=f"{WORDS} {words}", linearize=True)) for words in ("", HIDDEN["kerned"])
    ]
    assert [(each.passes, each.has_words) for each in found] == [(False, False), (False, True)]


def test_words_in_the_files_name_are_found():
    found = report(made(), file_name="Advice by Hemi-Tane.pdf")
    assert [each.where for each in found.findings] == ["the file’s name"]
    assert found.file_name == ""


def test_words_between_the_objects_are_found():
    data = made().replace(b"startxref", b"% Hemi Tane\nstartxref")
    assert places(data) == {"the file’s bytes"}


def test_letters_that_are_placed_one_by_one_are_one_word():
    wide, at, letters = (
        {"i": 222, "m": 833, "p": 556, "o": 556, "r": 333, "t": 278, "a": 556, "n": 556},
        60.0,
        "",
    )
    for each in "important":
        letters += f" BT /F1 10 Tf {at} 600 Td ({each}) Tj ET"
        at += wide[each] / 100
    assert report(made(words=WORDS + letters), needles=("ant",)).findings == ()
    assert "the text of page 1" in places(made(words=WORDS + letters), needles=("Important",))


# --- what may hide words --------------------------------------------------------------------


def test_an_earlier_revision_is_refused():
    first = made(words=f"{WORDS} {HIDDEN['white text']}", compress_streams=True)
    later = made()
    (start,) = (first.rindex(b"startxref"),)
    update = b"\n1 0 obj\n<</Type /Catalog>>\nendobj\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF\n"
    assert "The file does not have exactly one revision" in sentences(first + update)[0]
    assert start and "The file does not have exactly one revision" in sentences(first + later)[0]


def test_bytes_after_the_end_are_refused():
    assert "The file goes on after its end." in sentences(made() + b"PK\x03\x04")


def script(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def script_in_a_page(pdf):
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("this.print()")))


def program(pdf):
    annotate(pdf, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("calc.exe")))


def attachment(pdf):
    pdf.attachments["minutes.txt"] = b"nothing of note"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (script, "The file has a script. Save it without."),
        (script_in_a_page, "The file has a script. Save it without."),
        (program, "The file has an action. Save it without."),
        (attachment, "The file has an attachment. Save it without."),
    ],
)
def test_a_script_or_an_attachment_is_refused(change, sentence):
    assert sentence in sentences(made(change=change))


@pytest.mark.parametrize("password", ["", "secret"])
def test_encryption_is_refused(password):
    locked = pikepdf.Encryption(owner="owner", user=password)
    data = made(encryption=locked)
    expected = "password" if password else "encrypted"
    assert any(expected in sentence for sentence in sentences(data))


def test_another_number_of_pages_is_refused():
    assert sentences(made(), pages=3) == [
        f"{reader} finds 2 pages in the file; 3 were made." for reader in ("pikepdf", "poppler")
    ]


def test_a_page_without_text_is_refused():
    data = made(words="", stamped="")
    assert places(data) == {"page 1", "page 2"}
    assert [each for each in sentences(data) if "has no text" in each] == [
        f"Page 1 has no text, so nobody can know what it shows ({reader})."
        for reader in ("pikepdf", "poppler")
    ]


def test_a_page_without_the_stamp_is_refused():
    data = made(stamped="", pages=1)
    assert sentences(data, pages=1) == [
        f"Page 1 does not have the stamp ({reader})." for reader in ("pikepdf", "poppler")
    ]


def test_a_file_of_no_pages_is_refused():
    assert "No page was made, so there is nothing to release." in sentences(made(), pages=0)


def test_a_stamp_is_asked_for_only_of_what_is_released():
    found = report(made(stamped=""), stamp="")
    assert (found.stamp, found.passes) == ("", True)


def test_objects_that_are_mere_numbers_are_read():
    def change(pdf):
        pdf.Root.Kept = Array([pdf.make_indirect(12), pdf.make_indirect(pikepdf.Array([1]))])

    assert report(made(change=change)).passes


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"not a file of this kind",
        b"%PDF-1.7\n\x00\xff\n%%EOF",
        made()[:-200],
        made()[:400] + b"\x00" * 40 + made()[440:],
        made().replace(b"/Pages", b"/Sages"),
    ],
    ids=["nothing", "words", "noise", "cut off", "overwritten", "renamed"],
)
def test_what_cannot_be_read_is_refused(damaged):
    assert not report(damaged).passes


def test_a_machine_without_poppler_refuses(monkeypatch):
    monkeypatch.setattr(gate, "POPPLER", "no-such-program")
    found = report(made())
    assert [each.where for each in found.findings] == ["poppler"]
    assert [reader.split()[0] for reader in found.readers] == ["pikepdf"]


def test_poppler_that_never_ends_refuses(monkeypatch):
    def late(*args, **kwargs):
        raise subprocess.TimeoutExpired(args, 1)

    monkeypatch.setattr(gate.subprocess, "run", late)
    assert [each.where for each in report(made()).findings] == ["poppler"]


# --- what is searched for -------------------------------------------------------------------


def test_what_stands_visible_on_purpose_is_not_searched_for():
    data = made(words=f"{WORDS} {HIDDEN['in capitals']}")
    assert report(data, visible_on_purpose=(NAME,)).passes
    assert not report(data, visible_on_purpose=("Hemi",)).passes


def test_strings_too_short_to_search_for_are_counted():
    found = report(made(), needles=("No", "–", NAME))
    assert (found.too_short, found.passes) == (2, True)


@pytest.mark.parametrize(
    ("needle", "text", "expected"),
    [
        ("Ant", "an important point", False),
        ("Ant", "Ant said so", True),
        ("Ant", "A N T", True),
        ("Tane", "butane", False),
        ("021 555 123", "call 021555123", True),
        ("Call her on 021 555 123 at night", "on 021-555-123.", True),
        ("in 2010 it cost 5 million", "2010", False),
        ("9(2)(a)", "[s 9(2)(a)]", False),
        ("John Smith", "John [s 9(2)(a)] Smith", False),
        ("office", "o\ufb03ce", True),
        ("Tūhoe", "Tu\u0304hoe", True),
        ("hua", "Tūhua", False),
        ("Wellington", "Welling\u00adton", True),
    ],
)
def test_what_counts_as_the_same_words(needle, text, expected):
    assert any(map(Searched(text).has, sought([needle]))) is expected


def test_a_long_text_is_searched_for_in_pieces():
    needle = " ".join(f"word{number}" for number in range(20))
    assert [form.text for form in forms(needle)] == [
        needle,
        *(" ".join(f"word{n}" for n in range(at, at + 8)) for at in (0, 8, 12)),
    ]

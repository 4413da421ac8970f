"""The last check of a PDF before it is released: the exact bytes hold no withheld string.

`examine` searches every place where a PDF keeps text, with two readers that share no code, and
refuses files with a hidden part: an earlier revision, a script, an attachment, a password, a page
without text. What cannot be read is refused too.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pikepdf

from agencies.wording.translation import _, gettext_lazy
from reports.requests.redaction.painted import STRING, decoded, text_of_page
from reports.requests.redaction.report import Finding, Report
from reports.requests.redaction.withheld_words import APART, Form, Searched, forms, sought

POPPLER = "pdftotext"
SECONDS = 120  # that poppler may take
MAX_INFLATED = 400_000_000  # bytes of one file's streams; more is an attack

# What a file must not have, by the names of a PDF that make it.
REFUSED = {
    "script": (gettext_lazy("a script"), rb"JavaScript|JS"),
    "file": (
        gettext_lazy("an attachment"),
        rb"EmbeddedFiles?|EF|AF|FileAttachment|RichMedia(?:Content)?",
    ),
    "act": (
        gettext_lazy("an action"),
        rb"Launch|SubmitForm|ImportData|GoToE|Rendition",
    ),
    "form": (gettext_lazy("a form made of XML"), rb"XFA"),
}
_REFUSED = re.compile(
    rb"/(?:"
    + b"|".join(b"(?P<%b>%b)" % (name.encode(), names) for name, (_what, names) in REFUSED.items())
    + rb")(?=[\s/<>()\[\]]|$)"
)
# Whose text an object of a PDF is, by one of its entries.
PARTS = {
    b"/Rect": gettext_lazy("an annotation or a link"),
    b"/FT": gettext_lazy("a form field"),
    b"/Limits": gettext_lazy("a destination"),
    b"/Names": gettext_lazy("a destination"),
    b"/Pg": gettext_lazy("the structure"),
    b"/Alt": gettext_lazy("the structure"),
    b"/ActualText": gettext_lazy("the structure"),
    b"/EF": gettext_lazy("an attachment"),
    b"/Prev": gettext_lazy("a bookmark"),
    b"/Next": gettext_lazy("a bookmark"),
    b"/Title": gettext_lazy("a bookmark"),
}
# Standard names of a PDF are shorter, or are not likely to be withheld.
LEAST_OF_NAME = 8
LEAST_OF_BINARY = 5

_LONG_NAME = re.compile(rb"/([^\s/<>()\[\]{}%%]{%d,})" % LEAST_OF_NAME)
_HEX = re.compile(rb"<[0-9A-Fa-f\s]*>")
_NOT_TEXT = bytes({*range(9), 11, 12, *range(14, 32), *range(127, 256)})
_SMALL = bytes(range(256)).lower()
_NOT_LETTERS = bytes(
    set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
)


def examine(
    data: bytes,
    *,
    needles: Iterable[str],
    file_name: str,
    pages: int,
    stamp: str,
    visible_on_purpose: Iterable[str] = (),
) -> Report:
    """Examine a PDF for the withheld strings, and for whatever could hide one.

    `pages` is how many were made, `stamp` what each of them must say; "" asks for none, nor for any
    text, as of a file that is no release. Strings that stand visible elsewhere on purpose (`redact.visible_elsewhere`)
    are not searched for.
    """
    needles, visible = tuple(needles), tuple(visible_on_purpose)
    work = _Examination(data, sought(needles, visible), pages, stamp)
    work.look(file_name)
    return Report(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        file_name=file_name if work.is_clean_name else "",
        pages=pages,
        stamp=stamp,
        readers=tuple(work.readers),
        searched=len(work.sought),
        too_short=sum(not forms(needle) for needle in needles),
        visible_on_purpose=len(visible),
        findings=tuple(dict.fromkeys(work.findings)),
    )


class _Examination:
    def __init__(self, data: bytes, sought: tuple[Form, ...], pages: int, stamp: str) -> None:
        self.data, self.sought, self.pages = data, sought, pages
        self.stamp = Searched(stamp).letters
        self.findings: list[Finding] = []
        self.readers: list[str] = []
        self.is_clean_name = True
        self.strings: dict[str, list[str]] = defaultdict(list)  # of objects, by where
        self.names: dict[str, set[bytes]] = defaultdict(set)
        self.seen: set[bytes] = set()
        self.inflated = 0

    def look(self, file_name: str) -> None:
        self.is_clean_name = not self.search(_("the file’s name"), file_name)
        with ThreadPoolExecutor(1) as beside:
            read = beside.submit(_read_by_poppler, self.data)
            self._of_the_bytes()
            self._with_pikepdf()
            self._search_bytes(_("the file’s bytes"), self.data)
        self._with_poppler(read)

    def refuse(self, where: str, sentence: str, *, is_of_words: bool = False) -> None:
        self.findings.append(Finding(where, sentence, is_of_words))

    def search(self, where: str, text: str, sought: Iterable[Form] | None = None) -> bool:
        """Add a finding for each form in the text, and return whether there is any."""
        found = Searched(text).found(self.sought if sought is None else sought)
        for form in found:
            self.refuse(
                where,
                _("“{words}” is withheld, but it is in {place}.").format(
                    words=form.shown, place=where
                ),
                is_of_words=True,
            )
        return bool(found)

    # --- the bytes ----------------------------------------------------------------------------

    def _of_the_bytes(self) -> None:
        if not self.data.startswith(b"%PDF-"):
            self.refuse(_("the file"), _("The file is not a PDF."))
        ends = self.data.count(b"%%EOF"), self.data.count(b"startxref")
        if self.pages < 1:
            self.refuse(_("the pages"), _("No page was made, so there is nothing to release."))
        if ends != (1, 1):
            self.refuse(
                _("the file"),
                _(
                    "The file does not have exactly one revision, so an earlier one may still be in it. "
                    "Save it anew, without changes kept and not for fast viewing on the web."
                ),
            )
        elif self.data[self.data.index(b"%%EOF") + 5 :].strip():
            self.refuse(_("the file"), _("The file goes on after its end."))

    def _search_stream(self, where: str, stream: bytes) -> None:
        """Search a stream's bytes, once each."""
        digest = hashlib.sha256(stream).digest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        self.inflated += len(stream)
        if self.inflated > MAX_INFLATED:
            self.refuse(where, _("The file is too large to be searched."))
            return
        self._search_bytes(where, stream)

    def _search_bytes(self, where: str, stream: bytes) -> None:
        if len(stream.translate(None, _NOT_TEXT)) < 0.9 * len(stream):
            found = _in_binary(stream, self.sought)
        else:
            found = _in_text(stream, self.sought)
        for form in found:
            self.refuse(
                where,
                _("“{words}” is withheld, but it is in {place}.").format(
                    words=form.shown, place=where
                ),
                is_of_words=True,
            )

    # --- pikepdf ------------------------------------------------------------------------------

    def _with_pikepdf(self) -> None:
        self.readers.append(f"pikepdf {pikepdf.__version__}")
        try:
            with pikepdf.open(
                BytesIO(self.data), suppress_warnings=True, attempt_recovery=False
            ) as pdf:
                self._of_the_pdf(pdf)
        except pikepdf.PasswordError:
            self.refuse(
                _("the file"), _("The file has a password, so it cannot be read. Remove it.")
            )
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as fault:
            reason = (
                _("The file cannot be read by pikepdf ({fault}).").format(fault=fault)
                if isinstance(fault, pikepdf.PdfError)
                else _("The file cannot be read by pikepdf.")
            )
            self.refuse(_("the file"), reason)
        except RecursionError:
            self.refuse(
                _("the file"), _("The file cannot be read by pikepdf: it is nested too deeply.")
            )

    def _of_the_pdf(self, pdf: pikepdf.Pdf) -> None:
        if pdf.is_encrypted:
            self.refuse(_("the file"), _("The file is encrypted. Save it without a password."))
        if "/Prev" in pdf.trailer:
            self.refuse(_("the file"), _("The file refers to an earlier revision of itself."))
        for number, found in enumerate(pdf.objects):
            self._of_an_object(pdf, number, found)
        self._note_strings(_("the file’s information"), pdf.trailer.unparse(resolved=False))
        self._search_strings()
        self._of_text("pikepdf", [text_of_page(page) for page in pdf.pages])
        if faults := [*pdf.check_pdf_syntax(), *pdf.get_warnings()]:
            self.refuse(
                _("the file"),
                _("The file is damaged: {fault}.").format(fault=str(faults[0]).strip()),
            )

    def _of_an_object(self, pdf: pikepdf.Pdf, number: int, found: Any) -> None:
        if not isinstance(found, pikepdf.Object):  # a number by itself, such as a length
            return
        is_stream = isinstance(found, pikepdf.Stream)
        shape = (found.stream_dict if is_stream else found).unparse(resolved=True)
        for what in {match.lastgroup or "" for match in _REFUSED.finditer(shape)}:
            self.refuse(
                _("object {number}").format(number=number),
                _("The file has {part}. Save it without.").format(part=REFUSED[what][0]),
            )
        where = next(
            (str(part) for name, part in PARTS.items() if name in shape),
            _("object {number}").format(number=number),
        )
        if found.objgen == pdf.trailer.get("/Info", found).objgen and "/Info" in pdf.trailer:
            where = _("the file’s information")
        self._note_strings(where, shape)
        if is_stream:
            where = (
                _("the metadata")
                if b"/Metadata" in shape
                else _("the stream of object {number}").format(number=number)
            )
            try:
                stream = found.read_bytes()
            except pikepdf.PdfError:  # of a picture, which qpdf does not decode
                stream = found.read_raw_bytes()
            self._search_stream(where, stream)

    def _note_strings(self, where: str, shape: bytes) -> None:
        """Note the strings and long names of an object, as qpdf writes it."""
        if b"(" in shape or b"<" in shape:
            self.strings[where].extend(map(decoded, STRING.finditer(shape)))
        self.names[where].update(_LONG_NAME.findall(shape))

    def _search_strings(self) -> None:
        for where, texts in self.strings.items():
            self.search(where, APART.join(texts))
        names = [form for form in self.sought if len(form.letters) >= LEAST_OF_NAME]
        for where, found in self.names.items():
            joined = APART.join(name.decode("utf-8", "replace") for name in sorted(found))
            self.search(where, re.sub("#([0-9A-Fa-f]{2})", _from_hex, joined), names)

    # --- text ---------------------------------------------------------------------------------

    def _with_poppler(self, read: Future[tuple[str, subprocess.CompletedProcess[bytes]]]) -> None:
        try:
            version, done = read.result()
        except (FileNotFoundError, PermissionError):
            self.refuse(
                "poppler",
                _(
                    "The text was read only once, because poppler-utils is not installed here. Install it."
                ),
            )
            return
        except subprocess.TimeoutExpired:
            self.refuse("poppler", _("Poppler took too long to read the file."))
            return
        self.readers.append(f"poppler {version}")
        if done.returncode or b"Error" in done.stderr:
            first_line = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
            self.refuse(
                "poppler", _("The file cannot be read by poppler ({said}).").format(said=first_line)
            )
            return
        self._of_text("poppler", done.stdout.decode("utf-8", "replace").split("\f")[:-1])

    def _of_text(self, reader: str, texts: list[str]) -> None:
        """Check the text of each page as one reader has it."""
        if len(texts) != self.pages:
            self.refuse(
                _("the pages"),
                _("{reader} finds {found} pages in the file; {made} were made.").format(
                    reader=reader, found=len(texts), made=self.pages
                ),
            )
        by_page = [Searched(text) for text in texts]
        for number, searched in enumerate(by_page, start=1):
            if not searched.letters and self.stamp:
                self.refuse(
                    _("page {number}").format(number=number),
                    _(
                        "Page {number} has no text, so nobody can know what it shows ({reader})."
                    ).format(number=number, reader=reader),
                )
            elif self.stamp not in searched.letters:
                self.refuse(
                    _("page {number}").format(number=number),
                    _("Page {number} does not have the stamp ({reader}).").format(
                        number=number, reader=reader
                    ),
                )
        whole = Searched("\n".join(texts)).found(self.sought)
        for form in whole:
            pages = [number for number, page in enumerate(by_page, start=1) if page.has(form)]
            where = (
                _("the text of page {number}").format(number=pages[0]) if pages else _("the text")
            )
            self.refuse(
                where,
                _("“{words}” is withheld, but it is in {place} ({reader}).").format(
                    words=form.shown, place=where, reader=reader
                ),
                is_of_words=True,
            )


def _read_by_poppler(data: bytes) -> tuple[str, subprocess.CompletedProcess[bytes]]:
    """Return poppler's version, and what it says of the file."""
    asked = subprocess.run([POPPLER, "-v"], capture_output=True, timeout=SECONDS)
    match = re.search(rb"version ([\d.]+)", asked.stderr + asked.stdout)
    done = subprocess.run(
        [POPPLER, "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, timeout=SECONDS
    )
    return match[1].decode() if match else "of an unknown version", done


def _in_text(stream: bytes, sought: Iterable[Form]) -> list[Form]:
    """Return the forms in a stream that is mostly text. Hexadecimal strings are no words."""
    stream = _HEX.sub(b" ", stream)
    letters = stream.translate(_SMALL, _NOT_LETTERS)
    text: Searched | None = None
    found = []
    for form in sought:
        if form.letters.isdigit():
            # Numbers side by side are places on the page, not one number.
            digits = form.letters.encode()
            alone = rb"(?<![0-9A-Za-z.])" + digits + rb"(?![0-9A-Za-z.])"
            if (digits in stream and re.search(alone, stream)) or form.text.encode() in stream:
                found.append(form)
        elif form.letters.isascii() and not stream.isascii() or form.letters.encode() in letters:
            text = text or Searched(stream.decode("utf-8", "replace"))
            if text.has(form):
                found.append(form)
    return found


def _in_binary(stream: bytes, sought: Iterable[Form]) -> list[Form]:
    """Return the forms in a font, a picture or compressed bytes, as they would be written there."""
    small = stream.lower()
    found = []
    for form in sought:
        text = form.text.lower()
        if len(form.letters) >= LEAST_OF_BINARY and any(
            text.encode(encoding, "replace") in small
            for encoding in ("utf-8", "utf-16-be", "utf-16-le")
        ):
            found.append(form)
    return found


def _from_hex(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))

"""Make the files of a release, and let the gate examine each. Writes nothing; takes seconds."""

from collections.abc import Iterator, Mapping
from io import BytesIO

import pikepdf
from django.utils.text import slugify

from reports.document import Document
from reports.models import InformationRequest, ReleasedPaper, ScheduleLine
from reports.models.issue import sha256
from reports.release.act import act_named
from reports.release.gate import Report, examine
from reports.release.redact import Span, needles, redact, visible_elsewhere
from reports.render.pdf import RenderRefused
from reports.render.released import NAME_LENGTH, released_name, render_released
from reports.services.release.redactions import document_of, spans_of
from reports.services.release.releases import Prepared
from workitems.services.refusals import Refused

PROACTIVE_STAMP = "PROACTIVELY RELEASED"


def stamp_of(request: InformationRequest) -> str:
    """Return what each page of a briefing of ours says when it is released."""
    if request.is_own_initiative:
        return PROACTIVE_STAMP
    return act_named().stamp


def prepared_papers(
    request: InformationRequest, copies: Mapping[int, bytes] | None = None
) -> list[Prepared]:
    """Return the file of each paper that the decision gives, with the gate's report.

    A briefing is redacted and printed here. `copies` are PDFs by the id of their line: those that were
    redacted elsewhere, and those made of files that are no PDF. A report may refuse its file. Raise
    `Refused` for a paper without a PDF, and for one that cannot be printed. Not in a transaction.
    """
    rows = (
        request.lines.given()
        .in_order()
        .select_related(
            *("issued", "meeting_paper", "response__issued", "evidence", "earlier_paper")
        )
    )
    used: set[str] = set()
    return [_prepared(request, line, (copies or {}).get(line.pk), used) for line in rows]


def _prepared(
    request: InformationRequest, line: ScheduleLine, copy: bytes | None, used: set[str]
) -> Prepared:
    if not line.is_ours:
        data = copy if copy is not None else _whole(line)
        name = _own_name(f"{slugify(line.title)[:NAME_LENGTH].strip('-') or 'paper'}.pdf", used)
        pages = _count(data, line)
        report = examine(data, needles=(), file_name=name, pages=pages, stamp="")
        return Prepared(line=line, pdf=data, file_name=name, pages=pages, report=report)
    return _redacted(request, line, used)


def preview(line: ScheduleLine) -> Prepared:
    """Return a briefing's redacted copy as if all that is proposed were agreed, with the gate's
    report. Raise `Refused` if it cannot be printed. Not in a transaction."""
    return _redacted(line.request, line, set(), proposed=True)


def _redacted(
    request: InformationRequest, line: ScheduleLine, used: set[str], *, proposed: bool = False
) -> Prepared:
    document, spans = document_of(line), spans_of(line, proposed=proposed)
    stamp, pages = stamp_of(request), 0

    def count(_stage: str, _page: int, of: int) -> None:
        nonlocal pages
        pages = of or pages

    try:
        data = render_released(document, spans, stamp=stamp, tell=count)
    except RenderRefused as error:
        raise Refused(f"Document {line.number} cannot be printed: {error}") from error
    name = _own_name(released_name(redact(document, spans)), used)
    report = _examined(data, document, spans, name=name, pages=pages, stamp=stamp)
    return Prepared(line=line, pdf=data, file_name=name, pages=pages, report=report)


def _examined(
    data: bytes, document: Document, spans: tuple[Span, ...], *, name: str, pages: int, stamp: str
) -> Report:
    return examine(
        data,
        needles=needles(document, spans),
        file_name=name,
        pages=pages,
        stamp=stamp,
        # Whoever signed was warned of these, and said why they stay.
        visible_on_purpose=visible_elsewhere(document, spans) if spans else (),
    )


def faults(paper: ReleasedPaper, *, again: bool = False) -> list[str]:
    """Return what is wrong with a stored paper of a release, as sentences without a full stop.

    With `again`, the gate also examines a briefing's bytes once more, for what is withheld in it.
    """
    found, data, said = [], bytes(paper.pdf), paper.gate_report
    if sha256(data) != paper.pdf_sha256:
        found.append("the PDF is not the one that was released: its SHA-256 differs")
    if (said.get("sha256"), paper.gate_sha256) != (paper.pdf_sha256, paper.pdf_sha256):
        found.append("the gate’s report is on another file")
    if said.get("passes") is not True or said.get("findings"):
        found.append("the gate’s report does not pass it")
    if again and paper.line.is_ours:
        try:
            report = _examined(
                data,
                document_of(paper.line),
                spans_of(paper.line),
                name=paper.file_name,
                pages=paper.pages,
                stamp=stamp_of(paper.release.request),
            )
        except Refused as refusal:
            return [*found, str(refusal).rstrip(".")]
        found += [finding.sentence.rstrip(".") for finding in report.findings]
    return found


def _whole(line: ScheduleLine) -> bytes:
    """Return the bytes of a paper that goes out as it is."""
    if line.decision != ScheduleLine.Decision.FULL:
        raise Refused(
            f"Document {line.number}, “{line.title}”, is released in part. Upload a copy that was "
            "redacted elsewhere."
        )
    data = b"".join(_stored(line))
    if not data.startswith(b"%PDF-"):
        raise Refused(
            f"Document {line.number}, “{line.title}”, is no PDF. Upload a PDF that was made of it."
        )
    return data


def _stored(line: ScheduleLine) -> Iterator[bytes]:
    if line.meeting_paper is not None:
        yield bytes(line.meeting_paper.pdf)
    elif line.earlier_paper is not None:
        yield bytes(line.earlier_paper.pdf)
    else:
        of = line.response.scan if line.response is not None else line.file
        file = line.evidence.file if line.evidence is not None else of
        if file:
            with file.open() as opened:
                yield opened.read()  # at most 10 MB


def _count(data: bytes, line: ScheduleLine) -> int:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return len(pdf.pages)
    except pikepdf.PdfError as error:
        raise Refused(
            f"Document {line.number}, “{line.title}”, is no PDF that can be read."
        ) from error


def _own_name(name: str, used: set[str]) -> str:
    """Return the name, or one with a number after it if another file of the release has it."""
    stem, number, found = name.removesuffix(".pdf"), 1, name
    while found in used:
        number += 1
        found = f"{stem}-{number}.pdf"
    used.add(found)
    return found

"""Make the files of a release, and let the gate examine each. Writes nothing; takes seconds."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _

from reports.document import Document
from reports.models.issue import sha256
from reports.render.pdf import RenderRefused
from reports.requests.law.act import act_named
from reports.requests.models import InformationRequest, ReleasedPaper, ScheduleLine
from reports.requests.print.released import NAME_LENGTH, released_name, render_released
from reports.requests.redaction.redact import Span, needles, redact, visible_elsewhere
from reports.requests.redaction.report import Report
from reports.requests.services.line_files import (
    WITH_FILES,
    did_not_pass,
    examined,
    going_out,
)
from reports.requests.services.other_papers import left_keys, sought_in
from reports.requests.services.redactions import document_of, spans_of
from reports.requests.services.releases import Prepared
from workitems.plan.attachments import KINDS, ending
from workitems.plan.services.refusals import Refused

PROACTIVE_STAMP = "PROACTIVELY RELEASED"


def stamp_of(request: InformationRequest) -> str:
    """Return what each page of a briefing of ours says when it is released."""
    if request.is_own_initiative:
        return PROACTIVE_STAMP
    return act_named().stamp


def prepared_papers(request: InformationRequest, *, left: Iterable[str] = ()) -> list[Prepared]:
    """Return the file of each paper that the decision gives, with the gate's report.

    `left` are the keys of warnings that are given a reason now.

    A briefing is redacted and printed here, and a Minister's answer printed. A report may refuse its
    file. Raise `Refused` for a paper without a PDF, and for one that cannot be printed. Not in a
    transaction.
    """
    rows = request.lines.given().in_order().select_related(*WITH_FILES)
    known = left_keys(request) | set(left)
    return [_prepared(request, line, known) for line in rows]


def refusals(request: InformationRequest, *, left: Iterable[str] = ()) -> list[str]:
    """Return why the papers could not be released as they are now, a sentence a paper.

    Makes each file and lets the gate examine it, which takes seconds. Not in a transaction.
    """
    found = []
    known = left_keys(request) | set(left)
    for line in request.lines.given().in_order().select_related(*WITH_FILES):
        try:
            report = _prepared(request, line, known).report
        except Refused as refusal:
            found.append(str(refusal))
        else:
            if not report.passes:
                found.append(did_not_pass(line, [each.sentence for each in report.findings]))
    return found


def _prepared(request: InformationRequest, line: ScheduleLine, left: Collection[str]) -> Prepared:
    """Return a paper's file with the report on its own words, and on those that the other papers withhold."""
    made = _of_line(request, line)
    sought = sought_in(request, line, left)
    if not sought:
        return made
    # With it comes pikepdf, which a web process may never need.
    from reports.requests.redaction.gate import examine

    found = examine(made.pdf, needles=sought, file_name=made.file_name, pages=made.pages, stamp="")
    of_words = (each for each in found.findings if each.is_of_words)
    report = replace(
        made.report,
        searched=made.report.searched + found.searched,
        readers=tuple(dict.fromkeys((*made.report.readers, *found.readers))),
        findings=tuple(dict.fromkeys((*made.report.findings, *of_words))),
    )
    return replace(made, report=report)


def _of_line(request: InformationRequest, line: ScheduleLine) -> Prepared:
    if line.is_ours:
        return _redacted(request, line)
    data, stamp = going_out(line, stamp=stamp_of(request))
    name = _numbered(line, f"{slugify(_stem(line.title))[:NAME_LENGTH].strip('-') or 'paper'}.pdf")
    report = examined(line, data, file_name=name, stamp=stamp)
    return Prepared(line=line, pdf=data, file_name=name, pages=report.pages, report=report)


def _numbered(line: ScheduleLine, name: str) -> str:
    """Return a file's name after its number in the schedule, by which the files sort: "03-minutes.pdf"."""
    return f"{line.number:02}-{name}"


def _stem(title: str) -> str:
    """Return a title without the ending of a file's name, which evidence is listed by."""
    return title.rpartition(".")[0] if ending(title) in KINDS else title


def preview(line: ScheduleLine) -> Prepared:
    """Return a briefing's redacted copy, or a Minister's answer as it would be printed, as if all that is proposed were
    agreed, with the gate's report. Raise `Refused` if it cannot be printed. Not in a transaction."""
    if line.response is not None:
        return _of_line(line.request, line)
    return _redacted(line.request, line, proposed=True)


def _redacted(
    request: InformationRequest, line: ScheduleLine, *, proposed: bool = False
) -> Prepared:
    document, spans = document_of(line), spans_of(line, proposed=proposed)
    stamp, pages = stamp_of(request), 0

    def count(_stage: str, _page: int, of: int) -> None:
        nonlocal pages
        pages = of or pages

    try:
        data = render_released(document, spans, stamp=stamp, report=count)
    except RenderRefused as error:
        raise Refused(
            _("Document {number} cannot be printed: {error}").format(
                number=line.number, error=error
            )
        ) from error
    name = _numbered(line, released_name(redact(document, spans)))
    report = _examined(data, document, spans, name=name, pages=pages, stamp=stamp)
    return Prepared(line=line, pdf=data, file_name=name, pages=pages, report=report)


def _examined(
    data: bytes, document: Document, spans: tuple[Span, ...], *, name: str, pages: int, stamp: str
) -> Report:
    # With it comes pikepdf, which a web process may never need.
    from reports.requests.redaction.gate import examine

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
    found, data, gate_report = [], bytes(paper.pdf), paper.gate_report
    if sha256(data) != paper.pdf_sha256:
        found.append("the PDF is not the one that was released: its SHA-256 differs")
    if (gate_report.get("sha256"), paper.gate_sha256) != (paper.pdf_sha256, paper.pdf_sha256):
        found.append("the gate’s report is on another file")
    if gate_report.get("passes") is not True or gate_report.get("findings"):
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

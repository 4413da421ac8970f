"""The file of each paper of a schedule: the one that we hold, and the one that would go out.

A briefing is redacted and printed (`packages`), a Minister's answer is printed from its record, and
any other paper goes out as it is, unless it is no PDF or is released in part: then a copy is uploaded
for it before the decision is signed.
"""

from collections.abc import Collection
from datetime import datetime
from io import BytesIO

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from agencies.models import User
from reports.document import Document, from_json
from reports.document.plain_json import Malformed
from reports.document.wording import join_words
from reports.models import Response
from reports.models.issue import sha256
from reports.render.pdf import RenderRefused
from reports.requests.models import FileCheck, InformationRequest, LineCopy, Release, ScheduleLine
from reports.requests.print.answer_html import AnswerPage, Marked, render_answer
from reports.requests.print.meeting_paper import render_stamped
from reports.requests.redaction.quoting import quoted
from reports.requests.redaction.redact import label, needles, redact, visible_elsewhere
from reports.requests.redaction.report import Finding, Report
from reports.requests.services import file_checks
from reports.requests.services.recording import not_now
from reports.requests.services.redactions import spans_of
from workitems.plan.attachments import clean_name, fault
from workitems.plan.services.refusals import Refused, locked

Decision = ScheduleLine.Decision
Kind = ScheduleLine.Kind
IS_PDF = b"%PDF-"
# What a schedule line needs to have its file read.
WITH_FILES = (
    *("issued", "meeting_paper", "response__issued__briefing__plan", "evidence"),
    "earlier_paper",
)


NO_COPY = gettext_lazy("{document} is released in part, and has no redacted copy yet. Upload one.")
NOTHING_WITHHELD = gettext_lazy(
    "{document} is released in part, but nothing of it is withheld. Choose the words to withhold, or "
    "release it in full."
)
NO_PDF = gettext_lazy(
    "{document} is held as a file that can have more than it shows, so it is released as a PDF. Upload one."
)


# Reasons that a refused file is quoted with; its own page has all.
MOST_REASONS = 6


def named_line(line: ScheduleLine) -> str:
    """Return how sentences begin that are about a line: "Document 3, “Annual report”,"."""
    return _("Document {number}, “{title}”,").format(number=line.number, title=line.title)


def standing_copy(line: ScheduleLine) -> LineCopy | None:
    """Return the copy that goes out instead of the paper, if one was uploaded for its decision."""
    return line.copies.standing().first() if line.is_given and not line.is_ours else None


def check_of_copy(copy: LineCopy) -> FileCheck | None:
    """Return the check after which a copy was kept, with the words that are missing in it until the request ends."""
    return (
        FileCheck.objects.without_contents()
        .filter(line=copy.line_id, decision=copy.decision, pdf_sha256=copy.pdf_sha256)
        .filter(pdf=None, state=FileCheck.State.DONE)
        .order_by("-pk")
        .first()
    )


# --- what we hold ----------------------------------------------------------------------------------


def held_file(line: ScheduleLine) -> bytes:
    """Return the file that we hold of a paper, whole; of an answer, its scan or b"".

    Raise `FileNotFoundError` if the file is gone.
    """
    if line.issued is not None:
        return bytes(line.issued.pdf)
    if line.meeting_paper is not None:
        return bytes(line.meeting_paper.pdf)
    if line.earlier_paper is not None:
        return bytes(line.earlier_paper.pdf)
    of = line.response.scan if line.response is not None else line.file
    file = line.evidence.file if line.evidence is not None else of
    if not file:
        return b""
    with file.open() as opened:
        data: bytes = opened.read()  # at most 10 MB
        return data


def _is_pdf(line: ScheduleLine) -> bool:
    """Whether what we hold is a PDF. Reads the first bytes of an uploaded file, and no others."""
    if line.kind not in (Kind.EVIDENCE, Kind.FILE):
        return True
    file = line.evidence.file if line.evidence is not None else line.file
    try:
        with file.open() as opened:
            return bool(opened.read(len(IS_PDF)) == IS_PDF)
    except FileNotFoundError:
        return False


# --- a Minister's answer ---------------------------------------------------------------------------


def _answered(line: ScheduleLine) -> ScheduleLine | None:
    """Return the line of the briefing that an answer is about, if the same schedule has it."""
    if line.response is None:
        return None
    rows = ScheduleLine.objects.filter(request=line.request_id, issued=line.response.issued_id)
    return rows.select_related("issued").first()


def quoted_briefing(line: ScheduleLine, *, is_whole: bool = False) -> tuple[Document, str]:
    """Return the briefing that an answer quotes, as the same schedule gives it, and the label that is printed for each
    of its recommendations if it is withheld."""
    response = line.response
    assert response is not None, "Only of a Minister's answer."
    document = from_json(bytes(response.issued.document))
    briefing = None if is_whole else _answered(line)
    if briefing is not None and briefing.is_given:
        return redact(document, spans_of(briefing, proposed=True)), ""
    kept = label(briefing.ground_codes) if briefing is not None and briefing.ground_codes else ""
    return document, kept


def print_stamped(line: ScheduleLine, stamp: str) -> tuple[bytes, str]:
    """Return a pack or minutes printed again from what was frozen, with the stamp on each page; one that cannot be,
    as an older one, as it was, without."""
    paper = line.meeting_paper
    assert paper is not None, "Only of a paper of a meeting."
    try:
        return render_stamped(paper.content, paper.number, paper.made_at, stamp=stamp), stamp
    except (RenderRefused, Malformed):
        return held_file(line), ""


def print_answer(line: ScheduleLine, *, stamp: str = "", is_whole: bool = False) -> bytes:
    """Return a Minister's answer as a PDF made from its record.

    What the same schedule withholds of the briefing is withheld here too, unless `is_whole`.
    Raise `Refused` if it cannot be printed. Takes a second, so not in a transaction.
    """
    response = line.response
    assert response is not None, "Only of a Minister's answer."
    document, kept = quoted_briefing(line, is_whole=is_whole)
    try:
        return render_answer(_page_of(response, document, kept), stamp=stamp)
    except RenderRefused as error:
        raise Refused(
            _("{document} cannot be printed: {error}").format(
                document=named_line(line), error=error
            )
        ) from error


def words_of_answer(line: ScheduleLine, *, is_whole: bool = False) -> str:
    """Return all that the page of a Minister's answer says, a text a line, as it would be released or, if `is_whole`,
    as it is."""
    response = line.response
    assert response is not None, "Only of a Minister's answer."
    page = _page_of(response, *quoted_briefing(line, is_whole=is_whole))
    marked = [text for each in page.marked for text in (each.recommendation, each.comment)]
    return "\n".join([page.about, page.reference, *marked, page.comment, page.reason])


def _page_of(response: Response, document: Document, kept: str = "") -> AnswerPage:
    """Return what the page says; `kept` is printed instead of each recommendation."""
    choices = list(response.choices.order_by("number"))
    said = quoted(document, {each.key for each in choices})
    corrects = response.corrects
    with override("en"):  # what is released is in English, whoever prints it
        ratings = tuple((name, value) for name, value in response.ratings if value is not None)
    return AnswerPage(
        reference=said.reference,
        about=said.about,
        agency=response.issued.briefing.plan.coordinating_agency.name,
        marking=said.marking,
        paper_dated=response.issued.briefing.dated,
        decided_on=response.decided_on,
        marked=tuple(
            Marked(
                each.number,
                kept or said.recommendations.get(each.key) or f"{each.verb} {each.text}",
                each.option,
                each.comment,
            )
            for each in choices
        ),
        comment=response.comment,
        ratings=ratings,
        corrects=corrects.decided_on if corrects is not None else None,
        reason=response.reason,
    )


# --- what goes out ---------------------------------------------------------------------------------


def lack_of(line: ScheduleLine) -> str:
    """Return what a given paper lacks to be released, as a sentence, or "". Reads no whole file."""
    if not line.is_given or line.is_ours or line.kind == Kind.NOT_HELD:
        return ""
    if line.copies.standing().exists():
        return ""
    if line.decision == Decision.PART:
        return NO_COPY.format(document=named_line(line))
    if not _is_pdf(line):
        return NO_PDF.format(document=named_line(line))
    return ""


def nothing_is_withheld(line: ScheduleLine) -> str:
    """Return, as a sentence, that a paper is released in part and is whole so far, or ""."""
    if line.decision != Decision.PART:
        return ""
    if line.is_ours and not line.redactions.standing().exists():
        return NOTHING_WITHHELD.format(document=named_line(line))
    return lack_of(line)


def going_out(line: ScheduleLine, *, stamp: str) -> tuple[bytes, str]:
    """Return the PDF of a given paper that is no briefing, and the stamp that its pages have.

    Raise `Refused` for a paper that lacks one, and for an answer that cannot be printed.
    """
    copy = standing_copy(line)
    if copy is not None:
        return bytes(copy.pdf), ""
    if refusal := lack_of(line):
        raise Refused(refusal)
    if line.response is not None:
        return print_answer(line, stamp=stamp), stamp
    if line.meeting_paper is not None and stamp:
        return print_stamped(line, stamp)
    return held_file(line), ""


class BeingChecked(Refused):
    """The check of a file is not finished yet."""


def examined(line: ScheduleLine, data: bytes, *, file_name: str, stamp: str = "") -> Report:
    """Return the gate's report on a file that is no briefing's.

    What we printed is searched now. A file that another program made is checked by a worker: raise `BeingChecked`
    until that is done, and `Refused` for a file that could not be checked.
    """
    if _is_printed_here(line):
        return _searched(line, data, file_name=file_name, stamp=stamp)
    check = file_checks.check_of(line, data)
    if check.is_given_up:
        raise Refused(
            _(
                "{document} was not checked, because its check did not finish. Open the document, and check its file again."
            ).format(document=named_line(line))
        )
    if not check.is_over:
        raise BeingChecked(
            _(
                "{document} is still being checked. That takes up to a minute; then reload this page."
            ).format(document=named_line(line))
        )
    return report_of(check, size=len(data), file_name=file_name)


def report_of(check: FileCheck, *, size: int, file_name: str) -> Report:
    """Return a finished check as the gate's report, for the record. One that passes has no words of the paper."""
    return Report(
        sha256=check.pdf_sha256,
        size=size,
        file_name=file_name,
        pages=check.report["pages"],
        stamp="",
        readers=tuple(check.report["readers"]),
        searched=0,
        too_short=0,
        visible_on_purpose=0,
        findings=tuple(Finding(str(each.page or ""), each.sentence) for each in check.found),
        compared=check.compared if check.decision == Decision.PART else "",
        unreadable=check.unreadable_words if check.decision == Decision.PART else "",
        unread=check.pages_without_words,
    )


def _is_printed_here(line: ScheduleLine) -> bool:
    """Whether what goes out for a paper is of our own making."""
    if line.kind in (Kind.PACK, Kind.MINUTES) or line.response is not None:
        return standing_copy(line) is None
    return line.is_ours


def withheld_of_briefing(line: ScheduleLine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the same schedule withholds of the briefing that an answer is about, and which of
    these words stand elsewhere in it on purpose."""
    briefing = _answered(line)
    if briefing is not None and briefing.is_given and briefing.issued is not None:
        spans = spans_of(briefing, proposed=True)
        document = from_json(bytes(briefing.issued.document))
        if spans:
            return tuple(needles(document, spans)), tuple(visible_elsewhere(document, spans))
    return (), ()


def _searched(line: ScheduleLine, data: bytes, *, file_name: str, stamp: str) -> Report:
    # With it comes pikepdf, which a web process may never need.
    from reports.requests.redaction.gate import examine

    sought, visible = withheld_of_briefing(line)
    return examine(
        data,
        needles=sought,
        file_name=file_name,
        pages=pages_of(data, line),
        stamp=stamp,
        visible_on_purpose=visible,
    )


def pages_of(data: bytes, line: ScheduleLine) -> int:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return len(pdf.pages)
    except pikepdf.PdfError as error:
        raise Refused(
            _("{document} is no PDF that can be read.").format(document=named_line(line))
        ) from error


def refusals_of_files(request: InformationRequest) -> list[str]:
    """Return why the files that we did not make could not be released, a sentence each. Takes a moment."""
    found = []
    for line in request.lines.given().in_order().select_related(*WITH_FILES):
        if line.is_ours or line.response is not None or lack_of(line):
            continue
        if reasons := refusals_of_file(line):
            found.append(did_not_pass(line, reasons))
    return found


def refusals_of_file(line: ScheduleLine) -> list[str]:
    """Return why the file that goes out as it is does not pass the check, or that it is being checked."""
    try:
        data, _stamp = going_out(line, stamp="")
        report = examined(line, data, file_name="paper.pdf")
    except Refused as refusal:
        return [str(refusal)]
    except FileNotFoundError:
        return [_("Its file is missing from the storage. Tell whoever runs this service.")]
    return [finding.sentence for finding in report.findings]


def did_not_pass(line: ScheduleLine, reasons: list[str]) -> str:
    """Return the sentence of a file that is refused: its reasons, and of many the first, with how many there are."""
    document = named_line(line)
    if reasons[0].startswith(document):
        return reasons[0]
    said = reasons[:MOST_REASONS]
    if more := len(reasons) - len(said):
        counted = ngettext(
            "There is {count} more problem.", "There are {count} more problems.", more
        )
        said.append(counted.format(count=more))
    return _("{document} did not pass the check. {reason}").format(
        document=document, reason=" ".join(said)
    )


def check_of_held(line: ScheduleLine) -> FileCheck | None:
    """Return the check of a given paper as we hold it, if that is no PDF: of what it has and does not show."""
    if not line.is_given or line.is_ours or _is_pdf(line):
        return None
    try:
        return file_checks.check_of(line, held_file(line))
    except FileNotFoundError:
        return None


@transaction.atomic
def upload_copy(*, line: ScheduleLine, file: "File[bytes]", by: User, at: datetime) -> FileCheck:
    """Have a PDF checked, to be released instead of a paper for what is decided on it now.

    Raise `Refused` for a briefing, before the paper is given, for no PDF, for the paper itself where it is
    released in part, and after the schedule is locked, unless the decision is signed and the paper has no file that
    can go out.
    """
    row = _to_be_copied(line)
    name = clean_name(file.name or "")
    refusal = fault(name, file.size, file.file, ("pdf",), _("a PDF"))
    if refusal:
        raise Refused(refusal, "file")
    file.seek(0)
    data = file.read()  # at most 10 MB
    if row.decision == Decision.PART and data == _held_or_nothing(row):
        raise Refused(
            _("This is the whole paper. Upload a copy without the words that are withheld."), "file"
        )
    return file_checks.ask(row, data, upload=data, by=by, at=at)


@transaction.atomic
def print_to_pictures(*, check: FileCheck, by: User, at: datetime) -> FileCheck:
    """Have the pages of a refused file printed to pictures, and check those."""
    row = _to_be_copied(check.line)
    if not check.may_be_pictures:
        raise Refused(_("The pages of this file cannot be printed to pictures."))
    data = bytes(check.pdf) if check.pdf is not None else _held_or_nothing(row)
    return file_checks.ask(row, data, upload=data, by=by, at=at, as_pictures=True)


@transaction.atomic
def keep_copy(
    *, check: FileCheck, by: User, at: datetime, pages_looked_at: Collection[int] = ()
) -> LineCopy:
    """Keep a checked file, to be released instead of its paper. The newest counts.

    Raise `Refused` for one that is not checked or did not pass, if the decision on the paper has changed, and for
    a page that was not compared with the paper and that nobody looked at.
    """
    row = _to_be_copied(check.line)
    found = FileCheck.objects.select_for_update().get(pk=check.pk)
    if found.pdf is None:
        raise Refused(_("This copy is kept already."))
    if not found.passes:
        raise Refused(_("This copy has not passed the check."))
    if found.decision != row.decision:
        raise Refused(
            _("The decision on this paper has changed since. Upload the copy again for it.")
        )
    if missed := [each for each in found.pages_to_look_at if each not in pages_looked_at]:
        sentence = (
            _("Look at page {pages}, and tick it.")
            if found.report["pages"] == 1
            else _("Look at pages {pages}, and tick them.")
            if len(missed) == len(found.pages_to_look_at) > 1
            else ngettext(
                "Look at page {pages} too, and tick it.",
                "Look at pages {pages} too, and tick them.",
                len(missed),
            )
        )
        raise Refused(
            sentence.format(pages=join_words([str(each) for each in missed])),
            "pages",
        )
    data = bytes(found.pdf)
    report = report_of(found, size=len(data), file_name="copy.pdf")
    made = LineCopy(
        line=row,
        decision=row.decision,
        pdf=data,
        pdf_sha256=sha256(data),
        pages=report.pages,
        gate_report=report.as_plain,
        added_by=by,
        added_as=by.signature,
        added_at=at,
    )
    made.save(force_insert=True)
    # The copy has the file now. The missing words stay for the reviewer and the signatory, until the request ends.
    found.pdf = None
    found.save(update_fields=["pdf"])
    return made


def _to_be_copied(line: ScheduleLine) -> ScheduleLine:
    """Return the line, its request locked, if a copy may be uploaded for it now."""
    request = locked(InformationRequest(pk=line.request_id))
    row = ScheduleLine.objects.select_related(*WITH_FILES).get(pk=line.pk)
    if row.is_ours:
        raise Refused(_("A briefing is redacted and printed here. It needs no copy."))
    if not row.is_given:
        raise Refused(_("Decide first whether this paper is released in full or in part."))
    _check_may_add(request, row)
    return row


def takes_copy(row: ScheduleLine) -> bool:
    """Whether a copy may be uploaded or kept for a paper now."""
    if row.is_ours or not row.is_given:
        return False
    try:
        _check_may_add(row.request, row)
    except Refused:
        return False
    return True


def _check_may_add(request: InformationRequest, row: ScheduleLine) -> None:
    if request.state in InformationRequest.PREPARED_IN:
        return
    if request.state != InformationRequest.State.DECIDED:
        raise not_now(request, _("copies are uploaded while it is scoped or prepared"))
    if Release.objects.filter(request=request).exists():
        raise Refused(_("This request was already released. It can no longer be changed."))
    if not needs_repair(row):
        raise Refused(
            _("This paper has a file that can be released. Nothing is put in its place now.")
        )


def needs_repair(row: ScheduleLine) -> bool:
    """Whether a paper of a signed decision has no file that the gate lets out."""
    if lack_of(row):
        return True
    if row.response is not None and standing_copy(row) is None:
        # Printed here: it is refused for what it quotes, or for a letter that no typeface has.
        return True
    try:
        data = going_out(row, stamp="")[0]
        return not examined(row, data, file_name="copy.pdf").passes
    except BeingChecked:
        return False
    except (Refused, FileNotFoundError):
        return True


def _held_or_nothing(row: ScheduleLine) -> bytes:
    try:
        return held_file(row)
    except FileNotFoundError:
        return b""

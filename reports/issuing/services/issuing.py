"""Authorising a briefing: the PDF is rendered and read first, then stored byte for byte."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Seat, User
from agencies.people.confirming import signs_for
from reports.briefings.services.gates import not_now, refuse_while_blocked
from reports.briefings.services.states import move
from reports.checks import Gate
from reports.document import DocumentError, from_json, plain_json, to_json
from reports.drafting.paper import Drafted, read_drafted
from reports.issuing.services import record_digests, renderings
from reports.models import Briefing, DraftParagraph, IssuedPaper, PaperReading, Rendering
from reports.models.issue import sha256
from reports.render.pdf import RenderRefused, render_pdf
from workitems.plan.services.refusals import Refused, locked

State = Briefing.State


class PaperChanged(Refused):
    """The paper has changed since the user read it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The paper is no longer the one that you read. Read it again before you authorise it."
            )
        )


class StillPrinting(Refused):
    """A worker still has to render this long paper; `row` has the progress."""

    def __init__(self, row: Rendering) -> None:
        self.row = row
        super().__init__(_("The paper is being made. Read it before you authorise it."))


@dataclass(frozen=True)
class Printed:
    """A paper's canonical JSON and its PDF, as they would be stored, and its number of pages."""

    document: bytes
    pdf: bytes
    pages: int

    @property
    def document_sha256(self) -> str:
        return sha256(self.document)

    @property
    def pdf_sha256(self) -> str:
        return sha256(self.pdf)


def to_sign(briefing: Briefing, today: date | None = None) -> Drafted:
    """Return the briefing that awaits authorisation, read and composed once, with its document.

    Raise `Refused` in any other state, or if the document cannot be made.
    """
    if briefing.state != State.AWAITING:
        raise not_now(briefing, _("it is not awaiting authorisation"))
    drafted = read_drafted(briefing, today)
    if drafted.document is None:
        raise Refused(drafted.fault)
    return drafted


def printed(drafted: Drafted, *, at: datetime, however_long: bool = False) -> Printed:
    """Render the paper as it would be stored, once for all readers and the authorisation.

    May take a second; do not call it in a transaction. Raise `Refused` if the paper cannot be
    printed, and `StillPrinting` if it is so long that a worker must render it. Commands have the
    time and pass `however_long`.
    """
    assert drafted.document is not None  # `to_sign` refuses it
    try:
        row = renderings.rendered_document(
            briefing=drafted.briefing,
            form=Rendering.Form.PDF,
            document=drafted.document,
            at=at,
            however_long=however_long,
        )
    except DocumentError as error:
        raise Refused(str(error)) from error
    if row.is_refused and not row.is_given_up:
        raise Refused(row.reason)
    if row.data is None:
        raise StillPrinting(row)
    paper = Printed(bytes(row.document), bytes(row.data), row.pages_of)
    if paper.pdf_sha256 != row.sha256:
        raise Refused(_("The stored paper is damaged, so nothing was signed. Ask for it again."))
    return paper


def note_reading(*, briefing: Briefing, pdf_sha256: str, by: User, at: datetime) -> None:
    """Record that a person opened this PDF of a paper, the first time that they do."""
    rows = PaperReading.objects.filter(briefing=briefing, reader=by, pdf_sha256=pdf_sha256)
    if rows.exists():
        return
    row = PaperReading(briefing=briefing, reader=by, pdf_sha256=pdf_sha256, read_at=at)
    # Another request of the same person may have recorded it since.
    with suppress(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def authorise(*, briefing: Briefing, pdf_sha256: str, by: User, at: datetime) -> IssuedPaper:
    """Store the paper with this PDF as the next issued version.

    Renders it if necessary before taking the lock; do not call it in a transaction. Raise
    `PaperChanged` if the PDF is not the one the user read. Raise `Refused` if the user asked for
    authorisation, or a check blocks it.
    """
    with transaction.atomic():
        row = Briefing.objects.select_related("plan__coordinating_agency", "kind").get(
            pk=briefing.pk
        )
        drafted = to_sign(row, localdate(at))
    paper = printed(drafted, at=at)
    if paper.pdf_sha256 != pdf_sha256:
        raise PaperChanged
    with transaction.atomic():
        return _keep(briefing, paper, by=by, at=at)


def _keep(briefing: Briefing, paper: Printed, *, by: User, at: datetime) -> IssuedPaper:
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if obstacle := signatory_obstacle(row, by):
        raise Refused(obstacle)
    drafted = to_sign(row, localdate(at))
    document = drafted.document
    if document is None or to_json(document) != paper.document:
        raise PaperChanged
    refuse_while_blocked(drafted, Gate.AUTHORISATION)
    last = row.issued.newest_first().values_list("number", flat=True).first() or 0
    issued = IssuedPaper(
        briefing=row,
        number=last + 1,
        document=paper.document,
        document_sha256=paper.document_sha256,
        pdf=paper.pdf,
        pdf_sha256=paper.pdf_sha256,
        marking=row.marking,
        portfolio=document.cover.portfolio,
        authorised_by=by,
        authorised_as=by.signature,
        authorised_at=at,
        note=row.correction_note,
    )
    issued.save(force_insert=True)
    for paragraph in issued.paragraphs_of(document):
        paragraph.save(force_insert=True)
    record_digests.add_paper(issued, at=at)
    row.correction_note = ""
    move(row, State.AUTHORISED, by=by, reason=f"Version {issued.number}")
    return issued


def signatory_obstacle(row: Briefing, by: User) -> str:
    """Return why this user may not authorise the paper, as a sentence, or ""."""
    asked = row.history.filter(state=State.AWAITING).order_by("-history_date", "-history_id")
    if asked.values_list("history_user_id", flat=True).first() == by.pk:
        return _(
            "You asked for this authorisation yourself. Another authorising manager must give it."
        )
    if signs_for(seats_of(row, by), authors_of(row)):
        return ""
    return _(
        "Your role was given by a person who worked on this paper, and nobody else has confirmed it. Ask "
        "an administrator or the agency’s approver to confirm it under People."
    )


def seats_of(row: Briefing, by: User) -> list[Seat]:
    """Return the seats with which the person signs the paper."""
    agency = row.plan.coordinating_agency_id
    role = Seat.Role.AUTHORISING_MANAGER
    return [seat for seat in by.current_seats if (seat.agency_id, seat.role) == (agency, role)]


def authors_of(row: Briefing) -> set[int]:
    """Return who worked on the paper: its steps, and the words of its draft. Two queries."""
    steps = row.history.exclude(history_user=None).values_list("history_user_id", flat=True)
    words = DraftParagraph.history.filter(briefing=row.pk).exclude(history_user=None)
    return {*steps, *words.values_list("history_user_id", flat=True).distinct()}


def faults(issued: IssuedPaper, *, render: bool = False) -> list[str]:
    """Return what is wrong with a stored paper, as sentences.

    With `render`, also render the PDF again and compare; that needs the same library versions.
    """
    found = []
    document, pdf = bytes(issued.document), bytes(issued.pdf)
    if sha256(document) != issued.document_sha256:
        found.append("the JSON is not the one that was signed: its SHA-256 differs")
    if sha256(pdf) != issued.pdf_sha256:
        found.append("the PDF is not the one that was signed: its SHA-256 differs")
    try:
        plain = from_json(document)
        # The bytes must be canonical. They need not equal what this release would write, as papers
        # of earlier releases have fewer entries.
        if plain_json.dump(plain_json.load(document)) != document:
            found.append("the JSON is not written as this service writes it")
    except DocumentError as error:
        return [*found, f"the JSON cannot be read: {str(error).rstrip('.')}"]
    if render:
        try:
            if render_pdf(plain) != pdf:
                found.append("the JSON gives another PDF than the one that is stored")
        except RenderRefused as error:
            found.append(f"the JSON cannot be printed: {str(error).rstrip('.')}")
    return found

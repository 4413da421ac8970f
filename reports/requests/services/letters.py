"""Write the letters of a request from its records, and send them, which freezes them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.document.dates import long_date
from reports.models.issue import sha256
from reports.requests.law.working_days import BeyondCalendar
from reports.requests.letters import (
    Decision,
    Event,
    Extension,
    Facts,
    Happened,
    Kind,
    Letter,
    Line,
    Ombudsman,
    Person,
    Requester,
    Transfer,
    clock_of,
    lacking,
    missing,
    write,
)
from reports.requests.models import InformationRequest, RequestEvent, RequestLetter
from reports.requests.models.request import in_force, told_on
from reports.requests.models.request_clock import calendar
from reports.requests.models.request_clock import clock_of as clock_of_request
from reports.requests.services.line_files import standing_copy
from reports.requests.services.recording import check_day, not_now
from workitems.plan.services.refusals import Refused, locked

KINDS_IN_LETTERS = {kind.value for kind in Happened}


def the_ombudsman() -> Ombudsman:
    """Return how the Ombudsman is reached, as letters say."""
    return Ombudsman(**settings.OMBUDSMAN)


def facts_of(
    request: InformationRequest,
    *,
    on: date,
    typed: Mapping[str, Any],
    ombudsman: Ombudsman,
    has_apology: bool = True,
    no_apology_reason: str = "",
) -> Facts:
    """Return what a letter of a day is written from. Seven queries.

    `typed` may have "contact" and "signatory" (as `Person`), "question", "transfer", "extension",
    "release_by", "public_interest", "own_words" and "will_be_published".
    """
    days = calendar()
    events = in_force(request.events.all())
    counted, told = clock_of_request(events, days), told_on(events)
    extension, transfer = typed.get("extension"), typed.get("transfer")
    release_by = typed.get("release_by")
    return Facts(
        agency=request.agency.name,
        reference=request.reference,
        requester=Requester(
            name=request.requester_name,
            address=tuple(request.requester_address.splitlines()),
        ),
        dated=request.dated,
        received=request.received_on,
        text=request.text,
        scope=request.scope_note,
        is_urgent=bool(request.urgency_reason),
        is_own_initiative=request.is_own_initiative,
        on=on,
        clock=clock_of(
            days, counted_from=counted.starts_on, on=on, extended_to=counted.extended_to
        ),
        contact=Person(**typed.get("contact", {})),
        signatory=Person(**typed.get("signatory", {})),
        ombudsman=ombudsman,
        events=tuple(
            Event(
                kind=Happened(each.kind),
                on=told if each.kind == Happened.DECISION_NOTIFIED and told else each.happened_on,
                whom=each.whom,
                until=each.due_on,
            )
            for each in events
            if each.kind in KINDS_IN_LETTERS
        ),
        lines=tuple(_lines(request)),
        question=typed.get("question", ""),
        transfer=Transfer(**transfer) if transfer else None,
        extension=(
            Extension(**{**extension, "until": date.fromisoformat(extension["until"])})
            if extension
            else None
        ),
        release_by=date.fromisoformat(release_by) if release_by else None,
        public_interest=typed.get("public_interest", ""),
        own_words=typed.get("own_words", ""),
        will_be_published=typed.get("will_be_published", False),
        is_corrected=request.events.filter(kind=RequestEvent.Kind.CORRECTED).exists(),
        apologises=has_apology and not request.is_own_initiative,
        no_apology_reason="A proactive release has no requester."
        if request.is_own_initiative
        else no_apology_reason,
    )


def _lines(request: InformationRequest) -> list[Line]:
    found = []
    for row in request.lines.in_order().prefetch_related("redactions"):
        notes: dict[str, bool] = dict.fromkeys(row.ground_codes, bool(row.public_interest))
        for withheld in row.withheld_in_it:
            for code in withheld.ground_codes:
                notes[code] = notes.get(code, True) and bool(withheld.public_interest)
        found.append(
            Line(
                number=row.number,
                title=row.title,
                dated=row.dated,
                decision=Decision(row.told) if row.told else None,
                grounds=tuple(notes),
                weighed=tuple(code for code, noted in notes.items() if noted),
                reason=row.reason,
                shows_labels=row.is_ours
                or (row.told != row.decision and standing_copy(row) is None),
            )
        )
    return found


@transaction.atomic
def prepare_letter(
    *,
    request: InformationRequest,
    kind: str,
    typed: Mapping[str, Any],
    on: date,
    ombudsman: Ombudsman,
    by: User,
    at: datetime,
    letter: RequestLetter | None = None,
    version: int | None = None,
    has_apology: bool = True,
    no_apology_reason: str = "",
) -> RequestLetter:
    """Write a letter, or write one that is not sent anew, as it would be dated `on`.

    A request has one letter with its decision. Raise `Refused` for one that is sent.
    """
    row = locked(request)
    draft = RequestLetter(request=row)
    if letter is not None:
        draft = locked(letter, version=version)
        if draft.is_sent:
            raise Refused(_("This letter was sent. It can no longer be changed."))
    if kind in RequestLetter.DECIDING:
        if row.state not in (*InformationRequest.PREPARED_IN, InformationRequest.State.IN_REVIEW):
            raise not_now(row, _("its decision is prepared before it is ready to sign"))
        if row.letters.deciding().exclude(pk=draft.pk).exists():
            raise Refused(_("There is already a letter with the decision. Change that one."))
    if not has_apology and not no_apology_reason.strip():
        raise Refused(_("Say why a late decision has no apology."), "no_apology_reason")
    if kind == RequestLetter.Kind.EXTEND:
        _check_new_date(row, date.fromisoformat(typed["extension"]["until"]))
    draft.kind, draft.typed = kind, dict(typed)
    draft.has_apology = has_apology
    draft.no_apology_reason = "" if has_apology else no_apology_reason.strip()
    draft.content = written(draft, on=on, ombudsman=ombudsman)[0].as_plain()
    draft.prepared_by, draft.prepared_as, draft.prepared_at = by, by.signature, at
    saved = history.save(draft, by=by) if draft.pk is None else history.save_version(draft, by=by)
    if kind == RequestLetter.Kind.TRANSFER:
        _prepare_to_agency(saved, on=on, ombudsman=ombudsman, by=by, at=at)
    return saved


def to_agency(letter: RequestLetter) -> RequestLetter:
    """Return the letter to the receiving agency that goes with a transfer: as it is kept, or not saved yet."""
    found = RequestLetter.objects.filter(beside=letter).first() if letter.pk else None
    found = found or RequestLetter(
        request=letter.request, kind=RequestLetter.Kind.HAND_OVER, beside=letter
    )
    found.request = letter.request
    if not found.is_sent:
        found.typed = dict(letter.typed)
    return found


def _prepare_to_agency(
    letter: RequestLetter, *, on: date, ombudsman: Ombudsman, by: User, at: datetime
) -> None:
    draft = to_agency(letter)
    draft.content = written(draft, on=on, ombudsman=ombudsman)[0].as_plain()
    draft.prepared_by, draft.prepared_as, draft.prepared_at = by, by.signature, at
    if draft.pk is None:
        history.save(draft, by=by)
    else:
        history.save_version(draft, by=by)


def _check_new_date(request: InformationRequest, until: date) -> None:
    """Raise `Refused` for a new date that is no working day, or not after the first one."""
    now = clock_of_request(request.events.all(), calendar())
    try:
        is_working_day = now.days.is_working_day(until)
    except BeyondCalendar as error:
        raise Refused(str(error), "until") from error
    if not is_working_day:
        raise Refused(
            _("{weekday} {day} is not a working day. Change “New date”.").format(
                weekday=f"{until:%A}", day=long_date(until)
            ),
            "until",
        )
    if until <= now.first_due:
        raise Refused(
            _("“New date” has to be after {day}, the first due date.").format(
                day=long_date(now.first_due)
            ),
            "until",
        )


def written(
    letter: RequestLetter, *, on: date, ombudsman: Ombudsman
) -> tuple[Letter, tuple[str, ...]]:
    """Return a letter as the records give it for a day, and what it lacks, as sentences."""
    facts = facts_of(
        letter.request,
        on=on,
        typed=letter.typed,
        ombudsman=ombudsman,
        has_apology=letter.has_apology,
        no_apology_reason=letter.no_apology_reason,
    )
    kind = Kind(letter.kind)
    text = write(kind, facts)
    return text, missing(kind, facts) or lacking(text)


def as_prepared(letter: RequestLetter, *, ombudsman: Ombudsman) -> dict[str, Any]:
    """Return the letter as the records give it now, for the day that it was written for. Six queries."""
    on = date.fromisoformat(letter.content["dated"])
    return written(letter, on=on, ombudsman=ombudsman)[0].as_plain()


def write_again(letter: RequestLetter, *, ombudsman: Ombudsman, by: User) -> RequestLetter:
    """Write a letter that is not sent again as the records are now. What was typed stays its preparer's."""
    content = as_prepared(letter, ombudsman=ombudsman)
    if letter.content == content:
        return letter
    letter.content = content
    return history.save_version(letter, by=by, reason="Written again as the records are now")


def freeze(
    letter: RequestLetter,
    *,
    content: Letter,
    pdf: bytes,
    docx: bytes,
    on: date,
    by: User,
    at: datetime,
) -> RequestLetter:
    """Store a locked letter as it is sent, with its files. The database lets it change no more."""
    letter.content = content.as_plain()
    letter.pdf, letter.pdf_sha256 = pdf, sha256(pdf)
    letter.docx, letter.docx_sha256 = docx, sha256(docx) if docx else ""
    letter.sent_by, letter.sent_as, letter.sent_at, letter.sent_on = by, by.signature, at, on
    return history.save_version(letter, by=by)


@transaction.atomic
def send_letter(
    *,
    letter: RequestLetter,
    version: int,
    on: date,
    pdf: bytes,
    docx: bytes,
    ombudsman: Ombudsman,
    by: User,
    at: datetime,
) -> RequestLetter:
    """Freeze a letter other than the decision as it is sent. The caller records its event.

    `pdf` and `docx` were made from the letter of this version. Raise `Refused` for what it lacks.
    """
    request = locked(InformationRequest(pk=letter.request_id), related=("agency",))
    row = locked(letter, version=version)
    row.request = request
    if row.is_sent:
        raise Refused(_("This letter was sent on {day}.").format(day=long_date(row.sent_on or on)))
    if row.is_decision:
        raise Refused(_("The letter with the decision is sent when the decision is signed."))
    check_day(request, on, at)
    content, lacks = written(row, on=on, ombudsman=ombudsman)
    if lacks:
        raise Refused(lacks[0])
    check_same(row, content)
    return freeze(row, content=content, pdf=pdf, docx=docx, on=on, by=by, at=at)


def check_same(letter: RequestLetter, content: Letter) -> None:
    """Raise `Refused` if the records give another letter than the one that was made into files."""
    if letter.content != content.as_plain():
        raise Refused(_("The records have changed since this letter was written. Rewrite it."))

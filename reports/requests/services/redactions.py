"""Withhold words of a briefing: one person proposes, another agrees or declines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records import history
from reports.document import Document, DocumentError, from_json
from reports.models.issue import sha256
from reports.requests.models import InformationRequest, Redaction, ScheduleLine
from reports.requests.models.redaction import OWN_REDACTION
from reports.requests.redaction.redact import Span, is_name_of_official, leaves, needles, wholes
from reports.requests.redaction.withheld_words import quoted
from reports.requests.services.grounds import (
    checked_grounds,
    need_public_interest,
    need_withholding,
    stored,
)
from reports.requests.services.recording import need, not_now
from reports.requests.services.schedule import check_prepared
from workitems.plan.services.refusals import Refused, locked

State = Redaction.State
PRIVACY = "9(2)(a)"
# The states of a request in which redactions are agreed and declined.
ANSWERED_IN = (*InformationRequest.PREPARED_IN, InformationRequest.State.IN_REVIEW)
CHANGED = gettext_lazy(
    "The words that this redaction covers are not those that it was proposed on. "
    "Withdraw it and propose another."
)
WHY_A_NAME = gettext_lazy(
    "The Ombudsman does not accept privacy by itself for an official’s name. Say why this person’s "
    "name is withheld, or choose s 9(2)(g)(ii) (improper pressure or harassment) or s 6(d) "
    "(safety of a person)."
)


def document_of(line: ScheduleLine) -> Document:
    """Return the Document of a line's briefing. Raise `Refused` for any other paper."""
    if not line.is_ours or line.issued is None:
        raise Refused(
            _(
                "Only a briefing is redacted here. Release this file in full, withhold it, or upload a "
                "copy that was redacted elsewhere."
            )
        )
    try:
        return from_json(bytes(line.issued.document))
    except DocumentError as error:
        raise Refused(_("The stored paper cannot be read: {error}").format(error=error)) from error


def texts_of(document: Document) -> dict[str, str]:
    """Return the text at each place of a document, parts that can be withheld whole included."""
    return {leaf.place: leaf.text for leaf in chain(leaves(document), wholes(document))}


def names_of_officials(document: Document) -> set[str]:
    return {
        leaf.text.strip()
        for leaf in leaves(document)
        if is_name_of_official(leaf.place) and leaf.text.strip()
    }


@transaction.atomic
def propose(
    *,
    line: ScheduleLine,
    document_sha256: str,
    spans: Sequence[tuple[str, int, int]],
    grounds: Iterable[str],
    by: User,
    at: datetime,
    reason: str = "",
    public_interest: str = "",
) -> list[Redaction]:
    """Propose to withhold words at these places, (place, start, end) each, on the same grounds.

    `document_sha256` is the paper that the person saw. Raise `Refused` for a marking or a wish as
    ground, for one that refuses requests, for a balanced ground without its note, for an official's name on privacy alone without
    why, for words that are not there, and for a span that is already withheld.
    """
    request = locked(InformationRequest(pk=line.request_id))
    row = locked(line, related=("issued",))
    check_prepared(request)
    document = document_of(row)
    if row.issued is None or row.issued.document_sha256 != document_sha256:
        raise Refused(CHANGED)
    found = checked_grounds(grounds, on=timezone.localdate(at))
    if not found:
        raise Refused(_("Choose the ground on which these words are withheld."), "grounds")
    need_withholding(found)
    need_public_interest(found, public_interest)
    texts, officials = texts_of(document), names_of_officials(document)
    standing = set(row.redactions.standing().values_list("place", "start", "end"))
    if not spans:
        raise Refused(_("Choose the words that are withheld."), "spans")
    made = []
    for place, start, end in spans:
        covered = texts.get(place, "")[start:end]
        if not 0 <= start < end <= len(texts.get(place, "")) or not covered.strip():
            raise Refused(_("Choose the words that are withheld."), "spans")
        if (place, start, end) in standing:
            raise Refused(
                _("“{words}” is already withheld.").format(words=quoted(covered)), "spans"
            )
        of_official = is_name_of_official(place) or any(name in covered for name in officials)
        if of_official and {each.code for each in found} == {PRIVACY} and not reason.strip():
            raise Refused(WHY_A_NAME, "reason")
        made.append(
            Redaction(
                line=row,
                document_sha256=document_sha256,
                place=place,
                start=start,
                end=end,
                covered_sha256=sha256(covered.encode()),
                grounds=stored(found),
                reason=reason.strip(),
                public_interest=public_interest.strip(),
                proposed_by=by,
                proposed_as=by.signature,
                proposed_at=at,
            )
        )
    return [history.save(each, by=by) for each in made]


def shown(text: str) -> str:
    """Return what keys of warnings call a text. Sentences show it as `quoted`."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"


@transaction.atomic
def agree(*, redaction: Redaction, version: int, by: User, at: datetime) -> Redaction:
    """Agree what another person proposed. Raise `Refused` if the words have changed."""
    row = _to_answer(redaction, version)
    if row.proposed_by_id == by.pk:
        raise Refused(OWN_REDACTION)
    check_unchanged(row)
    row.agreed_by, row.agreed_as, row.agreed_at = by, by.signature, at
    return _move(row, State.AGREED, by=by)


@transaction.atomic
def agree_all(
    *, request: InformationRequest, versions: Mapping[int, int], by: User, at: datetime
) -> list[Redaction]:
    """Agree several redactions of a request, all or none. `versions` are by id, as they were read.

    Raise `Refused` for one's own among them, and if one was answered or changed since.
    """
    row = locked(InformationRequest(pk=request.pk))
    check_answered(row)
    rows = Redaction.objects.of_request(row).select_for_update(of=("self",)).in_order()
    found = list(rows.filter(pk__in=versions).select_related("line__issued"))
    if not found:
        raise Refused(_("There is nothing here to agree."))
    if any(each.version != versions[each.pk] for each in found) or len(found) < len(versions):
        raise Refused(
            _(
                "One of these was answered or withdrawn while you were reading, so none was agreed. Read the "
                "list below and agree again."
            )
        )
    if any(each.proposed_by_id == by.pk for each in found):
        raise Refused(OWN_REDACTION)
    check_unchanged(*found)
    for each in found:
        each.agreed_by, each.agreed_as, each.agreed_at = by, by.signature, at
    return [_move(each, State.AGREED, by=by) for each in found]


@transaction.atomic
def decline(*, redaction: Redaction, reason: str, version: int, by: User) -> Redaction:
    """Decline what another person proposed, with a reason."""
    row = _to_answer(redaction, version)
    if row.proposed_by_id == by.pk:
        raise Refused(_("You proposed this redaction. Withdraw it instead."))
    reason = need(reason, _("Say why these words can be released."), "reason")
    return _move(row, State.DECLINED, by=by, reason=reason)


@transaction.atomic
def withdraw(*, redaction: Redaction, reason: str, version: int, by: User) -> Redaction:
    """Take a redaction back while the papers are prepared, with a reason once it was agreed."""
    request = locked(InformationRequest(pk=redaction.line.request_id))
    row = locked(redaction, version=version)
    check_prepared(request)
    if row.state == State.AGREED:
        need(reason, _("This was agreed. Say why the words can be released now."), "reason")
    return _move(row, State.WITHDRAWN, by=by, reason=reason.strip())


def _to_answer(redaction: Redaction, version: int) -> Redaction:
    check_answered(locked(InformationRequest(pk=redaction.line.request_id)))
    return locked(redaction, version=version, related=("line__issued",))


def check_answered(request: InformationRequest) -> None:
    """Raise `Refused` unless redactions can be agreed and declined."""
    if request.state not in ANSWERED_IN:
        raise not_now(request, _("redactions are agreed before it is ready to sign"))


def _move(row: Redaction, to: str, *, by: User, reason: str = "") -> Redaction:
    if to not in Redaction.NEXT[row.state]:
        raise Refused(
            _("This redaction is {state}; it cannot become {next_state} from there.").format(
                state=row.get_state_display().lower(), next_state=State(to).label.lower()
            )
        )
    row.state = to
    return history.save_version(row, by=by, reason=reason)


def check_unchanged(*rows: Redaction) -> None:
    """Raise `Refused` unless each redaction covers the words that it was proposed on."""
    texts: dict[int, dict[str, str]] = {}
    for row in rows:
        issued = row.line.issued
        if issued is None or issued.document_sha256 != row.document_sha256:
            raise Refused(CHANGED)
        if row.line_id not in texts:
            texts[row.line_id] = texts_of(document_of(row.line))
        covered = texts[row.line_id].get(row.place, "")[row.start : row.end]
        if sha256(covered.encode()) != row.covered_sha256:
            raise Refused(CHANGED)


def spans_of(line: ScheduleLine, *, proposed: bool = False) -> tuple[Span, ...]:
    """Return the agreed redactions of a line as spans; with `proposed`, also those not answered."""
    rows = line.redactions.standing() if proposed else line.redactions.agreed()
    return tuple(row.span for row in rows.in_order())


def withheld_strings(line: ScheduleLine) -> tuple[str, ...]:
    """Return the strings that the released file of a line must not contain."""
    return needles(document_of(line), spans_of(line)) if line.is_ours else ()

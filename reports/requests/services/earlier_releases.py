"""What was decided on a paper before, on other requests, and how that differs from a schedule now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.models.issue import sha256 as digest_of
from reports.requests.law.act import cited
from reports.requests.models import (
    InformationRequest,
    Redaction,
    Release,
    ReleasedPaper,
    RequestEvent,
    ScheduleLine,
)
from reports.requests.models.in_scope import COLUMNS, Found
from reports.requests.redaction.redact import Span
from reports.requests.services.redactions import document_of, propose, spans_of, texts_of
from workitems.plan.services.refusals import Refused

Decision = ScheduleLine.Decision
State = InformationRequest.State
DECIDED_IN = (State.DECIDED, State.CORRECTING, State.CLOSED, State.REFUSED)
Place = tuple[str, int, int]


@dataclass
class Earlier:
    """A line of another request, decided before, that is about the same paper."""

    line: ScheduleLine
    when: str

    @property
    def where(self) -> str:
        """Where it was decided: "13/02025 (released 22 May 2013)"."""
        return f"{self.line.request.reference} ({self.when})"

    @cached_property
    def rows(self) -> list[Redaction]:
        """The redactions that were agreed, if the paper went out in part."""
        if not self.line.is_given:
            return []
        return list(self.line.redactions.agreed().in_order())

    @property
    def grounds(self) -> str:
        codes = [code for row in (*self.rows, *self.line.repeats) for code in row.ground_codes]
        return _grounds_in_words([*self.line.ground_codes, *codes])

    @property
    def sentence(self) -> str:
        """What was decided on the paper, as a sentence."""
        if self.rows:
            count = len(self.rows)
            return ngettext(
                "{count} place of this paper was withheld under {grounds} in {request}. The rest was released.",
                "{count} places of this paper were withheld under {grounds} in {request}. The rest was released.",
                count,
            ).format(count=count, grounds=self.grounds, request=self.where)
        if self.line.told == Decision.PART:
            return _(
                "This paper was released in part in {request}, withheld under {grounds}."
            ).format(request=self.where, grounds=self.grounds)
        if self.line.decision in ScheduleLine.KEPT:
            return _("This paper was withheld under {grounds} in {request}.").format(
                grounds=self.grounds, request=self.where
            )
        return _("This paper was released in full in {request}.").format(request=self.where)


def _grounds_in_words(codes: Iterable[str]) -> str:
    return join_words(cited(code) for code in dict.fromkeys(codes)) or _("no ground")


def earlier_of(line: ScheduleLine) -> list[Earlier]:
    """Return what was decided on the same paper before, newest first.

    These are decisions of the same agency and its predecessors, and whatever anybody can read now.
    Three queries and one a predecessor; none for a line without a paper.
    """
    same = _same_paper(line)
    if same is None:
        return []
    published = Release.objects.published().filter(request=OuterRef("request"))
    rows = (
        ScheduleLine.objects.filter(same, request__state__in=DECIDED_IN)
        .filter(Q(request__agency__in=line.request.agencies) | Exists(published))
        .exclude(decision__in=["", Decision.TRANSFERRED, Decision.OUT_OF_SCOPE])
        .exclude(request=line.request_id)
        .select_related("request", "issued")
        .defer("issued__document", "issued__pdf")
        .order_by("-decided_at", "-pk")
    )
    found = list(rows)
    days = days_of([row.request_id for row in found])
    return [Earlier(row, days.get(row.request_id, "decided")) for row in found]


def _same_paper(line: ScheduleLine) -> Q | None:
    if line.issued is not None:
        # Another version of the same briefing has most of its words.
        return Q(issued__briefing=line.issued.briefing_id)
    for name in ("meeting_paper_id", "response_id", "evidence_id", "earlier_paper_id"):
        if (pk := getattr(line, name)) is not None:
            return Q(**{name: pk})
    if line.file_sha256:
        return Q(file_sha256=line.file_sha256)
    return None


def days_of(requests: Sequence[int]) -> dict[int, str]:
    """Return when each request was released or, if it was not, decided."""
    if not requests:
        return {}
    events = RequestEvent.objects.in_force().of_kind("decision_notified", "released")
    rows = events.filter(request__in=requests).values_list("request", "kind", "happened_on")
    found: dict[int, str] = {}
    for request, kind, on in sorted(rows, key=lambda row: row[1]):  # "released" is the later
        sentence = _("released {day}") if kind == "released" else _("decided {day}")
        found[request] = sentence.format(day=long_date(on))
    return found


def with_public(request: InformationRequest, found: Iterable[Found]) -> list[Found]:
    """Add to each paper the newest released one by which anybody can read it already, of whatever plan. One query."""
    public = Release.objects.on_public_pages().published()
    rows = ReleasedPaper.objects.filter(release__in=public.values("pk")).exclude(
        release__request=request
    )
    rows = rows.select_related("release__request__plan", "line").defer("pdf", "gate_report")
    by_paper = {
        (column, getattr(row.line, f"{column}_id")): row
        for row in rows.order_by("pk")
        for column in COLUMNS.values()
    }
    return [
        replace(each, public=by_paper.get((COLUMNS[type(each.paper)], each.paper.pk)))
        for each in found
    ]


def shown_before(line: ScheduleLine, place: str, start: int, end: int) -> list[str]:
    """Return where words of a briefing were shown before, as sentences: in what was released of the same version."""
    return [
        _("These words were shown in {request}.").format(request=earlier.where)
        for earlier in earlier_of(line)
        if earlier.line.is_given and _is_same(line, earlier)
        if not _covered((place, start, end), _spans(earlier))
    ]


# --- differences -----------------------------------------------------------------------------------


def differences(line: ScheduleLine) -> list[tuple[str, str]]:
    """Return how what is decided on a paper differs from each earlier decision, as (key, sentence).

    A key names what differs, so that another difference has another key.
    """
    if not line.is_decided or line.decision in (Decision.TRANSFERRED, Decision.OUT_OF_SCOPE):
        return []
    found: list[tuple[str, str]] = []
    for earlier in earlier_of(line):
        found += _against(line, earlier)
    return found


def _against(line: ScheduleLine, earlier: Earlier) -> list[tuple[str, str]]:
    before = earlier.line
    name = f"earlier-{line.number}-{before.pk}"
    if line.is_ours and line.is_given and before.is_given:
        return _of_words(line, earlier, name)
    if line.is_given and before.decision in ScheduleLine.KEPT:
        sentence = _(
            "Document {number} was withheld under {grounds} in {request}, and is released here."
        ).format(number=line.number, grounds=earlier.grounds, request=earlier.where)
        return [(f"{name}-was-kept", sentence)]
    if line.decision in ScheduleLine.KEPT and before.is_given:
        sentence = (
            _("Document {number} was released in full in {request}, and is withheld here.")
            if before.told == Decision.FULL
            else _("Document {number} was released in part in {request}, and is withheld here.")
        ).format(number=line.number, request=earlier.where)
        return [(f"{name}-was-given", sentence)]
    if line.is_given and before.is_given and line.told != before.told:
        sentence = (
            _("Document {number} was released in full in {request}, and is released in part here.")
            if line.told == Decision.PART
            else _(
                "Document {number} was released in part in {request}, and is released in full here."
            )
        ).format(number=line.number, request=earlier.where)
        return [(f"{name}-{line.told}", sentence)]
    return []


def _of_words(line: ScheduleLine, earlier: Earlier, name: str) -> list[tuple[str, str]]:
    now = spans_of(line, proposed=True)
    then = _spans(earlier)
    shown = [row for row in _still_there(line, earlier) if not _covered(_place(row), now)]
    found = []
    if shown:
        sentence = ngettext(
            "Document {number}: {count} place of it was withheld under {grounds} in {request}, and is "
            "shown here.",
            "Document {number}: {count} places of it were withheld under {grounds} in {request}, and are "
            "shown here.",
            len(shown),
        ).format(
            number=line.number,
            count=len(shown),
            grounds=_grounds_in_words(code for row in shown for code in row.ground_codes),
            request=earlier.where,
        )
        found.append((f"{name}-shown-{_digest(map(_place, shown))}", sentence))
    if _is_same(line, earlier):
        kept = [
            (span.place, span.start, span.end)
            for span in now
            if not _covered((span.place, span.start, span.end), then)
        ]
        if kept:
            sentence = ngettext(
                "Document {number}: {count} place of it is withheld here, and was shown in {request}.",
                "Document {number}: {count} places of it are withheld here, and were shown in {request}.",
                len(kept),
            ).format(number=line.number, count=len(kept), request=earlier.where)
            found.append((f"{name}-kept-{_digest(kept)}", sentence))
    return found


def _spans(earlier: Earlier) -> tuple[Span, ...]:
    return tuple(Span(row.place, row.start, row.end, row.ground_codes) for row in earlier.rows)


def _is_same(line: ScheduleLine, earlier: Earlier) -> bool:
    return line.issued_id == earlier.line.issued_id


def _still_there(line: ScheduleLine, earlier: Earlier) -> list[Redaction]:
    """Return the earlier redactions whose words are at the same place of this paper."""
    if not earlier.rows or _is_same(line, earlier):
        return earlier.rows
    texts = texts_of(document_of(line))
    return [
        row
        for row in earlier.rows
        if digest_of(texts.get(row.place, "")[row.start : row.end].encode()) == row.covered_sha256
    ]


def _place(row: Redaction) -> Place:
    return row.place, row.start, row.end


def _covered(place: Place, spans: Iterable[Span]) -> bool:
    """Whether all characters of a place are within these spans, or it is in a whole that is."""
    at, start, end = place
    inside = [span for span in spans if span.place == at]
    if any(at.startswith(f"{span.place}.") for span in spans):
        return True
    reached = start
    for span in sorted(inside, key=lambda each: each.start):
        if span.start <= reached:
            reached = max(reached, span.end)
    return reached >= end


def _digest(places: Iterable[Place]) -> str:
    return sha256(repr(sorted(places)).encode()).hexdigest()[:8]


# --- propose them again ----------------------------------------------------------------------------


def decided_before(line: ScheduleLine) -> list[tuple[Earlier, int]]:
    """Return the earlier decisions on a paper, each with how many of its redactions could be proposed here."""
    found = earlier_of(line)
    if not line.is_ours or not any(earlier.rows for earlier in found):
        return [(earlier, 0) for earlier in found]
    now = spans_of(line, proposed=True)
    return [
        (earlier, sum(not _covered(_place(row), now) for row in _still_there(line, earlier)))
        for earlier in found
    ]


@transaction.atomic
def propose_same(*, line: ScheduleLine, earlier: int, by: User, at: datetime) -> list[Redaction]:
    """Propose what was withheld of the paper on an earlier request, with the same grounds and reasons.

    Words that are not there, and those withheld already, are left out. Raise `Refused` if nothing is
    left, and as `redactions.propose`.
    """
    found = next((each for each in earlier_of(line) if each.line.pk == earlier), None)
    if found is None or line.issued is None:
        raise Refused(_("That decision is not about this paper. Reload the page."))
    now = spans_of(line, proposed=True)
    rows = [row for row in _still_there(line, found) if not _covered(_place(row), now)]
    if not rows:
        raise Refused(
            _("Everything that was withheld in {request} is already proposed here.").format(
                request=found.where
            )
        )
    groups: dict[tuple[str, str, str], list[Place]] = {}
    for row in rows:
        key = (row.grounds, row.reason, row.public_interest)
        groups.setdefault(key, []).append(_place(row))
    made: list[Redaction] = []
    for (grounds, reason, public_interest), spans in groups.items():
        made += propose(
            line=line,
            document_sha256=line.issued.document_sha256,
            spans=spans,
            grounds=grounds.split(),
            reason=reason,
            public_interest=public_interest,
            by=by,
            at=at,
        )
    return made

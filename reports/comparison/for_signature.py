"""What an authorising manager needs to know before signing a paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.models import User
from reports.comparison import documents
from reports.comparison.documents import AnnexLine, Comparison, Fact, Kind, Line
from reports.compose.facts import Facts
from reports.document import Document, DocumentError, from_json
from reports.document.dates import long_date
from reports.drafting.paper import Drafted
from reports.drafting.past_drafts import read_past_draft
from reports.models import Briefing, Clearance, IssuedPaper, PaperReading
from workitems.plan.asat import Moment
from workitems.plan.plan_at import ItemAt
from workitems.terms.lateness import LATE_ORDER

# Late items that are named, the worst first.
WORST = 3


@dataclass(frozen=True)
class LateItem:
    """A late item on the paper's date. `words` is such as "Overdue by 12 days"."""

    item: ItemAt
    lead: str

    @property
    def words(self) -> str:
        return self.item.late_as_sure.words


@dataclass(frozen=True, kw_only=True)
class PaperStatus:
    """The agencies' answers and the late items. `late` counts them, `late_keys` the key ones."""

    asked: int
    dissents: tuple[Clearance, ...]
    comments: tuple[Clearance, ...]
    unanswered: tuple[tuple[Clearance, bool], ...]
    items: int
    late: int
    late_keys: int
    worst: tuple[LateItem, ...]


def status_of_paper(facts: Facts, on: date) -> PaperStatus:
    """Return who does not concur or has not answered, and what is late on the paper's date.

    `on` is today, for answers that are overdue. No query.
    """
    rows = facts.clearances
    late = [item for item in facts.items if item.is_late]
    worst = sorted(late, key=lambda item: (LATE_ORDER.index(item.late.state), -item.late.days))
    return PaperStatus(
        asked=len(rows),
        dissents=tuple(row for row in rows if row.answer == Clearance.Answer.DISSENTS),
        comments=tuple(row for row in rows if row.answer == Clearance.Answer.COMMENT),
        unanswered=tuple((row, row.is_overdue(on)) for row in rows if not row.is_answered),
        items=len(facts.items),
        late=len(late),
        late_keys=sum(item.is_key for item in late),
        worst=tuple(LateItem(item, facts.lead_of(item).short_name) for item in worst[:WORST]),
    )


@dataclass(frozen=True, kw_only=True)
class Since:
    """What has changed since a reading or an earlier version.

    `words` ends a sentence: "you read it on 3 August 2010 at 2:05 pm". `code` names the earlier
    version on the page that compares versions. `comparison` is None if it cannot be made.
    """

    words: str
    code: str
    comparison: Comparison | None

    @property
    def lines(self) -> list[Line]:
        """The paragraphs and recommendations that differ, in the paper's order."""
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        if self.comparison is None:
            return
        for part in (*self.comparison.parts, self.comparison.closing, self.comparison.asked):
            for line in part.lines:
                if line.kind not in (Kind.SAME, Kind.MOVED):
                    yield line

    @property
    def facts(self) -> list[Fact]:
        return self.comparison.changed_facts if self.comparison else []

    @property
    def annexes(self) -> list[AnnexLine]:
        found = self.comparison.annexes if self.comparison else ()
        return [annex for annex in found if not annex.is_same]


@dataclass(frozen=True, kw_only=True)
class Readings:
    """When this reader read the PDF to be signed, if they did, and what changed before that."""

    read_at: datetime | None
    since: Since | None


def readings_of(drafted: Drafted, *, reader: User, pdf_sha256: str) -> Readings:
    """Compare the paper with what its reader read last, or else with the last issued version."""
    briefing, document = drafted.briefing, drafted.document
    assert document is not None
    rows = list(PaperReading.objects.filter(briefing=briefing, reader=reader).newest_first())
    this = next((row for row in rows if row.pdf_sha256 == pdf_sha256), None)
    other = next((row for row in rows if row.pdf_sha256 != pdf_sha256), None)
    return Readings(
        read_at=this.read_at if this else None,
        since=_since_reading(briefing, document, other)
        if other
        else _since_version(briefing, document),
    )


def _since_reading(briefing: Briefing, document: Document, row: PaperReading) -> Since:
    at = localtime(row.read_at)
    try:
        was = read_past_draft(briefing, row.read_at)
    except DocumentError:
        was = None
    return Since(
        words=_("you read it on {day} at {time}").format(
            day=long_date(at.date()), time=time_format(at, "g:i a")
        ),
        code=Moment.at(row.read_at).key,
        comparison=documents.compare(was, document) if was else None,
    )


def _since_version(briefing: Briefing, document: Document) -> Since | None:
    paper = IssuedPaper.objects.filter(briefing=briefing).defer("pdf").newest_first().first()
    if paper is None:
        return None
    on = long_date(localtime(paper.authorised_at).date())
    try:
        was = from_json(bytes(paper.document))
    except DocumentError:
        return None
    return Since(
        words=_("version {number} was authorised on {day}").format(number=paper.number, day=on),
        code=f"{briefing.pk}-v{paper.number}",
        comparison=documents.compare(was, document),
    )

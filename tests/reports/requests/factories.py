"""Factories of rows of official information."""

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from reports.models.issue import sha256
from reports.requests.models import (
    Consultation,
    EarlierPaper,
    FileCheck,
    InformationRequest,
    LineCopy,
    NonWorkingDay,
    Redaction,
    Release,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from tests.factories import AgencyFactory, IssuedPaperFactory, UserFactory


class InformationRequestFactory(DjangoModelFactory):
    """Asked by email on 21 April 2013 and received on the next day; without its events."""

    class Meta:
        model = InformationRequest

    class Params:
        ended = factory.Trait(state="closed", closed_on=date(2013, 5, 22))

    agency = factory.SubFactory(AgencyFactory)
    reference = factory.Sequence(lambda n: f"13/{n:05d}")
    channel = "email"
    requester_name = "The requester"
    requester_address = "requester@example.org"
    dated = date(2013, 4, 21)
    received_on = date(2013, 4, 22)
    text = "Please send me all annual reports on the Plan of Action."


class RequestEventFactory(DjangoModelFactory):
    """The receipt of a request."""

    class Meta:
        model = RequestEvent

    request = factory.SubFactory(InformationRequestFactory)
    kind = "received"
    happened_on = factory.SelfAttribute("request.received_on")
    recorded_by = factory.SubFactory(UserFactory)
    recorded_as = factory.LazyAttribute(lambda event: event.recorded_by.signature)
    recorded_at = datetime(2013, 4, 22, 2, tzinfo=UTC)


class ScheduleLineFactory(DjangoModelFactory):
    """An issued briefing, not decided."""

    class Meta:
        model = ScheduleLine

    class Params:
        decided = factory.Trait(
            decided_by=factory.SubFactory(UserFactory),
            decided_as=factory.LazyAttribute(lambda line: line.decided_by.signature),
            decided_at=datetime(2013, 5, 1, tzinfo=UTC),
        )

    request = factory.SubFactory(InformationRequestFactory, state="preparing")
    number = factory.Sequence(lambda n: n + 1)
    kind = "issued"
    issued = factory.SubFactory(IssuedPaperFactory)
    title = "10/96252: Progress on the Plan of Action"
    dated = date(2010, 7, 30)


class LineCopyFactory(DjangoModelFactory):
    """A redacted copy of a file, whose bytes are a stand-in."""

    class Meta:
        model = LineCopy

    line = factory.SubFactory(ScheduleLineFactory)
    decision = "part"
    pdf = b"%PDF-1.7"
    pdf_sha256 = factory.LazyAttribute(lambda copy: sha256(copy.pdf))
    pages = 1
    gate_report = factory.LazyFunction(lambda: {"passes": True, "findings": []})
    added_by = factory.SubFactory(UserFactory)
    added_as = factory.LazyAttribute(lambda copy: copy.added_by.signature)
    added_at = datetime(2013, 5, 2, tzinfo=UTC)


class FileCheckFactory(DjangoModelFactory):
    """A check of an uploaded copy that found nothing; the bytes are a stand-in."""

    class Meta:
        model = FileCheck

    line = factory.SubFactory(ScheduleLineFactory)
    decision = "part"
    pdf = b"%PDF-1.7 a copy"
    pdf_sha256 = factory.LazyAttribute(lambda check: sha256(check.pdf))
    edition = 1
    state = "done"
    report = factory.LazyFunction(
        lambda: {
            "pages": 1,
            "found": [],
            "recognised": 0,
            "has_text": False,
            "comparison": None,
            "readers": [],
        }
    )
    asked_at = datetime(2013, 5, 2, tzinfo=UTC)
    added_by = factory.SubFactory(UserFactory)
    added_as = factory.LazyAttribute(lambda check: check.added_by.signature)


class ConsultationFactory(DjangoModelFactory):
    """Asked on 1 May 2013, not answered."""

    class Meta:
        model = Consultation

    line = factory.SubFactory(ScheduleLineFactory)
    agency = factory.SubFactory(AgencyFactory)
    question = "May the paragraph on your operations go out?"
    asked_on = date(2013, 5, 1)
    asked_by = factory.SubFactory(UserFactory)


class RedactionFactory(DjangoModelFactory):
    """Ten characters of a title, proposed."""

    class Meta:
        model = Redaction

    class Params:
        agreed = factory.Trait(
            state="agreed",
            agreed_by=factory.SubFactory(UserFactory),
            agreed_as=factory.LazyAttribute(lambda row: row.agreed_by.signature),
            agreed_at=datetime(2013, 5, 2, tzinfo=UTC),
        )

    line = factory.SubFactory(ScheduleLineFactory)
    document_sha256 = factory.LazyAttribute(lambda row: row.line.issued.document_sha256)
    place = "cover.title"
    start = 0
    end = 10
    covered_sha256 = "0" * 64
    grounds = "6(c)"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_as = factory.LazyAttribute(lambda row: row.proposed_by.signature)
    proposed_at = datetime(2013, 5, 1, tzinfo=UTC)


class RequestLetterFactory(DjangoModelFactory):
    """The draft of a decision."""

    class Meta:
        model = RequestLetter

    class Params:
        sent = factory.Trait(
            sent_by=factory.SubFactory(UserFactory),
            sent_as=factory.LazyAttribute(lambda letter: letter.sent_by.signature),
            sent_at=datetime(2013, 5, 22, tzinfo=UTC),
            sent_on=date(2013, 5, 22),
            pdf=b"%PDF-1.7",
            pdf_sha256=sha256(b"%PDF-1.7"),
        )

    request = factory.SubFactory(InformationRequestFactory)
    kind = "decide"
    content = factory.LazyFunction(lambda: {"to": "The requester"})
    prepared_by = factory.SubFactory(UserFactory)
    prepared_as = factory.LazyAttribute(lambda letter: letter.prepared_by.signature)
    prepared_at = datetime(2013, 5, 20, tzinfo=UTC)


class ReleaseFactory(DjangoModelFactory):
    """On request, after its decision was notified on 22 May 2013."""

    class Meta:
        model = Release

    request = factory.SubFactory(InformationRequestFactory, state="decided")
    kind = "oia"
    released_on = date(2013, 5, 22)
    schedule = factory.LazyFunction(list)
    released_by = factory.SubFactory(UserFactory)
    released_as = factory.LazyAttribute(lambda release: release.released_by.signature)
    released_at = datetime(2013, 5, 22, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, **columns):
        request = columns["request"]
        if not request.events.filter(kind="decision_notified").exists():
            RequestEventFactory(
                request=request,
                kind="decision_notified",
                happened_on=columns["released_on"],
                outcome="in_part",
            )
        return super()._create(model_class, *args, **columns)


class ReleasedPaperFactory(DjangoModelFactory):
    """A stand-in for the PDF of the one paper that is given."""

    class Meta:
        model = ReleasedPaper

    release = factory.SubFactory(ReleaseFactory)
    line = factory.SubFactory(
        ScheduleLineFactory,
        request=factory.SelfAttribute("..release.request"),
        decided=True,
        decision="full",
    )
    number = factory.SelfAttribute("line.number")
    title = factory.SelfAttribute("line.title")
    file_name = factory.LazyAttribute(lambda paper: f"{paper.number}.pdf")
    pdf = b"%PDF-1.7"
    pdf_sha256 = factory.LazyAttribute(lambda paper: sha256(paper.pdf))
    pages = 1
    gate_report = factory.LazyFunction(lambda: {"passes": True})
    gate_sha256 = factory.SelfAttribute("pdf_sha256")


class NonWorkingDayFactory(DjangoModelFactory):
    class Meta:
        model = NonWorkingDay

    day = factory.Sequence(lambda n: date(2014, 6, 9) + timedelta(weeks=n))  # Mondays
    authority = "A notice"


class EarlierPaperFactory(DjangoModelFactory):
    class Meta:
        model = EarlierPaper

    agency = factory.SubFactory(AgencyFactory)
    title = "First annual report"
    number = "09/1"
    dated = date(2009, 12, 1)
    kind = "Annual report"
    file_name = "report.pdf"
    pdf = factory.Sequence(lambda n: b"%PDF-1.7 " + str(n).encode())
    pdf_sha256 = factory.LazyAttribute(lambda paper: sha256(paper.pdf))
    added_by = factory.SubFactory(UserFactory)
    added_as = factory.LazyAttribute(lambda paper: paper.added_by.signature)
    added_at = datetime(2013, 4, 1, tzinfo=UTC)

"""Test what the database refuses of requests and releases, and who sees which."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from reports.requests.models import (
    Consultation,
    EarlierPaper,
    InformationRequest,
    NonWorkingDay,
    Release,
    ReleasedPaper,
)
from tests.constraints import refused_by
from tests.factories import AgencyFactory, SeatFactory, UserFactory
from tests.reports.requests.factories import (
    ConsultationFactory,
    EarlierPaperFactory,
    InformationRequestFactory,
    RedactionFactory,
    ReleasedPaperFactory,
    ReleaseFactory,
    RequestEventFactory,
    RequestLetterFactory,
    ScheduleLineFactory,
)

pytestmark = pytest.mark.django_db

FROZEN = {
    "requestevent": (RequestEventFactory, "What happened is never changed or deleted"),
    "releasedpaper": (ReleasedPaperFactory, "A released paper is never changed or deleted"),
    "release": (ReleaseFactory, "A release is never changed or deleted"),
    "requestletter": (
        lambda: RequestLetterFactory(sent=True),
        "A letter that was sent is never changed or deleted",
    ),
}
COLUMNS = {
    "requestevent": "note = 'Another'",
    "releasedpaper": "gate_report = '{}'",
    "release": "kind = kind",
    "requestletter": "kind = kind",
}


def refused(statement, message):
    with (
        pytest.raises(IntegrityError, match=message),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("name", FROZEN)
def test_the_database_refuses_to_change_or_delete_a_frozen_row(name):
    make, message = FROZEN[name]
    make()
    refused(f"UPDATE reports_{name} SET {COLUMNS[name]}", message)
    refused(f"DELETE FROM reports_{name}", message)


def test_a_letter_that_is_not_sent_yet_can_be_changed():
    letter = RequestLetterFactory()
    letter.content = {"to": "Another"}
    letter.save()
    letter.refresh_from_db()
    assert letter.content == {"to": "Another"}


def test_a_sent_letter_can_be_emptied_once_and_nothing_else():
    letter = RequestLetterFactory(sent=True)
    letter.content, letter.pdf, letter.is_purged = {}, b"", True
    letter.save()
    letter.sent_as = "Another"
    with pytest.raises(IntegrityError, match="A letter that was sent"), transaction.atomic():
        letter.save()


def test_the_words_of_a_request_never_change_and_it_is_never_deleted():
    InformationRequestFactory()
    refused("UPDATE reports_informationrequest SET text = 'Other'", "words of a request never")
    refused("DELETE FROM reports_informationrequest", "A request is never deleted")


@pytest.mark.parametrize(
    "change",
    ["place = 'other'", "start = 1", '"end" = 11', "grounds = '6(a)'", "covered_sha256 = ''"],
)
def test_what_a_redaction_covers_never_changes(change):
    RedactionFactory()
    refused(f"UPDATE reports_redaction SET {change}", "What a redaction covers")


def test_a_redaction_is_withdrawn_and_never_deleted():
    RedactionFactory()
    refused("DELETE FROM reports_redaction", "never deleted; withdraw it")


def test_the_file_of_an_earlier_paper_never_changes():
    EarlierPaperFactory()
    refused("UPDATE reports_earlierpaper SET pdf_sha256 = 'x'", "file of an earlier paper never")


def test_nothing_is_released_before_the_decision_is_notified():
    with (
        pytest.raises(IntegrityError, match="before the decision is notified"),
        transaction.atomic(),
    ):
        Release.objects.create(
            request=InformationRequestFactory(state="decided"),
            kind="oia",
            released_on=date(2013, 5, 22),
            schedule=[],
            released_by=UserFactory(),
            released_as="Somebody",
            released_at=datetime(2013, 5, 22, tzinfo=UTC),
        )


def test_a_released_paper_is_one_that_the_schedule_of_its_request_gives():
    release = ReleaseFactory()
    kept = ScheduleLineFactory(
        request=release.request, decided=True, decision="withheld", grounds="6(a)"
    )
    of_another = ScheduleLineFactory(decided=True, decision="full")
    for line in (kept, of_another):
        with (
            pytest.raises(IntegrityError, match="one that the schedule of its request gives"),
            transaction.atomic(),
        ):
            ReleasedPaperFactory(release=release, line=line)


def test_an_event_corrects_one_of_the_same_kind_and_request():
    first = RequestEventFactory()
    with pytest.raises(IntegrityError, match="corrects one of the same kind"), transaction.atomic():
        RequestEventFactory(corrects=first, note="Wrong")


BROKEN = {
    "informationrequest_received_after_its_date": lambda: InformationRequestFactory(
        received_on=date(2013, 4, 20)
    ),
    "informationrequest_scope_is_a_period": lambda: InformationRequestFactory(
        scope_from=date(2009, 1, 1)
    ),
    "informationrequest_further_periods_have_a_first": lambda: InformationRequestFactory(
        further_periods=[["2009-01-01", "2009-06-30"]]
    ),
    "informationrequest_closed_when_ended": lambda: InformationRequestFactory(state="closed"),
    "informationrequest_names_its_requester": lambda: InformationRequestFactory(requester_name=""),
    "informationrequest_purged_after_closing": lambda: InformationRequestFactory(
        purged_on=date(2030, 5, 1), requester_name="", requester_address=""
    ),
    "requestevent_extension_has_day_and_reason": lambda: RequestEventFactory(
        kind="extended", extension_reason="15A(1)(a)"
    ),
    "requestevent_decision_has_outcome": lambda: RequestEventFactory(kind="decision_notified"),
    "requestevent_transfer_says_where_to": lambda: RequestEventFactory(kind="transferred"),
    "requestevent_consultation_names_agency": lambda: RequestEventFactory(kind="consulted"),
    "requestevent_release_is_named": lambda: RequestEventFactory(kind="released"),
    "scheduleline_is_of_its_kind": lambda: ScheduleLineFactory(kind="pack"),
    "scheduleline_decision_has_what_it_needs": lambda: ScheduleLineFactory(
        decided=True, decision="withheld"
    ),
    "scheduleline_not_held_is_not_given": lambda: ScheduleLineFactory(
        kind="not_held", issued=None, decided=True, decision="full"
    ),
    "scheduleline_decided_by_whom_and_when": lambda: ScheduleLineFactory(decision="full"),
    "redaction_covers_something": lambda: RedactionFactory(end=0),
    "redaction_has_ground": lambda: RedactionFactory(grounds=""),
    "redaction_agreed_by_whom_and_when": lambda: RedactionFactory(state="agreed"),
    "requestletter_sent_by_whom_and_when": lambda: RequestLetterFactory(sent_on=date(2013, 5, 22)),
    "requestletter_no_apology_has_reason": lambda: RequestLetterFactory(no_apology_reason="None"),
    "releasedpaper_passed_the_gate": lambda: ReleasedPaperFactory(gate_sha256="0" * 64),
    "earlierpaper_has_title_and_kind": lambda: EarlierPaperFactory(kind=""),
    "nonworkingday_has_authority": lambda: NonWorkingDay.objects.create(
        day=date(2022, 9, 26), authority=""
    ),
}


@pytest.mark.parametrize("count", [1, 3])
def test_a_schedule_takes_two_queries(count, django_assert_num_queries):
    request = InformationRequestFactory(state="preparing")
    for _ in range(count):
        ConsultationFactory(line__request=request)
    with django_assert_num_queries(2):
        lines = list(request.lines.for_list())
        assert all(line.issued.briefing.title for line in lines)
        assert [len(line.consultations.all()) for line in lines] == [1] * count


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_a_row_that_breaks_a_rule(name):
    with refused_by(name):
        BROKEN[name]()


def test_nobody_agrees_their_own_redaction():
    person = UserFactory()
    with refused_by("redaction_agreed_by_another"):
        RedactionFactory(agreed=True, proposed_by=person, agreed_by=person)


def test_whoever_prepared_a_decision_does_not_sign_it():
    person = UserFactory()
    with refused_by("requestletter_decision_signed_by_another"):
        RequestLetterFactory(sent=True, prepared_by=person, sent_by=person)


def test_a_request_has_one_receipt_one_decision_and_one_release():
    paper = ReleasedPaperFactory()
    request = paper.release.request
    with refused_by("requestevent_happens_once"):
        RequestEventFactory(request=request, kind="decision_notified", outcome="in_full")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseFactory(request=request)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasedPaperFactory(release=paper.release, line=paper.line)
    assert (Release.objects.count(), ReleasedPaper.objects.count()) == (1, 1)


def test_a_reference_is_unique_in_its_agency_alone():
    first = InformationRequestFactory(reference="13/02025")
    InformationRequestFactory(reference="13/02025")
    with refused_by("informationrequest_reference_unique"):
        InformationRequestFactory(agency=first.agency, reference="13/02025")


def test_history_says_nothing_of_who_asked():
    columns = {field.name for field in InformationRequest.history.model._meta.fields}
    assert columns & {"requester_name", "requester_address", "text"} == set()


# --- who sees what -------------------------------------------------------------------------------

READS = {"oia_adviser", "oia_reviewer", "oia_decision_maker", "coordinator"}
RIGHTS = {
    "requests.read_request": READS,
    "requests.prepare_request": {"oia_adviser"},
    "requests.agree_redactions": {"oia_reviewer"},
    "requests.sign_decision": {"oia_decision_maker"},
    "requests.publish_release": {"oia_decision_maker"},
    "requests.manage_earlier_papers": {"oia_adviser"},
}
ROLES = (*sorted(READS), "contributor", "approver", "authorising_manager", "observer")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_its_rights_on_the_requests_of_its_agency_alone(role):
    request = InformationRequestFactory()
    here = SeatFactory(agency=request.agency, role=role).user
    elsewhere = SeatFactory(role=role).user
    assert {right for right in RIGHTS if here.has_perm(right, request)} == {
        right for right, roles in RIGHTS.items() if role in roles
    }
    assert not any(elsewhere.has_perm(right, request) for right in RIGHTS)
    assert list(InformationRequest.objects.visible_to(here)) == [request] * (role in READS)
    assert list(InformationRequest.objects.visible_to(elsewhere)) == []


@pytest.mark.parametrize(
    "make",
    [
        *(ScheduleLineFactory, RedactionFactory, RequestEventFactory, RequestLetterFactory),
        *(ReleaseFactory, ReleasedPaperFactory, EarlierPaperFactory),
    ],
)
def test_a_right_can_be_asked_about_every_row_of_a_request(make):
    row = make()
    agency = InformationRequest.objects.get().agency if hasattr(row, "request") else None
    agency = agency or (
        row.agency if isinstance(row, EarlierPaper) else InformationRequest.objects.get().agency
    )
    person = SeatFactory(agency=agency, role="oia_adviser").user
    assert person.has_perm("requests.read_request", row)
    assert not UserFactory().has_perm("requests.read_request", row)


def test_a_consulted_agency_sees_its_own_papers_and_not_the_request():
    asked = ConsultationFactory()
    ConsultationFactory(line__request=asked.line.request)  # of another agency
    reader = SeatFactory(agency=asked.agency, role="observer").user
    writer = SeatFactory(agency=asked.agency, role="contributor").user
    assert list(Consultation.objects.visible_to(reader)) == [asked]
    assert list(InformationRequest.objects.visible_to(reader)) == []
    assert reader.has_perm("requests.read_consultation", asked)
    assert not reader.has_perm("requests.answer_consultation", asked)
    assert writer.has_perm("requests.answer_consultation", asked)
    assert not writer.has_perm("requests.read_request", asked)


def test_a_consulted_agency_sees_nothing_more_once_the_request_is_decided():
    asked = ConsultationFactory(line__request__state="decided")
    reader = SeatFactory(agency=asked.agency, role="contributor").user
    assert list(Consultation.objects.visible_to(reader)) == []
    assert not reader.has_perm("requests.read_consultation", asked)


def test_what_was_published_and_taken_back_leaves_a_tombstone():
    release = ReleaseFactory()

    def publish(kind):
        RequestEventFactory(request=release.request, kind=kind, release=release)

    def found():
        return (list(Release.objects.published()), list(Release.objects.tombstones()))

    assert found() == ([], [])
    publish("published")
    assert found() == ([release], [])
    publish("unpublished")
    assert found() == ([], [release])
    publish("published")
    assert found() == ([release], [])


def test_papers_are_found_by_agency():
    paper = EarlierPaperFactory()
    EarlierPaperFactory(agency=AgencyFactory())
    reader = SeatFactory(agency=paper.agency, role="oia_adviser").user
    assert list(EarlierPaper.objects.visible_to(reader)) == [paper]

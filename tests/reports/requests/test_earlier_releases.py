"""Test what is said of words that an earlier release of the same paper withheld or showed."""

from datetime import date

import pytest
from django.urls import reverse

from reports.requests.models import PublicPage
from reports.requests.services import (
    deciding,
    earlier_releases,
    redactions,
    releases,
    requests,
    schedule,
)
from tests.factories import AgencyFactory, MeetingFactory, MeetingPaperFactory, PlanFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, TODAY, at, client_of, fresh, seated
from tests.reports.requests.factories import (
    EarlierPaperFactory,
    ReleasedPaperFactory,
    ReleaseFactory,
    RequestEventFactory,
    ScheduleLineFactory,
)
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NAME, DIAL = "cover.contacts.0.name", "cover.contacts.0.direct_dial"
WHERE = "13/02025 (released 22 May 2013)"


def withhold(line, places, adviser, reviewer, *, agreed=True):
    texts = redactions.texts_of(redactions.document_of(line))
    rows = redactions.propose(
        line=line,
        document_sha256=line.issued.document_sha256,
        spans=[(place, 0, len(texts[place])) for place in places],
        grounds=["9(2)(a)"],
        reason="They no longer work here",
        public_interest="Who wrote it does not help to understand it",
        by=adviser,
        at=NOW,
    )
    for row in rows if agreed else ():
        redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    return rows


def released(request):
    """Make a request released, without its files."""
    type(request).objects.filter(pk=request.pk).update(state="decided")
    RequestEventFactory(
        request=request, kind="decision_notified", outcome="in_part", happened_on=TODAY
    )
    release = ReleaseFactory(request=request, released_on=TODAY)
    RequestEventFactory(request=request, kind="released", release=release, happened_on=TODAY)
    return release


@pytest.fixture
def before(request_, line, adviser, reviewer, decide):
    """The briefing was released with two places withheld."""
    withhold(line, [NAME, DIAL], adviser, reviewer)
    decide(line, "part")
    released(request_)
    return line


@pytest.fixture
def again(before, recorded, plan, adviser):
    """The same briefing in the schedule of a second request."""
    second = recorded(plan=plan, reference="14/1")
    requests.start_scoping(request=second, by=adviser)
    found = schedule.add_paper(request=second, paper=before.issued, by=adviser)
    requests.start_preparing(request=second, by=adviser)
    return found


def sentences(line):
    return [each.sentence for each in deciding.warnings_of(fresh(line))]


def test_a_line_says_what_was_withheld_of_its_paper_before(again):
    ((earlier, count),) = earlier_releases.decided_before(again)
    assert (earlier.sentence, count) == (
        f"2 places of this paper were withheld under s 9(2)(a) in {WHERE}. The rest was released.",
        2,
    )


def test_words_decided_before_and_shown_now_are_warned_of(again, decide):
    assert sentences(again) == []
    decide(again, "full")
    assert sentences(again) == [
        f"Document 1: 2 places of it were withheld under s 9(2)(a) in {WHERE}, and are shown here."
    ]
    assert [each.sentence for each in deciding.warnings(again.request)] == sentences(again)


def test_the_same_redactions_are_proposed_again(again, before, decide, adviser):
    made = earlier_releases.propose_same(line=again, earlier=before.pk, by=adviser, at=NOW)
    assert {(row.place, row.state, row.reason) for row in made} == {
        (NAME, "proposed", "They no longer work here"),
        (DIAL, "proposed", "They no longer work here"),
    }
    decide(again, "part")
    assert not any("13/02025" in each for each in sentences(again))
    assert (
        refusal_of(earlier_releases.propose_same, line=again, earlier=before.pk, by=adviser, at=NOW)
        == f"Everything that was withheld in {WHERE} is already proposed here."
    )


def test_those_that_stand_already_are_left_out(again, before, adviser, reviewer):
    withhold(again, [DIAL], adviser, reviewer)
    made = earlier_releases.propose_same(line=again, earlier=before.pk, by=adviser, at=NOW)
    assert [row.place for row in made] == [NAME]


def test_words_that_are_not_there_are_skipped(again, before, adviser, monkeypatch):
    """As in another version of the briefing, whose contact has another number."""
    texts = redactions.texts_of(redactions.document_of(again))
    monkeypatch.setattr(earlier_releases, "_is_same", lambda line, earlier: False)
    monkeypatch.setattr(
        earlier_releases, "texts_of", lambda document: {**texts, DIAL: "04 000 0000"}
    )
    made = earlier_releases.propose_same(line=again, earlier=before.pk, by=adviser, at=NOW)
    assert [row.place for row in made] == [NAME]


def test_words_shown_before_and_withheld_now_are_warned_of(again, decide, adviser, reviewer):
    withhold(again, [NAME, DIAL, "cover.contacts.0.role"], adviser, reviewer)
    decide(again, "part")
    assert [each for each in sentences(again) if "13/02025" in each] == [
        f"Document 1: 1 place of it is withheld here, and was shown in {WHERE}."
    ]


def test_words_that_were_shown_before_say_so_before_a_ground_is_chosen(again, adviser):
    role = "cover.contacts.0.role"
    assert earlier_releases.shown_before(again, role, 0, 6) == [
        f"These words were shown in {WHERE}."
    ]
    assert earlier_releases.shown_before(again, NAME, 0, 4) == []
    address = at("request-redact", again.request_id, again.number)
    page = client_of(adviser).get(f"{address}?at={role}&start=0&end=6")
    assert f"These words were shown in {WHERE}." in page.text


def test_a_paper_that_was_released_in_full_says_so_where_it_is_decided(
    before, decide, recorded, plan, adviser
):
    type(before).objects.filter(pk=before.pk).update(decision="full")
    before.redactions.update(state="withdrawn")
    row = recorded(plan=plan, reference="14/1")
    requests.start_scoping(request=row, by=adviser)
    schedule.add_paper(request=row, paper=before.issued, by=adviser)
    page = client_of(adviser).get(at("request-line", row.pk, 1)).text
    assert f"This paper was released in full in {WHERE}." in page.split('id="decide"')[1]


def test_a_paper_that_is_found_says_that_it_is_public_already(before, recorded, plan, adviser):
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    paper = ReleasedPaperFactory(release=before.request.release, line=before)
    RequestEventFactory(request=before.request, kind="published", release=paper.release)
    row = recorded(plan=None, reference="14/1")
    requests.start_scoping(request=row, by=adviser)
    day = before.issued.briefing.dated
    requests.set_scope(
        request=row,
        scope_from=day,
        scope_to=day,
        scope_note="",
        version=fresh(row).version,
        by=adviser,
        at=NOW,
    )
    page = client_of(adviser).get(at("request-scope", row.pk)).text
    assert f'href="{at("released-paper", plan.slug, paper.pk)}">Public already' in page


def test_a_paper_that_was_given_and_is_withheld_now_is_warned_of(again, decide):
    decide(again, "withheld", grounds=["6(a)"])
    assert sentences(again) == [
        f"Document 1 was released in part in {WHERE}, and is withheld here."
    ]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ("part", "full", "was released in part in {}, and is released in full here."),
        ("full", "part", "was released in full in {}, and is released in part here."),
        ("withheld", "full", "was withheld under s 6(c) in {}, and is released here."),
        ("full", "withheld", "was released in full in {}, and is withheld here."),
        ("full", "full", None),
        ("part", "part", None),
        ("withheld", "withheld", None),
        ("full", "out_of_scope", None),
    ],
)
def test_other_papers_are_compared_by_what_was_decided(
    then, now, expected, request_, agency, plan, recorded
):
    paper = EarlierPaperFactory(agency=agency, plan=plan)

    def listed(request, decision):
        return ScheduleLineFactory(
            request=request,
            number=1,
            issued=None,
            kind="earlier",
            earlier_paper=paper,
            decision=decision,
            grounds="" if decision in ("full", "out_of_scope") else "6(c)",
            reason="Of another year" if decision == "out_of_scope" else "",
            decided=True,
        )

    listed(request_, then)
    released(request_)
    line = listed(recorded(plan=plan, reference="14/1"), now)
    found = [f"Document 1 {expected.format(WHERE)}"] if expected else []
    assert sentences(line) == found


def test_what_another_agency_decided_is_said_only_once_it_is_published(
    again, before, decide, agency, adviser
):
    decide(again, "full")
    other = AgencyFactory(short_name="Police")
    second = again.request
    second.agency = other  # not saved: the words of a request never change
    assert earlier_releases.earlier_of(again_with(again, second)) == []
    release = before.request.release
    RequestEventFactory(
        request=before.request, kind="published", release=release, happened_on=TODAY
    )
    assert len(earlier_releases.earlier_of(again_with(again, second))) == 1


def again_with(line, request):
    request.__dict__.pop("agencies", None)
    line.request = request
    return line


@pytest.mark.both_databases
def test_a_successor_hears_of_its_predecessors_releases(again, agency):
    successor = AgencyFactory(short_name="MBIE")
    type(agency).objects.filter(pk=agency.pk).update(
        successor=successor, valid_to=date(2013, 6, 30)
    )
    again.request.agency = successor
    again.request.__dict__.pop("agencies", None)
    assert len(earlier_releases.earlier_of(again)) == 1


def test_a_difference_is_left_with_a_reason_at_the_signature(
    again, decide, prepared, sign, adviser, reviewer
):
    decide(again, "full")
    letter = prepared(again.request)
    requests.send_for_review(request=again.request, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=again.request, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    assert refusal_of(sign, letter=letter, request=again.request) == (
        f"{sentences(again)[0]} Fix it, or say why you leave it."
    )
    (warned,) = deciding.warnings(again.request)
    reasons = {warned.key: "The name is public by now."}
    sign(letter, request=again.request, warnings_left=reasons)
    assert [each.reason for _line, each in releases.differences(again.request)] == [
        "The name is public by now."
    ]


def test_a_difference_that_came_since_is_left_with_a_reason_when_it_is_published(
    again, decide, decision_maker
):
    decide(again, "full")
    release = released(again.request)
    ReleasedPaperFactory(release=release, line=again, number=1)
    act = {"release": release, "on": TODAY, "by": decision_maker, "at": NOW}
    assert refusal_of(releases.publish, **act) == f"{sentences(again)[0]} Say why you leave it."
    ((_line, warned),) = releases.differences(again.request)
    again.refresh_from_db()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "_check_names_nobody", lambda request, release: None)
        releases.publish(**act, warnings_left={warned.key: "The name is public by now."})
    assert fresh(again).warnings_left == {warned.key: "The name is public by now."}


@pytest.mark.both_databases
def test_a_paper_of_another_plan_is_published_with_a_reason(
    line, decide, plan, agency, adviser, decision_maker, today
):
    other = PlanFactory(title="Plan for clean rivers", coordinating_agency=agency)
    meeting = MeetingFactory(plan=other, held_on=date(2010, 6, 10))
    minutes = MeetingPaperFactory(meeting=meeting, kind="minutes")
    added = schedule.add_paper(request=line.request, paper=minutes, by=adviser)
    decide(added, "full")
    release = released(line.request)
    act = {"release": release, "on": TODAY, "by": decision_maker, "at": NOW}
    warned = (
        "Document 2, “Minutes of the meeting of 10 June 2010, Plan for clean rivers”, is a paper of “Plan for "
        f"clean rivers”. It is published on the page of “{plan.title}”."
    )
    assert refusal_of(releases.publish, **act) == f"{warned} Say why you leave it."
    page = client_of(decision_maker).get(reverse("requests:publish", args=[release.pk]))
    assert f"{warned} Why do you leave it?" in page.text
    key = f"plan-2-{plan.pk}"
    releases.publish(**act, warnings_left={key: "The request asked for both."})
    assert fresh(added).warnings_left == {key: "The request asked for both."}


# --- pages -----------------------------------------------------------------------------------------


def test_the_pages_say_it_and_the_button_proposes_the_same(
    again, before, adviser, reviewer, agency, today
):
    request = again.request
    sentence = f"2 places of this paper were withheld under s 9(2)(a) in {WHERE}."
    client = client_of(adviser)
    for name, arguments in (
        ("request-line", [request.pk, 1]),
        ("request-redact", [request.pk, 1]),
        ("request-review", [request.pk]),
    ):
        page = client.get(reverse(f"requests:{name}", args=arguments))
        assert sentence in " ".join(page.text.split()), name
    address = reverse("requests:request-propose-earlier", args=[request.pk, 1, before.pk])
    assert address in client.get(reverse("requests:request-line", args=[request.pk, 1])).text
    assert client_of(reviewer).post(address).status_code == 403
    assert client.post(address).status_code == 302
    assert again.redactions.proposed().count() == 2
    stranger = seated(AgencyFactory(short_name="Police"), "oia_adviser", "Another")
    assert client_of(stranger).post(address).status_code == 404

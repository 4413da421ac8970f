"""Rule 1: the lead sets an item's stage and confidence; others propose. A milestone is its
responsible agency's."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    RoundFactory,
    SupportFactory,
)
from tests.workitems.conftest import *  # noqa: F403
from tests.workitems.conftest import seated
from tests.workitems.notices.sent import run
from tests.workitems.record import NOW, TODAY, YESTERDAY, newest, refused, unchanged
from workitems.desk.to_dos import lines_for
from workitems.models import Return, StatusProposal
from workitems.plan.services import Conflict
from workitems.returns.services import milestone_answers, rounds, status_proposals
from workitems.returns.services.answers import answers_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

WHY = "The printer cannot deliver before August."


@pytest.fixture
def supporter(item, customs):
    """A contributor of Customs, which supports the item."""
    SupportFactory(item=item, agency=customs)
    return seated("Customs helper", customs, Seat.Role.CONTRIBUTOR)


def propose(item, agency, by, **differs):
    said = {"stage": "under_way", "confidence": "at_risk", "reason": WHY, **differs}
    return status_proposals.propose(item=item, agency=agency, by=by, at=NOW, **said)


def at(name, item, *rest):
    return reverse(f"workitems:{name}", args=[item.plan.slug, item.number, *rest])


def errors_of(response):
    return {name: list(map(str, said)) for name, said in response.context["form"].errors.items()}


# --- proposing --------------------------------------------------------------------------------


def test_a_supporting_agency_cannot_set_the_status_and_is_offered_to_propose_one(
    client_of, item, supporter
):
    client = client_of(supporter)
    with unchanged(item):
        assert client.get(at("change-status", item)).status_code == 403
        assert client.post(at("change-status", item), {"stage": "ongoing"}).status_code == 403
    page = client.get(item.get_absolute_url()).text
    assert ("Propose a status" in page, "Change the status" in page) == (True, False)


@pytest.mark.both_databases
def test_a_proposal_changes_nothing_by_itself(client_of, item, supporter, customs):
    said = {"stage": "ongoing", "confidence": "at_risk", "reason": WHY}
    with unchanged(item):
        answer = client_of(supporter).post(at("propose-status", item), said)
    assert answer.url == item.get_absolute_url()
    made = StatusProposal.objects.get()
    assert (made.agency, made.stage, made.confidence, made.state) == (
        customs,
        "ongoing",
        "at_risk",
        "open",
    )
    assert newest(made) == ("+", "Customs helper (Customs)", WHY)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"stage": "under_way", "confidence": "on_track"}, "stage"),
        ({"stage": "withdrawn"}, "stage"),
        ({"confidence": "high"}, "confidence"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_proposal_needs_a_difference_and_a_reason(client_of, item, supporter, said, field):
    said = {"stage": "ongoing", "confidence": "at_risk", "reason": WHY, **said}
    answer = client_of(supporter).post(at("propose-status", item), said)
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert StatusProposal.objects.count() == 0


def test_an_agency_has_one_proposal_at_a_time(item, supporter, customs):
    made = propose(item, customs, supporter)
    with refused("Customs has already proposed a status, and Police has not answered it yet."):
        propose(item, customs, supporter, stage="ongoing")
    status_proposals.withdraw(proposal=made, by=supporter, at=NOW)
    assert propose(item, customs, supporter, stage="ongoing").is_open


def test_an_agency_that_does_not_support_the_item_cannot_propose(item, labour, coordinator):
    with refused("DoL does not support item 1.2."):
        propose(item, labour, coordinator)


# --- answering --------------------------------------------------------------------------------


def test_the_lead_accepts_and_the_status_changes_at_once(
    client_of, item, supporter, customs, contributor
):
    made = propose(item, customs, supporter)
    address = at("answer-proposal", item, made.pk)
    page = client_of(contributor).get(address)
    assert "If you accept, the status changes at once" in page.text
    client_of(contributor).post(
        address, {"version": 1, "answer_version": 0, "act": "accept", "answer": ""}
    )
    item.refresh_from_db()
    assert (item.stage, item.confidence) == ("under_way", "at_risk")
    assert newest(item) == ("~", "Police contributor (Police)", f"Proposed by Customs: {WHY}")
    made.refresh_from_db()
    assert (made.state, made.answered_by) == ("accepted", contributor)


def test_during_a_round_an_accepted_proposal_goes_into_the_leads_return(
    client_of, item, supporter, customs, contributor, approver, of_return
):
    made = propose(item, customs, supporter)
    address = at("answer-proposal", item, made.pk)
    assert "Part of Police’s return" in client_of(contributor).get(address).text
    with unchanged(item):
        client_of(contributor).post(
            address, {"version": 1, "answer_version": 0, "act": "accept", "answer": ""}
        )
    update = of_return.updates.get()
    assert (update.stage, update.confidence) == ("under_way", "at_risk")
    rounds.write_update(
        of_return=of_return,
        item=item,
        stage="under_way",
        confidence="at_risk",
        achieved="Printed.",
        version=1,
        by=contributor,
        at=NOW,
    )
    rounds.submit(of_return=of_return, by=approver, on=TODAY, at=NOW)
    item.refresh_from_db()
    assert item.confidence == "at_risk"


def test_accepting_does_not_overwrite_an_answer_that_the_reader_has_not_seen(
    client_of, item, supporter, customs, contributor, of_return
):
    made = propose(item, customs, supporter)
    said = {"version": 1, "answer_version": 0, "act": "accept", "answer": ""}
    rounds.write_update(of_return=of_return, item=item, stage="ongoing", by=contributor, at=NOW)
    address, client = at("answer-proposal", item, made.pk), client_of(contributor)
    page = client.post(address, said)
    assert (page.status_code, page.context["conflict"].stage) == (422, "ongoing")
    assert page.context["form"]["answer_version"].value() == "1"
    client.post(address, said | {"answer_version": 1})
    assert of_return.updates.get().confidence == "at_risk"


@pytest.mark.both_databases
def test_declining_needs_a_sentence_for_the_agency(
    client_of, item, supporter, customs, contributor
):
    made = propose(item, customs, supporter)
    address, client = at("answer-proposal", item, made.pk), client_of(contributor)
    answer = client.post(
        address, {"version": 1, "answer_version": 0, "act": "decline", "answer": ""}
    )
    assert errors_of(answer) == {"answer": ["Say why, for Customs."]}
    with unchanged(item):
        client.post(
            address,
            {"version": 1, "answer_version": 0, "act": "decline", "answer": "It came on Monday."},
        )
    made.refresh_from_db()
    assert (made.state, made.answer) == ("declined", "It came on Monday.")
    assert "It came on Monday." in client_of(supporter).get(item.get_absolute_url()).text


@pytest.mark.both_databases
def test_a_proposal_is_not_accepted_over_a_change_that_the_reader_has_not_seen(
    item, supporter, customs, contributor, approver
):
    made = propose(item, customs, supporter)
    item.confidence, item.version = "off_track", 2
    item.save()
    with unchanged(item, made), pytest.raises(Conflict):
        status_proposals.accept(proposal=made, version=1, by=contributor, on=TODAY, at=NOW)


def test_a_proposal_is_answered_once(item, supporter, customs, contributor):
    made = propose(item, customs, supporter)
    status_proposals.decline(proposal=made, answer="No.", by=contributor, at=NOW)
    with refused("This proposal is already declined."):
        status_proposals.accept(proposal=made, version=1, by=contributor, on=TODAY, at=NOW)


def test_only_the_two_agencies_and_the_coordinator_read_a_proposal(
    client_of, item, supporter, customs, contributor, coordinator, labour
):
    propose(item, customs, supporter)
    other = seated("Labour contributor", labour, Seat.Role.CONTRIBUTOR)
    readers = {
        user.name
        for user in (supporter, contributor, coordinator, other)
        if WHY in client_of(user).get(item.get_absolute_url()).text
    }
    assert readers == {"Customs helper", "Police contributor", "Coordinator"}


# --- who is told ------------------------------------------------------------------------------


def test_the_lead_is_told_of_a_proposal_and_the_proposer_of_the_answer(
    item, supporter, customs, contributor, approver, coordinator
):
    made = propose(item, customs, supporter)
    assert [line.what for line in lines_for(contributor, TODAY)] == [
        "Customs proposes a status for item 1.2"
    ]
    assert lines_for(supporter, TODAY) == []
    assert run(TODAY) == [("Police approver", "proposed"), ("Police contributor", "proposed")]
    assert mail.outbox[-1].subject == (
        "Plan Register: Status of item 1.2 proposed by Customs waits for your answer"
    )
    assert WHY not in "".join(sent.body for sent in mail.outbox)
    status_proposals.decline(proposal=made, answer="No.", by=contributor, at=NOW)
    assert lines_for(contributor, TODAY) == []
    assert run(TODAY + timedelta(days=1)) == [("Customs helper", "replied")]
    assert "Police declined the status that you proposed." in mail.outbox[-1].body


# --- an update of a supporting agency ---------------------------------------------------------


def test_a_supporting_agency_writes_what_it_did_and_no_status(
    client_of, item, supporter, customs, plan
):
    of_return = Return.objects.create(round=RoundFactory(plan=plan), agency=customs)
    said = {"of_return": of_return, "item": item, "by": supporter, "at": NOW}
    with refused(
        "Only Police sets the stage and confidence of item 1.2. Propose a change to it on the "
        "item’s page.",
        "stage",
    ):
        rounds.write_update(**said, stage="ongoing", achieved="We lent a trainer.")
    made = rounds.write_update(**said, achieved="We lent a trainer.")
    assert (made.stage, made.confidence) == ("", "")
    page = client_of(supporter).get(of_return.get_absolute_url()).text
    assert f'name="i{item.pk}-achieved"' in page
    assert f'name="i{item.pk}-stage"' not in page


# --- milestones -------------------------------------------------------------------------------


@pytest.fixture
def step(item, customs):
    """A milestone of the item that Police leads, for which Customs is responsible; it is late."""
    return MilestoneFactory(
        item=item,
        number=3,
        description="Ships searched",
        responsible_agency=customs,
        original_due=YESTERDAY,
    )


def test_only_the_responsible_agency_closes_or_moves_a_milestone(
    client_of, item, step, contributor, colleague
):
    address = reverse("workitems:milestone", args=[item.plan.slug, item.number, step.number])
    said = {"act": "close", "close-version": 1, "close-completed_on": "1 June 2010"}
    with unchanged(step):
        assert client_of(contributor).post(address, said).status_code == 403
    assert client_of(colleague).post(address, said).status_code == 302
    step.refresh_from_db()
    assert step.completed_on == TODAY


def test_each_agency_answers_for_its_own_milestones_in_its_return(
    item, step, plan, customs, colleague, contributor, of_return
):
    """The lead cannot move it, so its return does not wait for it."""
    rounds.write_update(
        of_return=of_return, item=item, stage="under_way", achieved="Yes.", by=contributor, at=NOW
    )
    assert answers_of(of_return, TODAY).missing == []
    theirs = Return.objects.create(round=of_return.round, agency=customs)
    late = "Item 1.2: is “Ships searched” done, or not yet? If not yet, record the delay and what is done about it."
    assert [fault.says for fault in answers_of(theirs, TODAY).missing] == [late]
    done = {"version": 1, "outcome": "done", "day": TODAY, "on": TODAY, "at": NOW}
    with refused("Customs answers for this milestone."):
        milestone_answers.answer(of_return=of_return, milestone=step, by=contributor, **done)
    milestone_answers.answer(of_return=theirs, milestone=step, by=colleague, **done)
    assert answers_of(theirs, TODAY).missing == []


def test_the_owner_of_a_mitigation_marks_it_as_done(client_of, item, milestone, colleague, customs):
    made = MitigationFactory(delay=DelayFactory(milestone=milestone), owner_agency=customs)
    address = reverse("workitems:finish-mitigation", args=[item.plan.slug, "1.2", 1, 1, 1])
    answer = client_of(colleague).post(address, {"done_on": "1 June 2010"})
    assert answer.url == item.get_absolute_url()
    made.refresh_from_db()
    assert made.done_on == TODAY

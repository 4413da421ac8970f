"""Rule 2: while a round is open, status has one place, and nothing older overwrites something newer."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Seat
from tests.factories import (
    AgencyFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.workitems.conftest import *  # noqa: F403
from tests.workitems.record import NOW, TODAY, entries, refused, unchanged
from workitems.models import Return, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.plan.services import Refused, items
from workitems.returns.services import rounds
from workitems.returns.services.answers import answers_of, moved_items

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]


def write(of_return, item, by, **said):
    said = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed.", **said}
    return rounds.write_update(of_return=of_return, item=item, by=by, at=NOW, **said)


def submit(of_return, by):
    return rounds.submit(of_return=of_return, by=by, on=TODAY, at=NOW, with_unmended=True)


def move(item, by, stage="under_way", confidence="off_track"):
    """Change the item's status at once, as its page does when no return is being written."""
    item.refresh_from_db()
    return items.change_status(
        item=item,
        version=item.version,
        stage=stage,
        confidence=confidence,
        reason="News.",
        by=by,
        on=TODAY,
    )


def at(item):
    return reverse("workitems:change-status", args=[item.plan.slug, item.number])


def missing(of_return):
    return [fault.says for fault in answers_of(of_return, TODAY).missing]


# --- one place --------------------------------------------------------------------------------


def test_the_items_page_writes_into_the_answer_of_the_return(
    client_of, of_return, item, contributor
):
    write(of_return, item, contributor, confidence="at_risk", achieved="Printed.")
    form = client_of(contributor).get(at(item)).context["form"]
    assert (form["stage"].value(), form["confidence"].value()) == ("under_way", "at_risk")
    said = {"version": 1, "item_version": 1, "stage": "ongoing", "confidence": "off_track"}
    with unchanged(item):
        answer = client_of(contributor).post(at(item), said)
    assert answer.url == item.get_absolute_url()
    update = of_return.updates.get()
    assert (update.stage, update.confidence, update.achieved, update.version) == (
        "ongoing",
        "off_track",
        "Printed.",
        2,
    )


def test_the_items_page_starts_the_answer_if_there_is_none(client_of, of_return, item, contributor):
    said = {"version": 0, "item_version": 1, "stage": "ongoing", "confidence": ""}
    page = client_of(contributor).post(at(item), said, follow=True).text
    assert of_return.updates.get().stage == "ongoing"
    assert "Item 1.2: write at least one sentence, or choose “No change”." in page


def test_two_pages_of_one_answer_do_not_overwrite_each_other(
    client_of, of_return, item, contributor, approver
):
    write(of_return, item, contributor)
    write(of_return, item, approver, confidence="at_risk", version=1)
    said = {"version": 1, "item_version": 1, "stage": "ongoing", "confidence": "on_track"}
    page = client_of(contributor).post(at(item), said)
    assert page.status_code == 422
    assert page.context["conflict"].confidence == "at_risk"
    assert of_return.updates.get().stage == "under_way"


def test_no_change_is_no_longer_said_once_the_items_page_changes_the_status(
    client_of, of_return, item, contributor
):
    rounds.say_no_change(of_return=of_return, item=item, on=TODAY, by=contributor, at=NOW)
    said = {"version": 1, "item_version": 1, "stage": "ongoing", "confidence": "on_track"}
    client_of(contributor).post(at(item), said)
    update = of_return.updates.get()
    assert (update.no_change_on, update.stage) == (None, "ongoing")


def test_submitting_gives_the_items_their_status(of_return, item, contributor, approver):
    write(of_return, item, contributor, stage="ongoing", confidence="at_risk")
    submit(of_return, approver)
    item.refresh_from_db()
    assert (item.stage, item.confidence) == ("ongoing", "at_risk")
    assert entries(item)[-1] == (
        "~",
        "Police approver (Police)",
        "Return of Police for January to June 2010 submitted",
    )


def test_a_complete_item_is_opened_again_in_the_return(of_return, item, contributor, approver):
    item.stage, item.completed_on = "complete", TODAY
    item.save()
    write(of_return, item, contributor, achieved="A page is missing.")
    submit(of_return, approver)
    item.refresh_from_db()
    assert (item.stage, item.completed_on) == ("under_way", None)


def test_with_the_coordinator_a_change_takes_effect_at_once_and_says_what_follows(
    client_of, of_return, item, contributor, approver
):
    write(of_return, item, contributor)
    submit(of_return, approver)
    assert "has submitted its return" in client_of(contributor).get(at(item)).text
    said = {"version": 1, "stage": "under_way", "confidence": "off_track"}
    client_of(contributor).post(at(item), said)
    item.refresh_from_db()
    assert item.confidence == "off_track"


# --- nothing older overwrites something newer -------------------------------------------------

MOVED = "Item 1.2 changed after this answer was saved. Choose which status is right."


@pytest.fixture
def overtaken(of_return, item, contributor, approver, coordinator):
    """A return sent back; the item changed while it was with the coordinator."""
    write(of_return, item, contributor, confidence="at_risk")
    submit(of_return, approver)
    move(item, contributor)
    rounds.send_back(of_return=of_return, note="How many?", by=coordinator, at=NOW)
    return of_return


def test_acceptance_refuses_with_both_shown(
    client_of, of_return, item, contributor, approver, coordinator
):
    write(of_return, item, contributor, confidence="at_risk")
    submit(of_return, approver)
    move(item, contributor)
    with (
        unchanged(of_return, item),
        refused(
            "Item 1.2 changed after it was answered. The return says under way, at risk; the item "
            "says under way, off track. Only Police can choose between the two, once the return "
            "is sent back."
        ),
    ):
        rounds.accept(of_return=of_return, by=coordinator, on=TODAY)
    page = client_of(coordinator).get(of_return.get_absolute_url()).text
    assert "Item 1.2 changed after this answer was saved" in page
    assert "This return cannot be accepted as it is." in page


def test_the_section_says_so_and_submitting_waits(client_of, overtaken, item, approver):
    assert missing(overtaken) == [MOVED]
    with refused(f"Not yet complete. {MOVED}"):
        submit(overtaken, approver)
    page = client_of(approver).get(overtaken.get_absolute_url()).text
    assert (MOVED in page, "Keep the answer in this return" in page) == (True, True)
    assert "Police contributor (Police), 1 June 2010" in page


@pytest.mark.parametrize(
    ("act", "confidence"), [("keep-answer", "at_risk"), ("take-item", "off_track")]
)
def test_the_agency_chooses_between_the_two(
    client_of, overtaken, item, approver, contributor, act, confidence
):
    page = overtaken.get_absolute_url()
    said = {"act": f"{act}:1.2", f"i{item.pk}-version": 1, f"i{item.pk}-item_now": 3}
    answer = client_of(contributor).post(page, said)
    assert answer.url == f"{page}?open=1.2#item-1.2"
    assert missing(overtaken) == []
    submit(overtaken, approver)
    item.refresh_from_db()
    assert item.confidence == confidence


def test_the_choice_is_about_the_two_that_were_compared(client_of, overtaken, item, contributor):
    said = {"act": "keep-answer:1.2", f"i{item.pk}-version": 1, f"i{item.pk}-item_now": 2}
    page = client_of(contributor).post(overtaken.get_absolute_url(), said, follow=True).text
    assert "Item 1.2 has changed again. Compare the two, then choose." in page
    assert missing(overtaken) == [MOVED]


def test_writing_more_words_does_not_answer_the_question(overtaken, item, contributor):
    write(overtaken, item, contributor, confidence="at_risk", achieved="5,000.", version=1)
    assert missing(overtaken) == [MOVED]
    write(overtaken, item, contributor, confidence="off_track", achieved="5,000.", version=2)
    assert missing(overtaken) == []


def test_an_answer_begun_on_an_outdated_page_is_asked_about(of_return, item, contributor):
    move(item, contributor)
    write(of_return, item, contributor, item_version=1)
    assert missing(of_return) == [MOVED]


def test_an_item_that_moved_away_and_back_has_changed_too(of_return, item, contributor):
    update = write(of_return, item, contributor, confidence="at_risk")
    move(item, contributor)
    move(item, contributor, confidence="on_track")
    item.refresh_from_db()
    assert list(moved_items([(update, item)])) == [item.pk]


def test_other_changes_of_the_item_ask_nothing(of_return, item, contributor, coordinator):
    write(of_return, item, contributor, confidence="at_risk")
    items.review(item=item, version=1, confidence="off_track", reason="Hm.", by=coordinator)
    assert missing(of_return) == []


# --- random histories -------------------------------------------------------------------------

STAGES = [Stage.NOT_STARTED, Stage.UNDER_WAY, Stage.ONGOING, Stage.COMPLETE]
STATUSES = st.tuples(st.sampled_from(STAGES), st.sampled_from(["", *Confidence.values]))
ACTS = st.one_of(
    st.tuples(st.just("page"), STATUSES),
    st.tuples(st.just("section"), STATUSES),
    st.tuples(
        st.sampled_from(["no change", "submit", "send back", "accept", "round", "keep", "take"]),
        st.none(),
    ),
)


class History:
    """An item, its lead's returns, and what the lead said last: `word`. Acts that are refused, as
    they would be on the page, change nothing."""

    def __init__(self):
        labour = AgencyFactory()
        self.police = AgencyFactory()
        plan = PlanFactory(coordinating_agency=labour, members=[self.police])
        self.writer = SeatFactory(agency=self.police).user
        self.approver = SeatFactory(agency=self.police, role=Seat.Role.APPROVER).user
        self.coordinator = SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user
        self.item = WorkItemFactory(plan=plan, lead_agency=self.police, stage="under_way")
        self.of_return = None
        self.day = TODAY
        # The status that everybody sees; what the return says, and when each was said.
        self.word = (self.item.stage, self.item.confidence)
        self.client = Client()
        self.client.force_login(self.writer, backend="django.contrib.auth.backends.ModelBackend")

    @property
    def shown(self):
        item = WorkItem.objects.get(pk=self.item.pk)
        return item.stage, item.confidence

    @property
    def update(self):
        return self.of_return.updates.first() if self.of_return else None

    def act(self, name, status):
        before = self.shown
        with suppress(Refused):
            getattr(self, name.replace(" ", "_"))(status)
        return before

    def page(self, status):
        """Change the status on the item's page, by its form."""
        form = self.client.get(at(self.item)).context["form"]
        said = {name: field.value() or "" for name, field in ((f.name, f) for f in form)}
        said |= {"stage": status[0], "confidence": status[1], "reason": "News."}
        said.pop("completed_on", None)
        in_return = self.of_return is not None and self.of_return_now.is_with_agency
        answer = self.client.post(at(self.item), said)
        assert answer.status_code in (302, 422)
        if answer.status_code == 302 and not in_return:
            self.word = tuple(map(str, status))

    @property
    def of_return_now(self):
        self.of_return = Return.objects.select_related("round").get(pk=self.of_return.pk)
        return self.of_return

    def section(self, status):
        if self.of_return is not None:
            update = self.update
            rounds.write_update(
                of_return=self.of_return,
                item=self.item,
                stage=status[0],
                confidence=status[1],
                achieved="Words.",
                version=update.version if update else 0,
                by=self.writer,
                at=NOW,
            )

    def no_change(self, status):
        if self.of_return is not None:
            item = WorkItem.objects.get(pk=self.item.pk)
            version = self.update.version if self.update else 0
            rounds.say_no_change(
                of_return=self.of_return,
                item=item,
                on=TODAY,
                version=version,
                by=self.writer,
                at=NOW,
            )

    def submit(self, status):
        if self.of_return is not None:
            update = self.update
            submit(self.of_return, self.approver)
            self.word = (update.stage, update.confidence)

    def send_back(self, status):
        if self.of_return is not None:
            rounds.send_back(
                of_return=self.of_return, note="Say more.", by=self.coordinator, at=NOW
            )

    def accept(self, status):
        if self.of_return is not None:
            rounds.accept(of_return=self.of_return, by=self.coordinator, on=TODAY)

    def round(self, status):
        """Close the open round, or open the next one."""
        if self.of_return is not None:
            rounds.close_round(round=self.of_return_now.round, by=self.coordinator, at=NOW)
            self.of_return = None
            return
        self.day += timedelta(days=200)
        made = RoundFactory(
            plan=self.item.plan,
            period_start=self.day,
            period_end=self.day + timedelta(days=180),
            due_on=self.day + timedelta(days=190),
        )
        self.of_return = ReturnFactory(round=made, agency=self.police)

    def keep(self, status, keep_answer=True):
        if self.update is not None:
            item = WorkItem.objects.get(pk=self.item.pk)
            rounds.settle_status(
                of_return=self.of_return,
                item=item,
                keep_answer=keep_answer,
                version=self.update.version,
                item_version=item.version,
                by=self.writer,
                at=NOW,
            )

    def take(self, status):
        self.keep(status, keep_answer=False)


@settings(
    max_examples=min(20, settings.default.max_examples),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, min_size=6, max_size=16))
def test_the_status_shown_is_the_newest_word_of_the_lead(acts):
    """In any interleaving of the item's page, the return and its acceptance."""
    history = History()
    history.round(None)
    for name, status in acts:
        before = history.act(name, status)
        assert history.shown == history.word
        if name in ("accept", "send back", "round", "section", "no change", "keep", "take"):
            # None of these sets a status; acceptance least of all one from earlier.
            assert history.shown == before

"""Test choosing and ordering the annexes of a briefing."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Seat
from reports.drafting.paper import document_of
from reports.kinds.forms.annex_choices import SHOWS
from reports.kinds.services.annex_choices import choose_annexes
from reports.models import AnnexChoice, Briefing
from reports.workshop.services import drafts
from tests.factories import MilestoneFactory, SeatFactory
from tests.reports.compose.test_compose import on
from tests.reports.drafted import drafted
from workitems.plan.services import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def by(labour):
    return SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user


@pytest.fixture
def briefing(plan, item, by):
    with on(date(2010, 7, 1)):
        return drafted(plan, item, by)


def headings(briefing):
    briefing = Briefing.objects.select_related("plan", "kind").get(pk=briefing.pk)
    return [annex.heading for annex in document_of(briefing).annexes]


def choose(briefing, *annexes, by, version=None):
    version = briefing.version if version is None else version
    return choose_annexes(briefing=briefing, annexes=annexes, version=version, by=by)


# --- the service ----------------------------------------------------------------------------


def test_annexes_are_printed_in_the_order_in_which_they_were_chosen(briefing, by):
    choose(briefing, "risks", "items_texts", "progress", by=by)
    assert headings(briefing) == [
        "Register of risks",
        "Work items with their texts",
        "Progress at a glance",
    ]


def test_a_choice_of_annexes_records_its_author_and_the_annexes(briefing, by):
    choose(briefing, "delays", "items", by=by)
    entry = briefing.history.latest()
    assert (entry.history_user, entry.history_change_reason) == (
        by,
        "Annexes: Register of delays, Work items",
    )


def test_a_briefing_can_have_no_annex(briefing, by):
    choose(briefing, by=by)
    assert headings(briefing) == []
    assert briefing.history.latest().history_change_reason == "Annexes: none"


def test_choosing_the_same_annexes_writes_nothing(briefing, by):
    before = briefing.history.count()
    choose(briefing, *briefing.annexes, by=by)
    assert briefing.history.count() == before


@pytest.mark.parametrize("annexes", [("items", "items"), ("secrets",)])
def test_a_duplicate_or_unknown_annex_is_refused(briefing, by, annexes):
    with pytest.raises(Refused, match="Choose each annex once"):
        choose(briefing, *annexes, by=by)


def test_a_choice_made_meanwhile_is_a_conflict(briefing, by):
    version = briefing.version
    choose(briefing, "delays", by=by)
    with pytest.raises(Conflict) as conflict:
        choose(briefing, "risks", version=version, by=by)
    assert conflict.value.current.annexes == ["delays"]


@pytest.mark.parametrize(
    ("state", "may"),
    [(state, state in Briefing.OPEN) for state in Briefing.State.values],
)
def test_annexes_cannot_change_once_the_text_is_locked(briefing, by, state, may):
    Briefing.objects.filter(pk=briefing.pk).update(state=state)
    if may:
        choose(briefing, "risks", by=by)
        assert headings(briefing) == ["Register of risks"]
    else:
        with pytest.raises(Refused, match="its annexes no longer change"):
            choose(briefing, "risks", by=by)


@pytest.mark.both_databases
def test_a_briefing_without_a_draft_has_no_annexes_to_choose(briefing, by):
    Briefing.objects.filter(pk=briefing.pk).update(kind=None)
    with pytest.raises(Refused, match="Begin the draft first"):
        choose(briefing, "risks", by=by)


def test_every_choice_of_an_annex_is_described():
    assert list(SHOWS) == list(AnnexChoice)


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def address(client, briefing, by):
    client.force_login(by)
    return reverse("briefings:annexes", args=[briefing.plan.slug, briefing.pk])


def typed(briefing, **places):
    """Return what a browser posts for annexes with these places."""
    sent = {"version": briefing.version}
    for name, place in places.items():
        sent |= {f"use_{name}": "on", f"place_{name}": place}
    return sent


def cells(response):
    return [
        (str(used.label), used.value(), place.value(), size)
        for used, place, size in response.context["rows"]
    ]


def test_the_page_lists_chosen_annexes_first_with_the_size_of_each(client, address, item):
    with on(date(2010, 7, 2)):
        MilestoneFactory(item=item)
    assert cells(client.get(address)) == [
        ("Progress at a glance, with the milestone timeline", True, 1, "1 milestone"),
        ("Work items", True, 2, "1 work item"),
        ("Measures", True, 3, "nothing to print yet"),
        ("Findings of the audit", True, 4, "nothing to print yet"),
        ("Work items with their texts", None, None, "1 work item"),
        ("Register of delays", None, None, "0 delays"),
        ("Register of risks", None, None, "0 risks"),
        ("Who was consulted, and their answers", None, None, "2 agencies"),
    ]


def test_ticked_annexes_are_saved_in_the_order_of_their_places(client, address, briefing):
    response = client.post(address, typed(briefing, items=3, risks=1, delays=2, progress=""))
    assert response.status_code == 302
    briefing.refresh_from_db()
    assert briefing.annexes == ["risks", "delays", "items", "progress"]


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ({"progress": 1, "items": 1}, ["items", "progress"]),
        ({"progress": 2, "items": 2}, ["items", "progress"]),
        ({"progress": 1, "items": 2, "risks": 1}, ["risks", "progress", "items"]),
        ({"progress": 1, "items": 2, "risks": 2}, ["progress", "risks", "items"]),
        ({"progress": "", "items": "", "risks": ""}, ["risks", "progress", "items"]),
    ],
)
def test_of_two_annexes_in_one_place_the_one_moved_up_goes_first(
    client, address, briefing, places, order
):
    """The list begins as progress 1, items 2."""
    client.post(address, typed(briefing, **places))
    briefing.refresh_from_db()
    assert briefing.annexes == order


def test_a_place_that_is_not_a_number_is_refused_at_its_field(client, address, briefing):
    response = client.post(address, typed(briefing, risks="first"))
    assert response.status_code == 422
    assert response.context["form"].errors == {"place_risks": ["Enter a whole number."]}


def test_a_conflict_shows_both_versions_and_saving_again_keeps_ones_own(
    client, address, briefing, by
):
    sent = typed(briefing, risks=1)
    choose(briefing, "delays", "items", by=by)
    response = client.post(address, sent)
    assert (response.status_code, response.context["theirs"]) == (
        422,
        "Register of delays, Work items",
    )
    form = response.context["form"]
    assert form["use_risks"].value()
    client.post(address, sent | {"version": form["version"].value()})
    briefing.refresh_from_db()
    assert briefing.annexes == ["risks"]


def test_an_annex_of_a_removed_kind_does_not_break_the_page(client, address, briefing):
    Briefing.objects.filter(pk=briefing.pk).update(annexes=["gone", "risks"])
    assert cells(client.get(address))[0] == ("Register of risks", True, 1, "0 risks")


def test_the_draft_and_the_briefing_link_to_the_page(client, address, briefing):
    for name in ("workshop:draft", "briefings:detail"):
        response = client.get(reverse(name, args=[briefing.plan.slug, briefing.pk]))
        assert f'href="{address}"' in response.text


def test_a_reader_gets_no_link_to_the_page(client, address, briefing, police):
    client.force_login(SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user)
    for name in ("workshop:draft", "briefings:detail"):
        response = client.get(reverse(name, args=[briefing.plan.slug, briefing.pk]))
        assert (name, address in response.text) == (name, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_items(
    client, address, briefing, item, count, django_assert_num_queries
):
    for number in range(count):
        MilestoneFactory(item=item, number=number + 1)
    drafts.add(briefing=briefing, section="delay", text="More.", by=briefing.created_by)
    with django_assert_num_queries(31):
        client.get(address)

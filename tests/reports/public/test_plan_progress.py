"""Test the public page of a plan's progress: what is chosen is there, and nothing else is."""

import json
from datetime import UTC, date, datetime, timedelta

import jsonschema
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Seat
from reports.models import AgencyCover, PublicProgress
from reports.progress.content_schema import schema_of
from reports.progress.published_content import content_of, digest_of, moment_of
from reports.progress.trends import read_trends
from reports.public import services as progress_pages
from reports.requests.models import PublicPage
from tests.content_policy import POLICY, policy
from tests.factories import (
    AgencyFactory,
    MeasureFactory,
    MeasureValueFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    PublicProgressFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.requests.test_public_pages import released
from tests.reports.requests.test_requests import refusal_of
from workitems.models import Milestone

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what a page shows of a plan; its figures are read on both"),
]

# History is written as tests run, so the records have no other moment.
ON = localdate()
NOW = datetime(2013, 7, 1, tzinfo=UTC)
PARTS = tuple(PublicProgress.Part.values)
# Strings that only one part has.
MARKS = {
    "work_items": ("Numbat survey", "headline"),
    "figures": ("Zebra pillar", "Counted from"),
    "timeline": ("Quokka brochure", "2013-05-01"),
    "achievements": ("Walrus training", "Axolotl item"),
    "released_papers": ("Okapi report", "Okapi"),
}


@pytest.fixture
def plan():
    agency = AgencyFactory(short_name="Labour", name="Department of Labour")
    plan = PlanFactory(
        slug="plan-of-action", coordinating_agency=agency, released_on=date(2009, 7, 1)
    )
    pillar = PillarFactory(plan=plan, number=1, title="Zebra pillar")
    item = WorkItemFactory(
        plan=plan,
        pillar=pillar,
        number="1.1",
        title="Print it",
        lead_agency=agency,
        stage="under_way",
    )
    MilestoneFactory(
        item=item,
        number=1,
        description="Quokka brochure",
        original_due=date(2013, 5, 1),
        agreed_due=date(2013, 5, 1),
        forecast_due=date(2013, 7, 1),
    )
    named = WorkItemFactory(
        plan=plan, pillar=pillar, number="1.2", title="Axolotl item", lead_agency=agency
    )
    of_return = ReturnFactory(
        round=RoundFactory(plan=plan),
        agency=agency,
        state="accepted",
        submitted_at=datetime(2010, 7, 2, tzinfo=UTC),
        accepted_on=date(2010, 7, 9),
    )
    UpdateFactory(
        of_return=of_return,
        item=named,
        achieved="**Walrus training** was held.",
        challenges="A secret challenge",
        planned_next="A secret plan",
        key_achievement="yes",
    )
    # Neither an achievement nor a milestone names it.
    WorkItemFactory(
        plan=plan, pillar=pillar, number="1.3", title="Numbat survey", lead_agency=agency
    )
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    released(plan, title="Okapi report")
    return plan


@pytest.fixture
def coordinator(plan):
    return SeatFactory(agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR).user


def published(plan, by, *parts):
    content = content_of(plan, moment_of(plan, ON, ON), parts)
    return progress_pages.publish_progress(
        plan=plan, content=content, seen_sha256=digest_of(content), by=by, at=NOW
    )


def every_answer(client, slug):
    """Return the bytes of each answer about the plan's progress that is there."""
    found = [client.get(reverse("reports:progress", args=[slug]))]
    for what in ("data", "schema", "dataset", "figures", "stages", *PARTS):
        for form in ("json", "csv", "svg", "jsonld"):
            found.append(client.get(reverse("reports:progress-data", args=[slug, what, form])))
    return [answer for answer in found if answer.status_code == 200]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_not_chosen_occurs_in_no_byte(client, plan, coordinator, part):
    others = [each for each in PARTS if each != part]
    if part == "achievements":
        others.remove("timeline")  # which names items, too
        others.remove("work_items")
    if part == "figures":
        others.remove("work_items")  # which names pillars, too
    published(plan, coordinator, *others)
    every = b"".join(answer.content for answer in every_answer(client, plan.slug))
    assert [mark for mark in (*MARKS[part], part) if mark.encode() in every] == []
    progress_pages.take_down_progress(
        page=PublicProgress.objects.up().get(), reason="More", by=coordinator, at=NOW
    )
    published(plan, coordinator, *PARTS)
    every = b"".join(answer.content for answer in every_answer(client, plan.slug))
    assert [mark for mark in MARKS[part] if mark.encode() not in every] == []


def test_what_agencies_wrote_beside_an_achievement_and_people_are_nowhere(
    client, plan, coordinator
):
    published(plan, coordinator, *PARTS)
    every = b"".join(answer.content for answer in every_answer(client, plan.slug))
    for secret in ("secret", coordinator.name, coordinator.email, "requester", "**"):
        assert secret.encode() not in every


def test_the_data_follows_its_schema(plan):
    content = content_of(plan, moment_of(plan, ON, ON), PARTS)
    jsonschema.validate(
        json.loads(json.dumps(content)),
        schema_of(content),
        format_checker=jsonschema.FormatChecker(),
    )


@pytest.mark.both_databases
def test_figures_agree_with_the_trends_and_the_list_behind_them(plan):
    moment = moment_of(plan, ON, ON)
    content = content_of(plan, moment, PARTS)
    values = {row["key"]: row["value"] for row in content["figures"]}
    now = read_trends(plan, moment).now
    assert (values["items"], values["milestones_overdue"]) == (now.items, now.overdue)
    late = [row["milestone"] for row in content["timeline"] if row["status"] == "Overdue"]
    assert (values["milestones_overdue"], late) == (1, ["Quokka brochure"])


@pytest.mark.both_databases
def test_a_published_page_stays_as_it_was(client, plan, coordinator):
    published(plan, coordinator, *PARTS)
    before = [answer.content for answer in every_answer(client, plan.slug)]
    WorkItemFactory(plan=plan, pillar=plan.pillars.get(), lead_agency=plan.coordinating_agency)
    assert [answer.content for answer in every_answer(client, plan.slug)] == before


def test_caches_keep_every_answer_and_it_is_the_same_for_everybody(client, plan, coordinator):
    published(plan, coordinator, *PARTS)
    before = every_answer(client, plan.slug)
    client.force_login(coordinator)
    session = client.session
    session["seen_at"] = 0  # so that the session is stored again
    session["began_at"] = 2**40
    session.save()
    after = every_answer(client, plan.slug)
    assert [answer.content for answer in after] == [answer.content for answer in before]
    for answer in (*before, *after):
        is_page = answer["Content-Type"].startswith("text/html")
        assert answer["Cache-Control"] == f"public, {'no-cache' if is_page else 'max-age=300'}"
        assert not answer.cookies
        assert answer.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert policy(answer) >= POLICY
    first = before[0]
    again = client.get(
        reverse("reports:progress", args=[plan.slug]), headers={"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304


def test_an_overdue_milestone_says_so_in_the_chart_and_in_the_table(client, plan, coordinator):
    published(plan, coordinator, "timeline")
    page = client.get(reverse("reports:progress", args=[plan.slug])).text
    assert "Quokka brochure: promised 1 May 2013, overdue since 1 May 2013" in page
    assert page.count("1 May 2013, overdue</text>") == 2, "drawn wide and narrow"
    assert '<span class="mark mark-late">' in page


def test_work_items_are_tiles_with_word_and_shape_beneath_a_sentence(client, plan, coordinator):
    published(plan, coordinator, *PARTS)
    page = client.get(reverse("reports:progress", args=[plan.slug])).text
    assert "3 work items: 0 complete, 1 late" in page
    tile = page[page.index('<li class="tile tile-late">') :]
    tile = " ".join(tile[: tile.index("</li>")].split())
    assert "Print it <em>late</em>" in tile
    assert '<path d="M6 0 12 6 6 12 0 6z"' in tile
    assert "<details" in page[: page.index("Figures, each with its source")]


def test_a_page_published_before_there_were_tiles_shows_its_figures_as_it_did(
    client, plan, coordinator
):
    published(plan, coordinator, "figures", "timeline")
    page = client.get(reverse("reports:progress", args=[plan.slug])).text
    assert 'class="tile' not in page
    assert "<details" not in page[: page.index("Figures, each with its source")]


def test_a_chart_says_which_milestones_it_leaves_out(client, plan, coordinator):
    item = plan.items.get(number="1.1")
    for number in range(45):
        day = ON + timedelta(days=number)
        MilestoneFactory(
            item=item,
            number=number + 2,
            description=f"Step {number}",
            original_due=day,
            agreed_due=day,
        )
    published(plan, coordinator, "timeline")
    chart = client.get(reverse("reports:progress-data", args=[plan.slug, "timeline", "svg"])).text
    assert "40 of 46 milestones: those overdue first" in chart
    assert ("Quokka brochure" in chart, "Step 38:" in chart, "Step 39:" in chart) == (
        True,
        True,
        False,
    )


def test_the_page_names_the_successor_of_an_agency_that_ended(client, plan, coordinator):
    old = plan.coordinating_agency
    old.valid_to = date(2012, 6, 30)
    old.successor = AgencyFactory(short_name="MBIE", name="Ministry of Business")
    old.save()
    published(plan, coordinator, "figures")
    page = client.get(reverse("reports:progress", args=[plan.slug])).text
    assert "Published by the Ministry of Business on 1 July 2013." in page
    assert "Ask the Ministry of Business." in page
    assert "Department of Labour" not in page
    released = client.get(reverse("requests:released", args=[plan.slug])).text
    assert "Published by the Ministry of Business." in released


def test_progress_and_released_papers_lead_to_each_other(client, plan, coordinator):
    page = published(plan, coordinator, "figures")
    progress, papers = (
        reverse(name, args=[plan.slug]) for name in ("reports:progress", "requests:released")
    )
    assert f'href="{papers}"' in client.get(progress).text
    assert f'href="{progress}"' in client.get(papers).text
    progress_pages.take_down_progress(page=page, reason="A mistake", by=coordinator, at=NOW)
    assert f'href="{papers}"' in client.get(progress).text
    assert f'href="{progress}"' not in client.get(papers).text
    PublicPage.objects.update(is_open=False)
    assert f'href="{papers}"' not in client.get(progress).text


def test_the_parts_published_last_are_ticked(client, plan, coordinator):
    published(plan, coordinator, "figures", "released_papers")
    client.force_login(coordinator)
    page = client.get(reverse("reports:progress-page", args=[plan.slug]))
    assert page.context["form"].initial["parts"] == ["figures", "released_papers"]


def test_a_page_that_is_taken_down_says_so_and_its_data_is_gone(client, plan, coordinator):
    page = published(plan, coordinator, "figures")
    client.force_login(coordinator)
    address = reverse("reports:progress-take-down", args=[plan.slug, page.number])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "A mistake"}).status_code == 302
    assert client.post(address, {"reason": "A mistake"}).status_code == 422, "it is down already"
    client.logout()
    gone = client.get(reverse("reports:progress", args=[plan.slug]))
    assert gone.status_code == 410
    assert "A mistake" not in gone.text
    assert "public" not in gone["Cache-Control"]
    data = reverse("reports:progress-data", args=[plan.slug, "data", "json"])
    assert client.get(data).status_code == 404


def test_exactly_what_was_previewed_is_published(client, plan, coordinator):
    client.force_login(coordinator)
    address = reverse("reports:progress-page", args=[plan.slug])
    page = client.get(address, {"on": "2013-06-30", "parts": ["figures"]})
    sent = {"on": "2013-06-30", "parts": ["figures"], "seen": page.context["seen"]}
    assert client.post(address, {**sent, "seen": "0" * 64}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert set(PublicProgress.objects.get().content) == {
        *("format", "plan", "agency", "agency_mi", "as_at", "licence", "figures", "stages")
    }


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": "1 July 2100", "parts": "figures"}, "That day is in the future."),
        ({"on": "1 July 2000", "parts": "figures"}, "The plan was released on 1 July 2009."),
        ({"on": "30 June 2013"}, "Choose at least one part."),
    ],
)
def test_a_wrong_choice_is_refused(client, plan, coordinator, typed, sentence):
    client.force_login(coordinator)
    page = client.get(reverse("reports:progress-page", args=[plan.slug]), typed)
    assert page.status_code == 422
    assert sentence in page.text


def test_a_record_that_cannot_be_printed_is_named_and_nothing_is_published(
    client, plan, coordinator
):
    Milestone.objects.update(description="Quokka\u202e brochure")  # from before such were refused
    client.force_login(coordinator)
    address = reverse("reports:progress-page", args=[plan.slug])
    typed = {"on": f"{ON:%Y-%m-%d}", "parts": ["timeline"], "seen": "0" * 64}
    for page in (client.get(address, typed), client.post(address, typed)):
        assert page.status_code == 422
        assert "A milestone" in page.text
    assert not PublicProgress.objects.exists()


@pytest.mark.both_databases
def test_another_page_replaces_the_one_that_is_up(plan, coordinator):
    published(plan, coordinator, "figures")
    second = published(plan, coordinator, "timeline")
    assert [row.number for row in PublicProgress.objects.up()] == [second.number]
    assert PublicProgress.objects.get(number=1).reason == "Replaced by page 2."
    content = second.content
    assert (
        refusal_of(
            progress_pages.publish_progress,
            plan=plan,
            content=content,
            seen_sha256=digest_of(content),
            by=coordinator,
            at=NOW,
        )
        == "This is already published."
    )


def test_the_agencys_name_in_te_reo_is_marked_as_such(client, plan, coordinator):
    AgencyCover.objects.create(agency=plan.coordinating_agency, ministry_mi="Te Tari Mahi")
    published(plan, coordinator, "figures")
    for name in ("reports:progress", "requests:released"):
        page = client.get(reverse(name, args=[plan.slug])).text
        assert 'lang="mi">Te Tari Mahi</' in page


@pytest.mark.both_databases
def test_the_database_refuses_to_change_or_delete_a_page(plan):
    page = PublicProgressFactory(plan=plan)
    for statement in (
        "UPDATE reports_publicprogress SET content = '{}'",
        "UPDATE reports_publicprogress SET published_as = 'Nobody'",
        "DELETE FROM reports_publicprogress",
    ):
        with (
            pytest.raises(DatabaseError, match="never changed or deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert PublicProgress.objects.get() == page


@pytest.mark.parametrize("items", [1, 3])
def test_the_content_takes_twelve_queries(plan, items, django_assert_num_queries):
    for _ in range(items):
        WorkItemFactory(plan=plan, pillar=plan.pillars.get(), lead_agency=plan.coordinating_agency)
    moment = moment_of(plan, ON, ON)
    with django_assert_num_queries(12):
        content_of(plan, moment, PARTS)


def with_measures(plan):
    """A measure with a number, one without, and one of words only."""
    item = plan.items.get(number="1.1")
    shown = MeasureFactory(item=item, number=1, kind="level", as_told="the number of kea seen")
    MeasureValueFactory(
        measure=shown, number=3, day=date(2010, 6, 30), accepted_on=date(2010, 7, 1)
    )
    MeasureValueFactory(measure=shown, number=99, day=date(2010, 9, 30))  # waits
    hidden = MeasureFactory(item=item, number=2, kind="level", as_told="the number of weka seen")
    MeasureValueFactory(
        measure=hidden, number=2, day=date(2010, 6, 30), accepted_on=date(2010, 7, 1)
    )
    MeasureFactory(item=item, number=3)
    return shown, hidden


@pytest.mark.both_databases
def test_only_ticked_measures_are_public_with_their_sentence(client, plan, coordinator):
    shown, _hidden = with_measures(plan)
    content = content_of(plan, moment_of(plan, ON, ON), PARTS, [shown.pk])
    assert content["measures"] == [
        {
            "item": "1.1",
            "number": 1,
            "agency": "Department of Labour",
            "text": "The number of kea seen was three in June 2010.",
            "state": "No target",
        }
    ]
    jsonschema.validate(json.loads(json.dumps(content)), schema_of(content))
    progress_pages.publish_progress(plan=plan, content=content, seen_sha256=digest_of(content), by=coordinator, at=NOW)  # fmt: skip
    every = b"".join(answer.content for answer in every_answer(client, plan.slug)).decode()
    every += client.get(reverse("reports:progress-data", args=[plan.slug, "measures", "csv"])).text
    assert ("kea seen was three" in every, "weka" in every, "99" in every) == (True, False, False)


def test_the_page_to_publish_offers_the_measures_and_keeps_those_of_the_last_page(
    client, plan, coordinator
):
    shown, _hidden = with_measures(plan)
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    page = client
    url = reverse("reports:progress-page", args=[plan.slug])
    choices = {"on": ON.isoformat(), "parts": ["figures"], "measures": [shown.pk]}
    preview = page.get(url, choices)
    seen = preview.context["seen"]
    assert "The number of kea seen was three in June 2010." in preview.text
    assert [label for _, label in preview.context["form"].fields["measures"].choices] == [
        "1.1: the number of kea seen",
        "1.1: the number of weka seen",
    ]
    assert page.post(url, {**choices, "seen": seen}).status_code == 302
    assert page.get(url).context["form"]["measures"].value() == [shown.pk]

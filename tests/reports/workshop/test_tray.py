"""Test that the sources beside a draft are those of the paragraph in hand, with and without a script."""

import re

import pytest
from django.urls import reverse

from reports.workshop.services import drafts
from tests.factories import UpdateFactory
from tests.reports.drafted import drafted

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database(reason="what a page is sent; drafts are saved on both"),
]


@pytest.fixture
def briefing(plan, item, coordinator, accepted):
    UpdateFactory(
        of_return=accepted,
        item=item,
        achieved="Police trained 240 officers.",
        planned_next="Police train the rest.",
        key_achievement="yes",
    )
    return drafted(plan, item, coordinator)


@pytest.fixture
def key(briefing):
    """A paragraph that is written from the report."""
    return briefing.draft_paragraphs.get(text__contains="Police trained 240").key


def address(briefing, query=""):
    return reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk]) + query


def tray(page):
    return page.context["tray"]


def own(page):
    return [(source.label, text) for source, text in tray(page).own]


@pytest.mark.parametrize("query", ["?edit={}", "?at={}", "?section=purpose&at={}"])
def test_the_paragraph_in_hand_has_its_sources_with_their_texts(client, briefing, key, query):
    page = client.get(address(briefing, query.format(key)))
    number = tray(page).block.number
    assert tray(page).portion.key == "achievements"
    assert own(page) == [
        ("Update of item 1.2 by Police, January to June 2010", "Police trained 240 officers.")
    ]
    assert f"Paragraph {number} is written from" in page.text


def test_a_script_gets_the_sources_alone_and_the_same(client, briefing, key):
    whole = client.get(address(briefing, f"?at={key}")).text
    answer = client.get(address(briefing, f"?at={key}"), headers={"accept": "application/json"})
    sources = answer.json()["sources"].strip()
    assert re.search(r'<aside [^>]*id="sources"', sources)
    assert sources in whole


def test_a_section_is_shown_without_a_paragraph(client, briefing, key):
    page = client.get(address(briefing, "?section=achievements&at="))
    assert (tray(page).block, tray(page).portion.key) == (None, "achievements")
    gone = client.get(address(briefing, "?section=delay&at=p-gone"))
    assert (tray(gone).block, tray(gone).portion.key) == (None, "delay")


def test_a_paragraph_without_records_says_so(client, briefing, coordinator):
    row = drafts.add(briefing=briefing, section="delay", text="It rained.", by=coordinator)
    page = client.get(address(briefing, f"?at={row.key}"))
    assert own(page) == []
    assert "It has no records" in page.text


def test_a_saved_paragraph_keeps_its_sources_beside_it(client, briefing, key):
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, key])
    typed = {"act": "save", "version": 1, "text": "Police trained 240 officers in June."}
    page = client.post(where, typed, follow=True)
    assert tray(page).block.key == key


def test_the_sources_of_a_paragraph_take_one_query_for_each_type_of_record(
    client, briefing, key, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(address(briefing))  # reads what is kept between pages
    with django_assert_max_num_queries(200) as without:
        client.get(address(briefing, "?section=achievements"))
    with django_assert_num_queries(len(without) + 1):
        client.get(address(briefing, f"?at={key}"))

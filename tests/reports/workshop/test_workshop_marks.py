"""Test the marks of a draft: what needs work stands at its paragraph, and a list above the paper leads to each."""

import re

import pytest
from django.urls import reverse

from reports import checks
from reports.drafting.paper import read_drafted
from reports.models import BriefingKind
from reports.workshop.services import drafts, overrides
from tests.factories import UpdateFactory
from tests.reports.drafted import BEFORE, drafted

LONG = "Police trained all staff. They liked it. More of them asked for it."

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database(reason="what a page is sent; drafts are saved on both"),
]


def page_of(client, briefing):
    return client.get(reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk]))


def marks(page):
    """The words of each paragraph's marks, by key."""
    blocks = [block for chapter in page.context["page"].chapters for block in chapter.blocks]
    return {
        block.key: [(mark.words, mark.rest) for mark in block.marks]
        for block in blocks
        if block.marks
    }


def test_a_draft_without_faults_has_no_mark(client, briefing):
    page = page_of(client, briefing)
    assert marks(page) == {}
    assert "needs work" not in page.text


def test_a_shortened_text_shows_the_rest_on_demand(client, plan, item, coordinator, accepted):
    UpdateFactory(of_return=accepted, item=item, achieved=LONG, key_achievement="yes")
    page = page_of(client, drafted(plan, item, coordinator))
    ((key, found),) = marks(page).items()
    assert found == [
        ("It prints only a part of what an agency wrote.", ("More of them asked for it.",))
    ]
    assert f'<details id="rest-1-{key}">' in page.text
    assert re.search(r"1 paragraph needs work:\s+<a href=\"#" + key, page.text)


def test_what_is_repeated_empty_or_without_a_subject_is_marked_with_what_to_do(
    client, briefing, coordinator
):
    keys = [""]
    for text in (
        "They were late for months on end.",
        "The printer broke down in June.",
        "Work is ongoing. The printer broke down in June.",
    ):
        row = drafts.add(
            briefing=briefing, section="delay", after=keys[-1], text=text, by=coordinator
        )
        keys.append(row.key)
    page = page_of(client, briefing)
    found = {
        key: [words.partition(" ")[2] for words, _rest in of] for key, of in marks(page).items()
    }
    numbers = page.context["page"].drafted.draft.numbers
    first, second, third = (numbers[key] for key in keys[1:])
    assert found == {
        keys[1]: [
            f"{first} begins with “They”. Name what it is about, as it may be read alone.",
        ],
        keys[3]: [
            f"{third} has a sentence that says nothing: “Work is ongoing.”",
            f"{third} repeats a sentence of paragraph {second}: “The printer broke down in June.”",
        ],
    }
    assert "Keep the sentence in one of the two." in page.text


def test_without_a_script_a_saved_paragraph_has_the_remarks_of_its_new_words(
    client, briefing, coordinator
):
    row = drafts.add(
        briefing=briefing, section="delay", text="They were late for months on end.", by=coordinator
    )
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, row.key])
    assert list(marks(page_of(client, briefing))) == [row.key]
    typed = {"act": "save", "version": 1, "text": "The printers were four months late."}
    page = client.post(where, typed, follow=True)
    assert marks(page) == {}
    assert "needs work" not in page.text
    typed = {"act": "save", "version": 2, "text": "They were late for months on end."}
    assert list(marks(client.post(where, typed, follow=True))) == [row.key]


def test_of_a_paper_that_is_too_long_the_longest_paragraphs_are_marked(
    client, briefing, coordinator
):
    row = drafts.add(briefing=briefing, section="delay", text="word " * 149, by=coordinator)
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    found = marks(page_of(client, briefing))
    assert len(found) <= 3
    ((words, _rest),) = found[row.key]
    assert re.fullmatch(r"The paper is \d+ words too long\. This paragraph has 149\.", words)


def test_a_generated_list_is_not_marked_as_long_for_its_bullets_are_read_one_by_one(
    client, briefing, coordinator
):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=200)
    brief = next(row for row in briefing.draft_paragraphs.all() if row.text.startswith("In brief:"))
    brief.text += f"\n- {'word ' * 200}"
    for origin, is_marked in (("generated", False), ("edited", True)):
        brief.origin = origin
        brief.save()
        words = [each for each, _rest in marks(page_of(client, briefing)).get(brief.key, ())]
        assert any("words too long" in each for each in words) == is_marked


def test_a_warning_that_was_accepted_is_no_mark(client, briefing, coordinator):
    row = drafts.add(briefing=briefing, section="delay", text="They were late.", by=coordinator)
    page = page_of(client, briefing)
    assert list(marks(page)) == [row.key]
    (about,) = (
        check.about
        for check in checks.failed_checks(read_drafted(briefing))
        if check.key == f"subject-{row.key}"
    )
    overrides.override(
        briefing=briefing, key=f"subject-{row.key}", about=about, reason="It is clear.",
        by=coordinator, at=BEFORE,
    )  # fmt: skip
    assert marks(page_of(client, briefing)) == {}


def test_a_marked_paragraph_leads_to_the_next_one_and_the_last_to_none(
    client, briefing, coordinator
):
    keys = [
        drafts.add(
            briefing=briefing, section="delay", position=place, text=text, by=coordinator
        ).key
        for place, text in enumerate(["They were late.", "It is well.", "These are late."])
    ]
    page = page_of(client, briefing)
    number = page.context["page"].drafted.draft.numbers[keys[2]]
    assert (
        f'<a class="workshop-next" href="#{keys[2]}">Next that needs work: {number}</a>'
        in page.text
    )
    assert page.text.count("Next that needs work") == len(marks(page)) - 1


def test_a_text_is_no_mark_where_the_paragraph_cites_other_records(
    client, plan, item, coordinator, accepted
):
    text = "Police wait for the plan. More of them asked for it."
    UpdateFactory(of_return=accepted, item=item, achieved=text, key_achievement="no")
    briefing = drafted(plan, item, coordinator)
    drafts.add(briefing=briefing, section="delay", text="This is for the plan.", by=coordinator)
    assert "It prints only a part" not in str(marks(page_of(client, briefing)))

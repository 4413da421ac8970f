"""Test that text typed for a removed paragraph is not lost without JavaScript."""

import pytest
from django.urls import reverse

from reports.workshop.services import drafts

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def pair(briefing, coordinator):
    """Two paragraphs, one after the other, under “Delay”."""
    last = shown(briefing, "delay")[-1] if shown(briefing, "delay") else ""
    first = drafts.add(
        briefing=briefing, section="delay", after=last, text="The first.", by=coordinator
    )
    second = drafts.add(
        briefing=briefing, section="delay", after=first.key, text="The second.", by=coordinator
    )
    return first, second


def shown(briefing, section):
    rows = briefing.draft_paragraphs.filter(section__key=section, is_withdrawn=False)
    return list(rows.order_by("position").values_list("key", flat=True))


def save(client, briefing, key, **typed):
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, key])
    return client.post(where, {"act": "save", "seen": "", "text": "My own words.", **typed})


def test_text_for_a_paragraph_joined_meanwhile_is_shown_with_both_versions(
    client, briefing, colleague, pair
):
    first, second = pair
    drafts.merge(briefing=briefing, key=first.key, by=colleague)
    page = save(client, briefing, second.key, version=1)
    assert page.status_code == 422
    assert page.context["new"] == {
        "key": second.key,
        "is_ask": False,
        "section": "delay",
        "after": first.key,
    }
    box = page.text.partition(f'data-editor="{second.key}"')[2].partition("</form>")[0]
    assert "My own words.</textarea>" in box
    assert "Other coordinator joined this paragraph to another or removed it" in box
    assert "<p>The second.</p>" in box
    assert "Save mine as a paragraph of its own" in box


def test_text_of_a_joined_paragraph_can_be_saved_as_a_new_paragraph(
    client, briefing, colleague, pair
):
    first, second = pair
    drafts.merge(briefing=briefing, key=first.key, by=colleague)
    form = save(client, briefing, second.key, version=1).context["form"]
    again = {
        name: form[name].value() or "" for name in ("version", "seen", "text", "section", "after")
    }
    assert save(client, briefing, second.key, **again).status_code == 302
    assert shown(briefing, "delay")[-2:] == [first.key, second.key]
    assert briefing.draft_paragraphs.get(key=second.key).text == "My own words."


@pytest.mark.both_databases
def test_a_paragraph_whose_neighbour_is_removed_too_keeps_their_place(
    client, briefing, coordinator, colleague, pair
):
    first, second = pair
    third = drafts.add(
        briefing=briefing, section="delay", after=second.key, text="The third.", by=coordinator
    )
    drafts.merge(briefing=briefing, key=first.key, by=colleague)
    drafts.merge(briefing=briefing, key=first.key, by=colleague)
    assert save(client, briefing, third.key, version=1).context["new"]["after"] == first.key


def test_a_refused_new_paragraph_is_shown_where_it_was_started(client, briefing, colleague, pair):
    first, second = pair
    drafts.merge(briefing=briefing, key=first.key, by=colleague)
    typed = {"version": 0, "text": " ", "section": "delay", "after": second.key}
    page = save(client, briefing, "p-new", **typed)
    assert page.status_code == 422
    assert (page.context["new"]["section"], page.context["new"]["after"]) == ("delay", first.key)
    assert 'data-editor="p-new"' in page.text


def test_a_new_paragraph_for_an_unknown_section_is_shown_in_the_first(client, briefing):
    page = save(client, briefing, "p-new", version=0, section="nowhere")
    assert page.context["new"]["section"] == "purpose"
    assert "My own words.</textarea>" in page.text

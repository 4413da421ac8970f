"""Test that an act on a draft answers with the paragraphs that changed, by whoever, and no others."""

import re

import pytest
from django.urls import reverse

from reports.drafting import draft_rows
from reports.drafting.page import changes_since, menu_of
from reports.workshop.services import drafts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what a page is sent; drafts are saved on both"),
]

PARAGRAPHS = 8


@pytest.fixture
def keys(briefing, coordinator):
    """Written paragraphs under “Delay”, in order."""
    for key in shown(briefing, "delay"):
        drafts.hide(briefing=briefing, key=key, by=coordinator)
    found = []
    for n in range(PARAGRAPHS):
        after = found[-1] if found else ""
        text = f"Paragraph {n} is written. It has a second sentence."
        row = drafts.add(briefing=briefing, section="delay", after=after, text=text, by=coordinator)
        found.append(row.key)
    return found


def shown(briefing, section):
    rows = briefing.draft_paragraphs.filter(
        section__key=section, is_withdrawn=False, is_hidden=False
    )
    return list(rows.order_by("position").values_list("key", flat=True))


def press(client, briefing, key, act, **fields):
    """Press a button as the script does, from a page of the draft's state of now or `state`."""
    fields = {"state": draft_rows.state_of(briefing), **fields}
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, key])
    response = client.post(where, {"act": act, **fields}, headers={"accept": "application/json"})
    assert response.status_code == 200
    return response.json()


def blocks(answer):
    return re.findall(r'data-block="([^"]+)"', answer["blocks"])


def test_an_act_answers_with_the_one_paragraph_that_changed(client, briefing, keys):
    answer = press(client, briefing, keys[2], "hide")
    assert blocks(answer) == [keys[2]]
    assert "is-left-out" in answer["blocks"]
    assert answer["says"].startswith("Left out of the paper.")
    assert keys[2] not in answer["seen"].split()
    assert keys[2] in answer["order"]["delay"]


@pytest.mark.parametrize(
    ("act", "fields"), [("down", {}), ("move", {"section": "delay", "position": 5})]
)
def test_paragraphs_that_only_have_another_place_are_in_the_order_alone(
    client, briefing, keys, act, fields
):
    answer = press(client, briefing, keys[1], act, **fields)
    assert blocks(answer) == [keys[1]]
    assert [key for key in answer["order"]["delay"] if key in keys] == shown(briefing, "delay")
    assert shown(briefing, "delay") != keys
    assert answer["says"].startswith("Moved: it is paragraph ")


def test_a_split_answers_with_both_paragraphs_and_a_join_with_the_first(client, briefing, keys):
    at = len("Paragraph 1 is written. ")
    answer = press(client, briefing, keys[1], "split", at=at, version=1)
    second = shown(briefing, "delay")[2]
    assert blocks(answer) == [keys[1], second]
    answer = press(client, briefing, keys[1], "join")
    assert blocks(answer) == [keys[1]]
    assert second not in answer["order"]["delay"]


def test_a_paragraph_is_joined_with_the_one_before_it_and_keeps_its_place_on_the_page(
    client, briefing, keys
):
    answer = press(client, briefing, keys[1], "join", side="before")
    assert blocks(answer) == [keys[1]]
    assert keys[0] not in answer["order"]["delay"]
    assert briefing.draft_paragraphs.get(key=keys[1]).text == (
        "Paragraph 0 is written. It has a second sentence. "
        "Paragraph 1 is written. It has a second sentence."
    )
    answer = press(client, briefing, keys[1], "join", side="before")
    assert answer["says"] == "There is no paragraph before this one in its section."


def test_the_menu_offers_the_neighbours_that_a_paragraph_can_be_joined_with(
    client, briefing, keys, coordinator
):
    drafts.edit(
        briefing=briefing, key=keys[2], text="These are late:\n- one", version=1, by=coordinator
    )

    def joins(place):
        return [
            side for side, _words in menu_of(draft_rows.read_draft(briefing), keys[place]).joins
        ]

    places = [0, 1, 2, 3, PARAGRAPHS - 1]
    assert [joins(place) for place in places] == [
        ["after"],
        ["after", "before"],
        ["before"],
        ["after"],
        ["before"],
    ]
    address = reverse("workshop:acts", args=[briefing.plan.slug, briefing.pk, keys[1]])
    number = draft_rows.read_draft(briefing).draft.numbers[keys[1]]
    page = client.get(address).text
    assert f">paragraph {number + 1}, after it</option>" in page
    assert f">paragraph {number - 1}, before it</option>" in page


def test_an_act_answers_with_what_a_colleague_changed_meanwhile(client, briefing, keys, colleague):
    state = draft_rows.state_of(briefing)
    drafts.edit(briefing=briefing, key=keys[5], version=1, text="Theirs.", by=colleague)
    drafts.hide(briefing=briefing, key=keys[6], by=colleague)
    answer = press(client, briefing, keys[0], "hide", state=state)
    assert blocks(answer) == [keys[0], keys[5], keys[6]]
    assert "<p>Theirs.</p>" in answer["blocks"]


def test_a_paragraph_that_refers_to_others_comes_with_its_new_numbers(
    client, briefing, keys, coordinator
):
    draft = draft_rows.read_draft(briefing).draft
    reference = f"See paragraph {{{keys[3]}}}."
    drafts.edit(briefing=briefing, key=keys[7], version=1, text=reference, by=coordinator)
    answer = press(client, briefing, keys[0], "hide")
    assert blocks(answer) == [keys[0], keys[7]]
    assert f"See paragraph {draft.numbers[keys[3]] - 1}." in answer["blocks"]


def test_a_refused_act_says_why_and_brings_what_has_changed(client, briefing, keys, colleague):
    state = draft_rows.state_of(briefing)
    drafts.merge(briefing=briefing, key=keys[0], by=colleague)
    answer = press(client, briefing, keys[1], "hide", state=state)
    assert answer["says"] == "That paragraph is not in this draft."
    assert blocks(answer) == [keys[0]]
    assert keys[1] not in answer["order"]["delay"]


@pytest.mark.parametrize("state", ["", "1-2", "1-2-3-4", "x-1-1"])
def test_without_a_state_the_whole_page_is_to_be_shown(client, briefing, keys, state):
    assert press(client, briefing, keys[0], "hide", state=state)["whole"] is True
    assert briefing.draft_paragraphs.get(key=keys[0]).is_hidden


def test_after_a_change_of_a_heading_the_whole_page_is_to_be_shown(
    client, briefing, keys, colleague
):
    state = draft_rows.state_of(briefing)
    drafts.retitle(
        briefing=briefing, section="delay", heading="What is late", was="Delay", by=colleague
    )
    assert press(client, briefing, keys[0], "hide", state=state)["whole"] is True


def test_the_menu_of_an_open_paragraph_comes_with_the_answer(client, briefing, keys):
    assert press(client, briefing, keys[0], "hide")["menu"] == ""
    menu = press(client, briefing, keys[0], "restore", menu="open")["menu"]
    assert 'value="hide"' in menu and 'value="restore"' not in menu


def test_a_paragraph_is_opened_without_the_rest_of_the_page(client, briefing, keys):
    address = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    asked = {"state": draft_rows.state_of(briefing), "edit": keys[3]}
    answer = client.get(address, asked, headers={"accept": "application/json"}).json()
    assert blocks(answer) == [keys[3]]
    assert "Paragraph 3 is written. It has a second sentence.</textarea>" in answer["blocks"]


def test_the_page_holds_no_menu_and_the_menus_own_page_does(client, briefing, keys):
    page = client.get(reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])).text
    assert page.count('class="workshop-acts"') == briefing.draft_asks.count()
    address = reverse("workshop:acts", args=[briefing.plan.slug, briefing.pk, keys[3]])
    assert f'href="{address}"' in page
    menu = client.get(address).text
    assert menu.count('class="workshop-acts"') == 1
    assert "It has a second sentence." in menu
    gone = reverse("workshop:acts", args=[briefing.plan.slug, briefing.pk, "p-gone"])
    assert client.get(gone).status_code == 404
    answer = client.get(gone, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (
        409,
        {"says": "That paragraph is not in this draft."},
    )


@pytest.mark.parametrize("count", [1, 6])
def test_what_has_changed_takes_the_same_queries_for_any_number_of_paragraphs(
    briefing, keys, coordinator, count, django_assert_num_queries
):
    state = draft_rows.state_of(briefing)
    for key in keys[:count]:
        drafts.hide(briefing=briefing, key=key, by=coordinator)
    # The state; the keys since; the draft; te reo names.
    with django_assert_num_queries(1 + 1 + 3 + 1):
        found = changes_since(briefing, state)
    assert [block.key for block in found.blocks] == keys[:count]


@pytest.mark.parametrize("count", [2, PARAGRAPHS])
def test_moving_a_paragraph_takes_the_same_queries_past_any_number_of_others(
    briefing, keys, coordinator, count, django_assert_max_num_queries
):
    with django_assert_max_num_queries(18):
        drafts.move(
            briefing=briefing, key=keys[0], section="delay", position=count - 1, by=coordinator
        )
    moved = shown(briefing, "delay")
    assert moved == [*keys[1:count], keys[0], *keys[count:]]
    positions = dict(briefing.draft_paragraphs.values_list("key", "position"))
    for row in briefing.draft_paragraphs.filter(key__in=keys):
        last = row.history.order_by("-history_id").first()
        assert (last.position, last.text, last.taken) == (positions[row.key], row.text, row.taken)
        if row.key in keys[:count]:
            assert (last.history_type, last.history_change_reason) == ("~", "Moved")
            assert (last.history_user, last.history_actor) == (
                coordinator,
                coordinator.signature,
            )

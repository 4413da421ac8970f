"""Test that the paragraphs about one item are found, move together, and are merged into one."""

from collections import Counter

import pytest
from django.urls import reverse

from reports.document import Source
from reports.drafting import draft_rows
from reports.drafting.draft import (
    Composed,
    Draft,
    Drift,
    Origin,
    Part,
    Portion,
    Taken,
    drifts,
    refresh,
    split_list,
)
from reports.drafting.page import menu_of
from reports.drafting.stories import Story, story_of
from reports.models import DraftAct
from reports.workshop.services import drafts, undoing
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    RiskFactory,
    WorkItemFactory,
)
from workitems.plan.services import Refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what an act does to a draft; drafts are saved on both"),
]


@pytest.fixture
def other(plan, customs):
    return WorkItemFactory(plan=plan, number="1.3", lead_agency=customs)


def source(row):
    return Source(row._meta.label_lower, row.pk, None, str(row.pk))


@pytest.fixture
def about(briefing, coordinator):
    """Add a paragraph about some records to a section, after those added before, and return its key."""
    added = Counter()

    def add(section, text, *rows):
        added[section] += 1
        return drafts.add(
            briefing=briefing, section=section, position=added[section] - 1,
            text=text, sources=tuple(map(source, rows)), by=coordinator,
        ).key  # fmt: skip

    return add


@pytest.fixture
def story(item, other, about):
    """Keys of paragraphs: on an item's delay, on another item, on the first again, and on what is done."""
    delay = DelayFactory(milestone=MilestoneFactory(item=item))
    return [
        about("delay", "It is late.", delay),
        about("delay", "The other is late.", other),
        about("delay", "Its date has moved.", delay.milestone, item),
        about("mitigation", "Police will print it.", MitigationFactory(delay=delay)),
    ]


def draft_of(briefing):
    return draft_rows.read_draft(briefing).draft


def order(briefing, section, keys):
    return [part.key for part in draft_of(briefing).portion(section).parts if part.key in keys]


def test_paragraphs_of_one_items_records_are_its_story(briefing, story, item):
    late, other, moved, done = story
    assert story_of(draft_of(briefing), late) == Story(item.number, (moved,), (done,))
    assert story_of(draft_of(briefing), done) == Story(item.number, (), (late, moved))
    assert story_of(draft_of(briefing), other) == Story("1.3")


def test_what_is_about_two_items_or_left_out_is_of_no_story(
    briefing, story, about, item, other, coordinator
):
    both = about("delay", "Both are late.", item, other)
    drafts.hide(briefing=briefing, key=story[2], by=coordinator)
    assert story_of(draft_of(briefing), both) == Story()
    assert story_of(draft_of(briefing), story[2]) == Story()
    assert story_of(draft_of(briefing), story[0]).others == (story[3],)


def test_a_risk_is_of_its_items_story_and_one_to_the_plan_of_none(briefing, about, item, plan):
    of_item = about("next-steps", "A risk.", RiskFactory(plan=plan, item=item))
    of_plan = about("next-steps", "Another risk.", RiskFactory(plan=plan, number=2, item=None))
    written = about("next-steps", "On the item.", item)
    assert story_of(draft_of(briefing), of_item).others == (written,)
    assert story_of(draft_of(briefing), of_plan) == Story()


@pytest.mark.parametrize("count", [1, 5])
def test_a_story_takes_the_same_queries_for_any_number_of_paragraphs(
    briefing, about, item, other, count, django_assert_num_queries
):
    keys = [about("delay", "About it.", item, MilestoneFactory(item=item)) for _ in range(count)]
    draft = draft_of(briefing)
    # Items and milestones; the draft cites the plan too, and no other type of record of an item.
    with django_assert_num_queries(2):
        assert len(story_of(draft, keys[0]).beside) == count - 1


def test_a_paragraph_moves_with_the_others_of_its_section_about_the_item(
    briefing, story, coordinator
):
    late, other, moved, done = story
    drafts.step_story(briefing=briefing, key=moved, places=-1, by=coordinator)
    assert order(briefing, "delay", story) == [late, moved, other]
    drafts.step_story(briefing=briefing, key=late, places=1, by=coordinator)
    assert order(briefing, "delay", story) == [other, late, moved]
    drafts.step_story(briefing=briefing, key=moved, places=-1, by=coordinator)
    assert order(briefing, "delay", story) == [late, moved, other]
    drafts.move_story(
        briefing=briefing, key=moved, section="mitigation", position=0, by=coordinator
    )
    assert order(briefing, "delay", story) == [other]
    assert order(briefing, "mitigation", story) == [late, moved, done]


def test_scattered_paragraphs_about_an_item_are_first_gathered(briefing, story, coordinator):
    late, other, moved, _done = story
    drafts.step_story(briefing=briefing, key=late, places=1, by=coordinator)
    assert order(briefing, "delay", story) == [other, late, moved]
    assert draft_of(briefing).portion("delay").parts[0].key == other


def test_at_the_edge_of_a_section_a_story_goes_on_into_the_next(briefing, story, coordinator):
    late, other, moved, _done = story
    for _ in range(2):
        drafts.step_story(briefing=briefing, key=moved, places=-1, by=coordinator)
    assert order(briefing, "delay", story) == [other]
    assert [part.key for part in draft_of(briefing).portion("achievements").parts][-2:] == [
        late,
        moved,
    ]


def test_merged_paragraphs_stand_in_one_in_the_papers_order(briefing, story, coordinator, item):
    late, other, moved, done = story
    drafts.edit(
        briefing=briefing, key=other, text=f"See paragraph {{{done}}}.", version=1, by=coordinator
    )
    drafts.merge_others(briefing=briefing, key=moved, others=[done, late], by=coordinator)
    draft = draft_of(briefing)
    assert draft.part(moved).text == "It is late. Its date has moved. Police will print it."
    assert [each.model for each in draft.part(moved).sources] == [
        "workitems.delay",
        "workitems.milestone",
        "workitems.workitem",
        "workitems.mitigation",
    ]
    assert order(briefing, "delay", story) == [other, moved]
    assert order(briefing, "mitigation", story) == []
    assert draft.part(other).text == f"See paragraph {{{moved}}}."
    assert story_of(draft, moved) == Story(item.number)


def test_a_merge_is_one_act_and_undone_at_once(briefing, story, coordinator):
    before, acts = draft_of(briefing), DraftAct.objects.count()
    drafts.merge_others(briefing=briefing, key=story[0], others=story[2:], by=coordinator)
    assert DraftAct.objects.count() == acts + 1
    act = DraftAct.objects.to_undo(coordinator, briefing)
    assert (act.kind, act.key) == (DraftAct.Kind.MERGE, story[0])
    undoing.undo(briefing=briefing, act=act.pk, by=coordinator)
    assert draft_of(briefing) == before


def test_nothing_is_merged_without_a_tick_or_into_what_is_left_out(briefing, story, coordinator):
    with pytest.raises(Refused, match="^Tick at least one other paragraph"):
        drafts.merge_others(briefing=briefing, key=story[0], others=[], by=coordinator)
    drafts.hide(briefing=briefing, key=story[3], by=coordinator)
    with pytest.raises(Refused, match="^The other paragraphs are no longer in the paper"):
        drafts.merge_others(briefing=briefing, key=story[0], others=story[3:], by=coordinator)
    with pytest.raises(Refused, match="^The other paragraphs are no longer in the paper"):
        drafts.merge_others(briefing=briefing, key=story[3], others=story[:1], by=coordinator)


def test_only_the_last_of_merged_paragraphs_may_have_sub_bullets(
    briefing, story, about, item, coordinator
):
    listed = about("delay", "Two things:\n- one\n- two", item)
    drafts.merge_others(briefing=briefing, key=story[0], others=[listed], by=coordinator)
    assert draft_of(briefing).part(story[0]).text == "It is late. Two things:\n- one\n- two"
    with pytest.raises(Refused, match="ends in sub-bullets"):
        drafts.merge_others(briefing=briefing, key=story[3], others=story[:1], by=coordinator)


def test_what_is_too_long_together_is_not_merged(briefing, about, item, coordinator):
    keys = [about("delay", "word " * 1_900, item) for _ in range(2)]
    with pytest.raises(Refused, match="^A piece of text is 18,999 characters long"):
        drafts.merge_others(briefing=briefing, key=keys[0], others=keys[1:], by=coordinator)


def test_a_list_is_split_into_paragraphs_that_are_of_their_own_items_stories(
    briefing, item, other, about, coordinator
):
    done = about("mitigation", "Police will print it.", item)
    key = about("delay", "Two are late:\n- the card, for\n  - parents\n- The poster.", item, other)
    version = briefing.draft_paragraphs.get(key=key).version
    before = draft_of(briefing)
    drafts.split_list(briefing=briefing, key=key, version=version, by=coordinator)
    draft = draft_of(briefing)
    lead, card, poster = draft.portion("delay").parts[:3]
    assert [each.text for each in (lead, card, poster)] == [
        "Two are late.",
        "The card, for\n- parents.",
        "The poster.",
    ]
    assert (lead.key, [each.pk for each in card.sources]) == (key, [item.pk])
    assert story_of(draft, card.key).others == (done,)
    assert story_of(draft, poster.key) == Story("1.3")
    act = DraftAct.objects.to_undo(coordinator, briefing)
    undoing.undo(briefing=briefing, act=act.pk, by=coordinator)
    assert draft_of(briefing) == before
    with pytest.raises(Refused, match="^This paragraph has no sub-bullets"):
        drafts.split_list(briefing=briefing, key=done, version=1, by=coordinator)


def test_a_generated_list_is_split_by_the_records_of_its_bullets(item, other):
    sources = (source(item), source(other), Source("workitems.plan", 1, None, "Plan"))
    lines = (
        (f"workitems.workitem {item.pk}", "workitems.plan 1"),
        (f"workitems.workitem {other.pk}",),
    )
    text = "Two are late:\n- The card.\n- The poster."
    part = Part(
        key="p-1",
        text=text,
        origin=Origin.GENERATED,
        taken=(Taken("p-1", text, lines),),
        sources=sources,
    )
    draft = Draft((Portion("delay", "Delay", "delay", (part,)),))
    lead, *further = split_list(draft, "p-1", ["p-2", "p-3"]).parts()
    assert (lead.text, lead.origin, lead.sources) == ("Two are late.", Origin.EDITED, sources)
    assert [each.sources for each in further] == [(sources[0], sources[2]), (sources[1],)]
    assert drifts(Draft((Portion("delay", "Delay", "delay", (lead, *further)),)), []) == [
        Drift("p-1", text, "")
    ]


# --- the records --------------------------------------------------------------------------------


@pytest.fixture
def composed(briefing):
    """What the records say: as the draft has it."""
    return [
        Composed(portion.content, taken.key, taken.text, part.sources)
        for portion in draft_of(briefing).portions
        for part in portion.parts
        for taken in part.taken
    ]


@pytest.fixture
def merged(briefing, composed, coordinator):
    """The first two generated paragraphs, merged. Its key."""
    first, second = composed[0].key, composed[1].key
    drafts.merge_others(briefing=briefing, key=first, others=[second], by=coordinator)
    return first


def test_an_update_from_the_records_leaves_merged_paragraphs_alone(briefing, merged, composed):
    draft = draft_of(briefing)
    assert draft.part(merged).origin == Origin.EDITED
    assert refresh(draft, composed) == draft
    assert drifts(draft, composed) == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_merged_paragraph_has_drifted_when_any_of_its_records_says_something_else(
    briefing, merged, composed, which, coordinator
):
    changed = list(composed)
    changed[which] = Composed(
        composed[which].content, composed[which].key, "It says another thing."
    )
    draft = draft_of(briefing)
    assert refresh(draft, changed) == draft
    (drift,) = drifts(draft, changed)
    texts = [each.text for each in changed[:2]]
    assert (drift.key, drift.now) == (merged, "\n\n".join(texts))
    row = briefing.draft_paragraphs.get(key=merged)
    drafts.accept(
        briefing=briefing, key=merged, composed=changed, version=row.version, read=drift.digest,
        by=coordinator,
    )  # fmt: skip
    assert draft_of(briefing).part(merged).text == " ".join(texts)
    assert drifts(draft_of(briefing), changed) == []


# --- the page -----------------------------------------------------------------------------------


def address(briefing, name, key):
    return reverse(f"workshop:{name}", args=[briefing.plan.slug, briefing.pk, key])


def test_the_menu_names_the_other_paragraphs_about_the_item(client, briefing, story, item):
    numbers = draft_of(briefing).numbers
    menu = client.get(address(briefing, "acts", story[0])).text
    text = " ".join(menu.split())
    assert f"Other paragraphs about item {item.number}" in text
    assert f"Move up with paragraph {numbers[story[2]]}" in text
    assert f"{numbers[story[3]]}, under “Mitigation”: Police will print it." in text
    assert "Merge into this paragraph" in text
    # The next section is the likeliest.
    assert '<option value="mitigation" selected>' in menu
    assert "Merge into this paragraph" not in client.get(address(briefing, "acts", story[1])).text


@pytest.mark.parametrize("act", ["story-up", "story-down", "story-move", "merge"])
def test_each_press_works_without_a_script(client, briefing, story, act):
    before = draft_of(briefing)
    fields = {"act": act, "section": "purpose", "others": story[3:]}
    response = client.post(address(briefing, "paragraph", story[0]), fields)
    assert (response.status_code, response.url.partition("#")[2]) == (302, story[0])
    assert draft_of(briefing) != before
    said = client.get(response.url).context["messages"]
    assert [each.level_tag for each in said] == ["success"]


def test_a_merge_without_a_tick_says_what_to_do(client, briefing, story):
    response = client.post(address(briefing, "paragraph", story[0]), {"act": "merge"}, follow=True)
    assert "Tick at least one other paragraph." in response.text


def test_only_the_others_of_the_section_are_ticked_to_be_merged(briefing, about, item):
    key, beside = about("delay", "It is late.", item), about("delay", "It waits.", item)
    elsewhere = about("mitigation", "It is printed elsewhere.", item)
    related = menu_of(draft_rows.read_draft(briefing), key).related
    ticked = {each.key: each.is_ticked for each in related}
    assert (ticked.pop(beside), ticked[elsewhere], set(ticked.values())) == (True, False, {False})

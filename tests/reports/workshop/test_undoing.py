"""Test undo and redo of a draft: every act, back and forth, by one person and by two."""

import random
import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from reports.briefings.services import states
from reports.document import Source, Verb
from reports.drafting import draft_rows
from reports.drafting.draft import Composed, drifts
from reports.drafting.undo_steps import steps_of
from reports.models import Briefing, DraftAct
from reports.workshop.services import drafts, undoing
from reports.workshop.services.undoing import ChangedSince
from tests.factories import SeatFactory
from workitems.models import WorkItem
from workitems.plan.services import Refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what an act does to a draft; drafts are saved on both"),
]

TWO = "The first sentence is here. The second sentence is here."


@pytest.fixture
def second(plan):
    """A second coordinator."""
    return SeatFactory(
        agency=plan.coordinating_agency, role="coordinator", user__name="Second"
    ).user


@pytest.fixture
def keys(briefing, coordinator):
    """Four written paragraphs under “Delay”."""
    found = []
    for n in range(4):
        after = found[-1] if found else ""
        row = drafts.add(
            briefing=briefing,
            section="delay",
            after=after,
            text=f"{TWO} Number {n}.",
            by=coordinator,
        )
        found.append(row.key)
    return found


def draft_of(briefing):
    return draft_rows.read_draft(briefing).draft


def version_of(briefing, key):
    rows = draft_rows.read_draft(briefing)
    return (rows.paragraphs.get(key) or rows.asks.get(key)).version


def undo(briefing, by):
    act = DraftAct.objects.to_undo(by, briefing)
    return undoing.undo(briefing=briefing, act=act.pk if act else 0, by=by)


def redo(briefing, by):
    act = DraftAct.objects.to_redo(by, briefing)
    return undoing.redo(briefing=briefing, act=act.pk if act else 0, by=by)


# --- every act ----------------------------------------------------------------------------------


def composed(briefing, changed="The records say this now."):
    """What the records say: the generated paragraphs, the first with other words, and a new one."""
    found = [
        Composed(portion.content, taken.key, taken.text, part.sources)
        for portion in draft_of(briefing).portions
        for part in portion.parts
        for taken in part.taken
    ]
    first, *others = found
    new = Composed(first.content, "c-new", f"New. {changed}")
    return [Composed(first.content, first.key, changed, first.sources), new, *others]


def generated(briefing):
    return next(part.key for part in draft_of(briefing).parts() if part.taken)


def on_drift(service):
    def act(briefing, by, key):
        key = generated(briefing)
        drafts.edit(
            briefing=briefing,
            key=key,
            text=f"Mine. {key}",
            version=version_of(briefing, key),
            by=by,
        )
        now = composed(briefing, "The records say something else.")
        read = next(each.digest for each in drifts(draft_of(briefing), now) if each.key == key)
        service(
            briefing=briefing,
            key=key,
            composed=now,
            read=read,
            version=version_of(briefing, key),
            by=by,
        )

    return act


def on_hidden(briefing, by, key):
    drafts.hide(briefing=briefing, key=key, by=by)
    drafts.restore(briefing=briefing, key=key, by=by)


def back(briefing, by, key):
    first = briefing.draft_paragraphs.get(key=key).history.order_by("history_id").first()
    drafts.edit(briefing=briefing, key=key, text="Other.", version=version_of(briefing, key), by=by)
    drafts.go_back(
        briefing=briefing, key=key, to=first.history_id, version=version_of(briefing, key), by=by
    )


def ask(briefing):
    return briefing.draft_asks.order_by("position")[0].key


def add_ask(briefing, by):
    key = f"r-{uuid4().hex[:8]}"
    return drafts.save_ask(
        briefing=briefing, key=key, verb=Verb.AGREE, text=f"that it is so, {key}", options="",
        version=0, by=by,
    )  # fmt: skip


def edit_ask(briefing, by, key):
    drafts.save_ask(
        briefing=briefing, key=ask(briefing), verb=Verb.DIRECT, text="that it be so", options="yes / no",
        version=version_of(briefing, ask(briefing)), by=by,
    )  # fmt: skip


def order_asks(briefing, by, key):
    row = add_ask(briefing, by)
    drafts.step_ask(briefing=briefing, key=row.key, places=-1, by=by)


def hide_ask(briefing, by, key):
    row = add_ask(briefing, by)
    drafts.hide_ask(briefing=briefing, key=row.key, by=by)
    drafts.restore_ask(briefing=briefing, key=row.key, by=by)


def edit(text, *, is_pause=False):
    return lambda briefing, by, key: drafts.edit(
        briefing=briefing,
        key=key,
        text=text,
        version=version_of(briefing, key),
        by=by,
        is_pause=is_pause,
    )


def far_away(briefing, by):
    return drafts.add(briefing=briefing, section="purpose", text="Far away.", by=by).key


def of_item(briefing, by):
    """Two paragraphs about one item, with another between them. The last one's key."""
    item = WorkItem.objects.get()
    source = (Source("workitems.workitem", item.pk, None, "Item"),)
    common = {"briefing": briefing, "section": "delay", "by": by}
    for number, sources in enumerate([source, (), source]):
        row = drafts.add(text=f"About it {number}.", position=number + 1, sources=sources, **common)
    return row.key


ACTS = {
    "edit": edit("Other words."),
    "edit by a pause": edit("Other words.", is_pause=True),
    "edit into three": edit("One.\n\nTwo.\n\nThree."),
    "edit into three by a pause": edit("One.\n\nTwo.\n\nThree.", is_pause=True),
    "edit what is generated": lambda briefing, by, key: edit("Mine.")(briefing, by, generated(briefing)),
    "add": lambda briefing, by, key: drafts.add(
        briefing=briefing, section="purpose", text="New.", by=by
    ),
    "add by a pause": lambda briefing, by, key: drafts.add(
        briefing=briefing, section="delay", after=key, key="p-new", text="New.", by=by, is_pause=True
    ),
    "step": lambda briefing, by, key: drafts.step(briefing=briefing, key=key, places=1, by=by),
    "move": lambda briefing, by, key: drafts.move(
        briefing=briefing, key=key, section="purpose", position=0, by=by
    ),
    "split": lambda briefing, by, key: drafts.split(
        briefing=briefing, key=key, at=28, version=version_of(briefing, key), by=by
    ),
    "join": lambda briefing, by, key: drafts.merge(briefing=briefing, key=key, by=by),
    "join with the one before": lambda briefing, by, key: drafts.merge(
        briefing=briefing, key=key, by=by, side="before"
    ),
    "merge": lambda briefing, by, key: drafts.merge_others(
        briefing=briefing, key=key, others=[generated(briefing), far_away(briefing, by)], by=by
    ),
    "move what is about one item": lambda briefing, by, key: drafts.step_story(
        briefing=briefing, key=of_item(briefing, by), places=-1, by=by
    ),
    "move what is about one item away": lambda briefing, by, key: drafts.move_story(
        briefing=briefing, key=of_item(briefing, by), section="purpose", position=0, by=by
    ),
    "hide": lambda briefing, by, key: drafts.hide(briefing=briefing, key=key, by=by),
    "restore": on_hidden,
    "back": back,
    "accept": on_drift(drafts.accept),
    "dismiss": on_drift(drafts.dismiss),
    "refresh": lambda briefing, by, key: drafts.refresh(
        briefing=briefing, composed=composed(briefing), by=by
    ),
    "refresh that removes": lambda briefing, by, key: drafts.refresh(
        briefing=briefing, composed=composed(briefing)[2:], by=by
    ),
    "heading": lambda briefing, by, key: drafts.retitle(
        briefing=briefing, section="delay", heading="What is late", was="Delay", by=by
    ),
    "add a recommendation": lambda briefing, by, key: add_ask(briefing, by),
    "edit a recommendation": edit_ask,
    "order recommendations": order_asks,
    "restore a recommendation": hide_ask,
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_undone_and_redone_exactly(briefing, coordinator, keys, name):
    before, begun = draft_of(briefing), DraftAct.objects.count()
    ACTS[name](briefing, coordinator, keys[1])
    after, steps = draft_of(briefing), DraftAct.objects.count() - begun
    assert steps > 0
    for _ in range(steps):
        undo(briefing, coordinator)
    assert draft_of(briefing) == before
    for _ in range(steps):
        redo(briefing, coordinator)
    assert draft_of(briefing) == after
    for _ in range(steps):
        undo(briefing, coordinator)
    assert draft_of(briefing) == before


def test_every_kind_of_act_is_tested(briefing, coordinator, keys):
    begun = DraftAct.objects.to_undo(coordinator, briefing)
    for act in ACTS.values():
        act(briefing, coordinator, keys[1])
        while DraftAct.objects.to_undo(coordinator, briefing) != begun:
            undo(briefing, coordinator)
    assert set(DraftAct.objects.values_list("kind", flat=True)) == set(DraftAct.Kind.values)


def possible(briefing, by, rng):
    """Yield acts in random order; one that is refused changes nothing."""
    draft = draft_of(briefing)
    shown = [
        part.key
        for portion in draft.portions
        if portion.content != "recommendation"
        for part in portion.parts
    ]
    key, section = rng.choice(shown), rng.choice(draft.portions[:-1]).key
    version = version_of(briefing, key)
    common = {"briefing": briefing, "by": by}
    asked = rng.choice(draft.asks)
    number = rng.randrange(10**6)
    text = rng.choice(
        [
            TWO,
            f"Words {number}.",
            f"One {number}.\n\nTwo.",
            f"See paragraph {{{rng.choice(shown)}}}.",
        ]
    )
    first = briefing.draft_paragraphs.get(key=key).history.order_by("history_id").first()
    acts = [
        lambda: drafts.edit(key=key, text=text, version=version, is_pause=rng.random() < 0.5, **common),
        lambda: drafts.add(section=section, position=rng.randrange(4), text=text, **common),
        lambda: drafts.step(key=key, places=rng.choice([-1, 1]), **common),
        lambda: drafts.move(key=key, section=section, position=rng.randrange(6), **common),
        lambda: drafts.split(key=key, at=28, version=version, **common),
        lambda: drafts.merge(key=key, **common),
        lambda: drafts.split_list(key=key, version=version, **common),
        lambda: drafts.merge_others(key=key, others=[rng.choice(shown)], **common),
        lambda: drafts.step_story(key=key, places=rng.choice([-1, 1]), **common),
        lambda: drafts.move_story(key=key, section=section, position=rng.randrange(6), **common),
        lambda: drafts.hide(key=key, **common),
        lambda: drafts.restore(key=key, **common),
        lambda: drafts.go_back(key=key, to=first.history_id, version=version, **common),
        lambda: drafts.refresh(composed=composed(briefing, f"Say {number}."), **common),
        lambda: drafts.retitle(section=section, heading=f"Heading {number}", was=draft.portion(section).heading, **common),
        lambda: add_ask(briefing, by),
        lambda: drafts.step_ask(key=asked.key, places=rng.choice([-1, 1]), **common),
        lambda: drafts.hide_ask(key=asked.key, **common),
        lambda: drafts.restore_ask(key=asked.key, **common),
    ]  # fmt: skip
    rng.shuffle(acts)
    return acts


def act_at_random(briefing, by, rng):
    """Do one act that changes the draft."""
    before = draft_of(briefing)
    for act in possible(briefing, by, rng):
        try:
            with transaction.atomic():
                act()
        except Refused:
            continue
        if draft_of(briefing) != before:
            return


@pytest.mark.parametrize("seed", range(6))
def test_random_acts_are_undone_and_redone_to_the_very_draft(briefing, coordinator, keys, seed):
    rng = random.Random(seed)
    done, undone = [draft_of(briefing)], []
    for _ in range(16):
        # A pause may go into the step before.
        steps = DraftAct.objects.filter(step="done").count()
        step = rng.choice(["act", "act", "act", "undo", "undo", "redo"])
        if step == "undo" and len(done) > 1:
            undone.append(done.pop())
            undo(briefing, coordinator)
        elif step == "redo" and undone:
            done.append(undone.pop())
            redo(briefing, coordinator)
        elif step == "act":
            act_at_random(briefing, coordinator, rng)
            undone.clear()
            if DraftAct.objects.filter(step="done").count() == steps:
                done.pop()
            done.append(draft_of(briefing))
        assert draft_of(briefing) == done[-1]
        assert (DraftAct.objects.to_redo(coordinator, briefing) is None) == (not undone)
    while len(done) > 1:
        undone.append(done.pop())
        undo(briefing, coordinator)
        assert draft_of(briefing) == done[-1]
    while undone:
        redo(briefing, coordinator)
        assert draft_of(briefing) == undone.pop()


@pytest.mark.parametrize("seed", range(4))
def test_random_acts_of_two_people_keep_what_the_other_did(
    briefing, coordinator, second, keys, seed
):
    """A part of the draft never changes by an undo of somebody who has not changed it."""
    rng = random.Random(seed)
    for _ in range(14):
        by = rng.choice([coordinator, second])
        step = rng.choice(["act", "act", "undo", "redo"])
        if step == "act":
            act_at_random(briefing, by, rng)
            continue
        before = {part.key: part for part in draft_of(briefing).parts()}
        try:
            with transaction.atomic():
                act = (undo if step == "undo" else redo)(briefing, by)
        except Refused:
            continue
        after = {part.key: part for part in draft_of(briefing).parts()}
        was, now = (
            {part.key: part for part in draft_rows.read_draft_at(briefing, state).parts()}
            for state in (act.reverses.before, act.reverses.after)
        )
        theirs = {key for key in before if was.get(key) == now.get(key)}
        assert {key: after.get(key) for key in theirs} == {key: before[key] for key in theirs}


# --- whose acts, and when -----------------------------------------------------------------------


def test_undo_takes_ones_own_last_act_and_leaves_a_colleagues(briefing, coordinator, second, keys):
    edit("Mine.")(briefing, coordinator, keys[0])
    edit("Theirs.")(briefing, second, keys[1])
    undo(briefing, coordinator)
    texts = {part.key: part.text for part in draft_of(briefing).parts()}
    assert (texts[keys[0]], texts[keys[1]]) == (f"{TWO} Number 0.", "Theirs.")


def test_an_undo_is_an_act_with_history_that_rewrites_nothing(briefing, coordinator, keys):
    row = briefing.draft_paragraphs.get(key=keys[0])
    edit("Other.")(briefing, coordinator, keys[0])
    before = list(row.history.order_by("history_id").values())
    undo(briefing, coordinator)
    after = list(row.history.order_by("history_id").values())
    assert after[: len(before)] == before
    last = after[-1]
    assert (last["history_user_id"], last["history_change_reason"], last["text"]) == (
        coordinator.pk, "Undone: edit", f"{TWO} Number 0.",
    )  # fmt: skip


def test_a_colleagues_later_words_refuse_the_undo_and_are_shown_beside_ones_own(
    briefing, coordinator, second, keys
):
    edit("Mine.")(briefing, coordinator, keys[0])
    edit("Theirs.")(briefing, second, keys[0])
    before, acts = draft_of(briefing), DraftAct.objects.count()
    with pytest.raises(ChangedSince) as refusal:
        undo(briefing, coordinator)
    number = before.numbers[keys[0]]
    assert str(refusal.value).startswith(
        f"{second.signature} changed paragraph {number} after you, so nothing was undone."
    )
    [difference] = refusal.value.differences
    assert (difference.now, difference.then) == ("Theirs.", f"{TWO} Number 0.")
    assert difference.at == briefing.draft_paragraphs.get(key=keys[0]).history.first().history_date
    assert (draft_of(briefing), DraftAct.objects.count()) == (before, acts)
    undo(briefing, second)
    undo(briefing, coordinator)
    assert draft_of(briefing).part(keys[0]).text == f"{TWO} Number 0."


def left_out(briefing, by, key):
    drafts.hide(briefing=briefing, key=key, by=by)


def moved_far(briefing, by, key):
    drafts.move(briefing=briefing, key=key, section="purpose", position=0, by=by)


def joined(briefing, by, key):
    before = draft_of(briefing).portion("delay").parts
    first = before[[part.key for part in before].index(key) - 1].key
    drafts.merge(briefing=briefing, key=first, by=by)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("edit", left_out),
        ("edit", joined),
        ("move", moved_far),
        ("step", lambda briefing, by, key: drafts.step(briefing=briefing, key=key, places=-1, by=by)),
        ("split", edit("Theirs.")),
        ("join", edit("Theirs.")),
        ("hide", edit("Theirs.")),
        ("refresh", lambda briefing, by, key: edit("Theirs.")(briefing, by, generated(briefing))),
        ("heading", lambda briefing, by, key: drafts.retitle(
            briefing=briefing, section="delay", heading="Theirs", was="What is late", by=by
        )),
        ("edit a recommendation", lambda briefing, by, key: drafts.save_ask(
            briefing=briefing, key=ask(briefing), verb=Verb.NOTE, text="theirs", options="",
            version=version_of(briefing, ask(briefing)), by=by,
        )),
    ],
)  # fmt: skip
def test_what_another_changed_since_refuses_the_undo_as_a_whole(
    briefing, coordinator, second, keys, mine, theirs
):
    if mine == "move":
        drafts.move(
            briefing=briefing, key=keys[1], section="background", position=0, by=coordinator
        )
    else:
        ACTS[mine](briefing, coordinator, keys[1])
    theirs(briefing, second, keys[1])
    before = draft_of(briefing)
    with pytest.raises(ChangedSince, match=f"^{re.escape(second.signature[:6])}"):
        undo(briefing, coordinator)
    assert draft_of(briefing) == before


def test_what_was_moved_returns_to_its_neighbours_though_others_have_come(
    briefing, coordinator, second, keys
):
    drafts.move(briefing=briefing, key=keys[2], section="purpose", position=0, by=coordinator)
    new = drafts.add(
        briefing=briefing, section="delay", after=keys[0], text="Theirs.", by=second
    ).key
    drafts.step(briefing=briefing, key=keys[3], places=-1, by=second)
    undo(briefing, coordinator)
    order = [part.key for part in draft_of(briefing).portion("delay").parts]
    assert [key for key in order if key in {*keys, new}] == [
        keys[0],
        new,
        keys[3],
        keys[1],
        keys[2],
    ]


def test_a_new_act_empties_redo_and_a_colleagues_does_not(briefing, coordinator, second, keys):
    edit("Mine.")(briefing, coordinator, keys[0])
    undo(briefing, coordinator)
    edit("Theirs.")(briefing, second, keys[1])
    assert DraftAct.objects.to_redo(coordinator, briefing) is not None
    left_out(briefing, coordinator, keys[2])
    assert DraftAct.objects.to_redo(coordinator, briefing) is None


@pytest.mark.both_databases
def test_two_presses_of_one_button_undo_once(briefing, coordinator, keys):
    act = DraftAct.objects.to_undo(coordinator, briefing)
    undoing.undo(briefing=briefing, act=act.pk, by=coordinator)
    with pytest.raises(Refused, match="^That was already undone."):
        undoing.undo(briefing=briefing, act=act.pk, by=coordinator)
    assert keys[3] not in draft_of(briefing).numbers and keys[2] in draft_of(briefing).numbers


def test_only_the_last_act_is_undone_and_nobody_elses(briefing, coordinator, second, keys):
    first = DraftAct.objects.order_by("pk")[0]
    for by in (coordinator, second):
        with pytest.raises(Refused, match="^That was not your last change here"):
            undoing.undo(briefing=briefing, act=first.pk, by=by)


def test_alternating_pauses_are_undone_in_their_order(briefing, coordinator, keys):
    for key, text in [(0, "A"), (0, "A B"), (1, "C"), (0, "A B D")]:
        edit(text, is_pause=True)(briefing, coordinator, keys[key])
    seen = []
    for _ in range(3):
        undo(briefing, coordinator)
        seen.append([draft_of(briefing).part(key).text for key in keys[:2]])
    assert seen == [
        ["A B", "C"], ["A B", f"{TWO} Number 1."], [f"{TWO} Number 0.", f"{TWO} Number 1."],
    ]  # fmt: skip


def test_the_last_recommendation_stays(briefing, coordinator, second, keys):
    first = ask(briefing)
    add_ask(briefing, coordinator)
    drafts.hide_ask(briefing=briefing, key=first, by=second)
    with pytest.raises(Refused, match="^A briefing must have at least one recommendation."):
        undo(briefing, coordinator)


@pytest.mark.parametrize("state", [each for each in Briefing.State if each not in Briefing.OPEN])
def test_a_locked_text_is_not_undone(briefing, coordinator, keys, state):
    Briefing.objects.filter(pk=briefing.pk).update(state=state)
    for do in (undo, redo):
        with pytest.raises(Refused, match="; its text is locked.$"):
            do(briefing, coordinator)


def test_in_consultation_an_undo_is_an_edit_like_any_other(briefing, coordinator, keys):
    states.move(Briefing.objects.get(pk=briefing.pk), "in_consultation", by=coordinator)
    undo(briefing, coordinator)
    assert keys[3] not in draft_of(briefing).numbers


def test_the_words_of_the_buttons_say_what_and_where(briefing, coordinator, keys):
    def words():
        steps = steps_of(briefing, draft_rows.read_draft(briefing), coordinator)
        return steps.undo_words, steps.redo_words

    number = draft_of(briefing).numbers[keys[3]]
    assert words() == (f"add paragraph {number}", "")
    left_out(briefing, coordinator, keys[0])
    assert words()[0] == "leave out “The first sentence is here. …”"
    undo(briefing, coordinator)
    assert words() == (f"add paragraph {number}", f"leave out paragraph {number - 3}")


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_keeps_acts_as_they_were(briefing, coordinator, keys, change):
    acts = DraftAct.objects.filter(briefing=briefing)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        acts.update(kind="move") if change == "update" else acts.delete()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "wrong", [{"step": "undone"}, {"step": "gone"}, {"step": "done", "reverses": True}]
)
def test_the_database_refuses_a_senseless_act(briefing, coordinator, keys, wrong):
    last = DraftAct.objects.to_undo(coordinator, briefing)
    if wrong.get("reverses"):
        wrong = wrong | {"reverses": last}
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftAct.objects.create(
            briefing=briefing,
            by=coordinator,
            at=last.at,
            kind="edit",
            before="1-1-1",
            after="2-1-1",
            **wrong,
        )


@pytest.mark.parametrize("count", [1, 3])
def test_the_buttons_take_the_same_queries_after_any_number_of_acts(
    briefing, coordinator, keys, count, django_assert_num_queries
):
    for key in keys[:count]:
        left_out(briefing, coordinator, key)
    undo(briefing, coordinator)
    rows = draft_rows.read_draft(briefing)
    with django_assert_num_queries(2):
        steps_of(briefing, rows, coordinator)


# --- the page -----------------------------------------------------------------------------------


def press(client, briefing, name, act=None, *, state="", by_script=True):
    """Press a button as the script does, or as a page without it."""
    where = reverse("workshop:undo", args=[briefing.plan.slug, briefing.pk])
    headers = {"accept": "application/json"} if by_script else {}
    return client.post(
        where, {"act": name, name: act.pk if act else "", "state": state}, headers=headers
    )


def test_the_script_gets_what_changed_and_the_next_buttons(client, briefing, coordinator, keys):
    left_out(briefing, coordinator, keys[0])
    state, act = draft_rows.state_of(briefing), DraftAct.objects.to_undo(coordinator, briefing)
    result = press(client, briefing, "undo", act, state=state).json()
    assert re.findall(r'data-block="([^"]+)"', result["blocks"]) == [keys[0]]
    number = draft_of(briefing).numbers[keys[0]]
    assert (result["key"], result["says"]) == (keys[0], f"Undone: leave out paragraph {number}.")
    assert f">: add paragraph {number + 3}<" in result["steps"]
    assert f">: leave out paragraph {number}<" in result["steps"]
    assert result["overtaken"] == ""


def test_a_refused_undo_shows_both_texts_with_and_without_a_script(
    client, briefing, coordinator, second, keys
):
    edit("Mine.")(briefing, coordinator, keys[0])
    edit("Theirs.")(briefing, second, keys[0])
    state, act = draft_rows.state_of(briefing), DraftAct.objects.to_undo(coordinator, briefing)
    result = press(client, briefing, "undo", act, state=state).json()
    page = press(client, briefing, "undo", act, by_script=False)
    assert page.status_code == 422
    for html in (result["overtaken"], page.text):
        assert "Second" in html and "<p>Theirs.</p>" in html
        assert f"<p>{TWO} Number 0.</p>" in html
    assert draft_of(briefing).part(keys[0]).text == "Theirs."


def test_without_a_script_the_page_comes_back_at_the_paragraph(client, briefing, coordinator, keys):
    left_out(briefing, coordinator, keys[0])
    act = DraftAct.objects.to_undo(coordinator, briefing)
    answer = press(client, briefing, "undo", act, by_script=False)
    address = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    assert answer["Location"] == f"{address}#{keys[0]}"
    page = client.get(address).text
    number = draft_of(briefing).numbers[keys[0]]
    assert f"Undone: leave out paragraph {number}." in page
    assert f">: leave out paragraph {number}</span></button>" in page


def test_a_refused_press_says_why_and_changes_nothing(client, briefing, coordinator, keys):
    before = draft_of(briefing)
    for act in (None, DraftAct.objects.order_by("pk")[0]):
        result = press(client, briefing, "undo", act, state=draft_rows.state_of(briefing)).json()
        assert result["says"].startswith("That was not your last change here")
    assert draft_of(briefing) == before
    assert press(client, briefing, "redo").json()["says"].startswith("That was not your last")


def test_saved_words_bring_the_button_that_undoes_them(client, briefing, coordinator, keys):
    where = reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, keys[0]])
    result = client.post(
        where,
        {"act": "save", "text": "Other.", "version": 1, "seen": ""},
        headers={"accept": "application/json"},
    ).json()
    number = draft_of(briefing).numbers[keys[0]]
    assert f">: edit paragraph {number}<" in result["steps"]


def test_a_locked_draft_has_no_buttons(client, briefing, coordinator, keys):
    Briefing.objects.filter(pk=briefing.pk).update(state="awaiting")
    page = client.get(reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])).text
    assert "data-steps" not in page
    act = DraftAct.objects.to_undo(coordinator, briefing)
    answer = press(client, briefing, "undo", act, by_script=False)
    assert answer.status_code == 302
    assert "its text is locked." in client.get(answer["Location"]).text


# --- what a paragraph's pages list --------------------------------------------------------------


def test_the_versions_of_a_paragraph_list_changes_of_its_own_words_only(
    client, briefing, coordinator, keys
):
    drafts.step(briefing=briefing, key=keys[2], places=-1, by=coordinator)
    drafts.split(briefing=briefing, key=keys[0], at=28, version=1, by=coordinator)
    edit("Other words.")(briefing, coordinator, keys[1])
    left_out(briefing, coordinator, keys[1])
    page = client.get(reverse("workshop:versions", args=[briefing.plan.slug, briefing.pk, keys[1]]))
    reasons = [each["version"].history_change_reason or "" for each in page.context["entries"]]
    assert reasons == ["Hidden", "", ""]
    rows = briefing.draft_paragraphs.get(key=keys[1]).history.values_list("version", flat=True)
    assert len(rows) > len(reasons)

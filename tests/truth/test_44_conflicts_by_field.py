"""Rule 44: two people meet only in a field that both changed; nothing else is asked or overwritten."""

import pytest

from tests.factories import WorkItemFactory
from tests.workitems.record import NOW
from tests.workitems.returns.posting import LATE, asked, in_suva, save, typed
from workitems.models import MilestoneAnswer, MilestoneDraft
from workitems.returns.services import rounds

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("on_the_day"),
    pytest.mark.one_database,
]

WORDS = ("achieved", "planned_next", "challenges")


@pytest.fixture
def mine(client_of, contributor):
    return client_of(contributor)


@pytest.fixture
def theirs(client_of, approver):
    return client_of(approver)


@pytest.fixture
def shown(of_return, item, contributor):
    """Both pages show this answer."""
    return in_suva(of_return, item, contributor)


def words(of_return):
    return tuple(getattr(of_return.updates.get(), name) for name in WORDS)


def test_different_fields_of_one_item_need_no_question(mine, theirs, of_return, item, shown):
    assert save(theirs, of_return, item, **typed(item, shown, planned_next="Apia."))[0] == 200
    status, told = save(mine, of_return, item, **typed(item, shown, challenges="Rain."))
    assert (status, words(of_return)) == (200, ("In Suva.", "Apia.", "Rain."))
    assert told["answer"][f"i{item.pk}-planned_next"] == "Apia."


def test_a_pause_of_the_other_person_meanwhile_needs_no_question(
    mine, theirs, of_return, item, shown
):
    """Pauses of one person are one entry in the history, so it does not have every version."""
    for text in ("A", "Ap", "Apia."):
        now = of_return.updates.get()
        save(theirs, of_return, item, **typed(item, now, planned_next=text))
        if text == "A":
            seen = of_return.updates.get()
    status, _ = save(mine, of_return, item, **typed(item, seen, challenges="Rain."))
    assert (status, words(of_return)) == (200, ("In Suva.", "Apia.", "Rain."))


def test_a_field_that_both_changed_is_asked_about_in_three_texts(
    mine, theirs, of_return, item, shown
):
    save(theirs, of_return, item, **typed(item, shown, achieved="In Apia.", planned_next="Nadi."))
    status, told = save(
        mine, of_return, item, **typed(item, shown, achieved="In Labasa.", challenges="Rain.")
    )
    assert (status, words(of_return)) == (409, ("In Apia.", "Nadi.", ""))
    for text in ("In Suva.", "In Apia.", "In Labasa."):
        assert text in told["theirs"]
    for text in ("Nadi.", "Rain."):
        assert text not in told["theirs"]


def test_save_mine_never_touches_a_field_that_i_did_not_change(
    mine, theirs, of_return, item, shown
):
    save(theirs, of_return, item, **typed(item, shown, achieved="In Apia.", planned_next="Nadi."))
    said = typed(item, shown, achieved="In Labasa.", challenges="Rain.")
    page = mine.post(of_return.get_absolute_url(), {"act": "save", **said})
    (entry,) = page.context["led"]
    assert [each.name for each in entry.held] == ["achieved"]
    again = {f"i{item.pk}-{name}": entry.form[name].value() or "" for name in entry.form.fields}
    assert (
        mine.post(of_return.get_absolute_url(), {**again, **dict(entry.form.shown)}).status_code
        == 302
    )
    assert words(of_return) == ("In Labasa.", "Nadi.", "Rain.")


def test_keeping_theirs_keeps_what_i_wrote_elsewhere(mine, theirs, of_return, item, shown):
    save(theirs, of_return, item, **typed(item, shown, achieved="In Apia."))
    said = typed(item, shown, achieved="In Labasa.", challenges="Rain.")
    page = mine.post(of_return.get_absolute_url(), {"act": "save", **said})
    (entry,) = page.context["led"]
    again = {f"i{item.pk}-{name}": entry.form[name].value() or "" for name in entry.form.fields}
    again |= dict(entry.form.shown) | {"act": "theirs:1.2", f"i{item.pk}-held": "achieved "}
    assert mine.post(of_return.get_absolute_url(), again).status_code == 302
    assert words(of_return) == ("In Apia.", "", "Rain.")


@pytest.mark.both_databases
def test_different_fields_of_a_milestone_need_no_question(mine, theirs, of_return, item, milestone):
    save(mine, of_return, item, milestone=milestone.pk, **asked(milestone, **LATE))
    began = {f"initial-{name}": text for name, text in LATE.items()}
    both = asked(milestone, **LATE, **began, answer_version=1)
    for client, name in ((theirs, "effect"), (mine, "needs")):
        data = both | {f"m{milestone.pk}-{name}": "A tender."}
        assert save(client, of_return, item, milestone=milestone.pk, **data)[0] == 200
    answer = MilestoneAnswer.objects.get()
    assert (answer.effect, answer.needs) == ("A tender.", "A tender.")


def test_ticks_of_unchanged_items_stay_when_another_changed(
    theirs, of_return, item, shown, plan, police, contributor
):
    other = WorkItemFactory(plan=plan, number="1.4", lead_agency=police)
    about = {
        "of_return": of_return,
        "item": other,
        "stage": "under_way",
        "by": contributor,
        "at": NOW,
    }
    rounds.write_update(**about, achieved="Staff trained.")
    read = f"{of_return.get_absolute_url()}read/"
    page = theirs.get(read)
    versions = {f"i{each.section.item.pk}-version": 1 for each in page.context["reading"].changed}
    rounds.write_update(**about, achieved="All staff trained.", version=1)
    page = theirs.post(read, {"act": "submit", "accept": [item.pk, other.pk], **versions})
    assert page.status_code == 422
    assert page.context["changed_since"] == [other]
    assert page.context["accepted_ids"] == {item.pk}


def chosen(page, milestone):
    """Return what a browser posts when the other version of the milestone is kept."""
    (entry,) = page.context["led"]
    (step,) = entry.milestones
    held = {f"m{milestone.pk}-held": " ".join(each.name for each in step.held)}
    others = {f"other-m{milestone.pk}-{each.name}": each.in_box for each in step.held}
    boxes = {each.html_name: "" if each.value() is None else each.value() for each in step.form}
    for name, text in others.items():
        assert f'name="{name}" value="{text}"' in page.text
    shown = dict(step.form.shown)
    return {"act": f"theirs:m{milestone.pk}", **boxes, **shown, **held, **others}


@pytest.mark.parametrize(
    ("effect", "left"), [("Fewer copies.", [("The printer is late.", "Fewer copies.")]), ("", [])]
)
@pytest.mark.both_databases
def test_of_a_milestones_two_answers_the_other_can_be_kept(
    mine, theirs, of_return, item, milestone, effect, left
):
    save(theirs, of_return, item, milestone=milestone.pk, **asked(milestone, **LATE))
    said = asked(milestone, **LATE | {"reason": "Rain.", "effect": effect})
    page = mine.post(of_return.get_absolute_url(), {"act": "save", **said})
    page = mine.post(of_return.get_absolute_url(), chosen(page, milestone), follow=True)
    assert "The milestone keeps the other version." in page.text
    assert MilestoneAnswer.objects.get().reason == LATE["reason"]
    drafts = MilestoneDraft.objects.values_list("typed__reason", "typed__effect")
    assert list(drafts) == left

"""Test what the cover says is sought, as the draft's recommendations change."""

import pytest

from reports.document import Verb
from reports.drafting.cover import WITH_OWN_DECISIONS, action_sought, still_sought
from reports.drafting.draft import Ask
from reports.models import DraftAct
from reports.workshop.services import drafts, undoing
from tests.reports.drafted import drafted

USUAL, TYPED = "For your information", "Sign the letter"


def ask(verb):
    return Ask(key="r-1", verb=Verb(verb), text="that it is done")


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        (USUAL, "note", USUAL),
        (USUAL, "agree", WITH_OWN_DECISIONS),
        ("Note which new dates depend on decisions", "note", USUAL),
        (TYPED, "agree", TYPED),
    ],
)
def test_a_draft_begins_with_what_its_recommendations_ask_for(before, verb, after):
    assert action_sought(before, [ask(verb)]) == after


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        (WITH_OWN_DECISIONS, "agree", WITH_OWN_DECISIONS),
        (WITH_OWN_DECISIONS, "note", USUAL),
        (WITH_OWN_DECISIONS, "direct", WITH_OWN_DECISIONS),
        (WITH_OWN_DECISIONS, "approve", WITH_OWN_DECISIONS),
        (WITH_OWN_DECISIONS, "forward", USUAL),
        (TYPED, "note", TYPED),
        (USUAL, "agree", USUAL),
    ],
)
def test_the_cover_asks_for_decisions_as_long_as_a_recommendation_does(before, verb, after):
    assert still_sought(before, [ask(verb)]) == after


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_the_cover_follows_when_the_recommendation_is_changed_and_that_is_undone(
    plan, item, coordinator
):
    briefing = drafted(plan, item, coordinator)
    for verb in (Verb.AGREE, Verb.NOTE):
        row = briefing.draft_asks.get()
        briefing.action_sought = WITH_OWN_DECISIONS
        briefing.save()
        drafts.save_ask(
            briefing=briefing, key=row.key, verb=verb, text="the contents of it", options="",
            version=row.version, by=coordinator,
        )  # fmt: skip
        briefing.refresh_from_db()
    assert briefing.action_sought == USUAL
    # It asks for decisions again once that is undone, and no longer once it is done again.
    act = DraftAct.objects.to_undo(coordinator, briefing)
    for again, sought in ((undoing.undo, WITH_OWN_DECISIONS), (undoing.redo, USUAL)):
        act = again(briefing=briefing, act=act.pk, by=coordinator)
        briefing.refresh_from_db()
        assert briefing.action_sought == sought

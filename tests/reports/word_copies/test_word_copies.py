"""Test what an edited Word copy suggests, and what accepting and rejecting do."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from reports.drafting import draft_rows
from reports.models import Suggestion, WordCopy
from reports.word_copies import services as word_copies
from reports.workshop.services import drafts
from tests.reports.word_edits import Edited
from workitems.plan.services import Conflict, Refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="a Word file is read and compared with its draft"),
]

REVIEWER, OTHER = "Legal reviewer", "Policy reviewer"


def suggested(copy):
    """Return what a copy suggests: kind, key, author, text before and after."""
    return [
        (each.kind, each.key, each.author, each.was, each.would)
        for each in copy.suggestions.in_order()
    ]


def accept(row, coordinator, **how):
    row.refresh_from_db()
    return word_copies.accept(
        suggestion=row, version=row.version, by=coordinator, at=timezone.now(), **how
    )


def text(briefing, key):
    return word_copies.text_now(briefing, key)[0]


def order(briefing, section="delay"):
    draft = draft_rows.read_draft(briefing).draft
    return [part.key for part in draft.portion(section).shown]


def test_a_copy_that_was_not_edited_suggests_nothing(sent, upload):
    with pytest.raises(Refused, match="so there are no suggestions"):
        upload(sent())
    assert not WordCopy.objects.exists()


def test_a_copy_knows_the_draft_that_it_was_made_from(sent, upload, parts, briefing, coordinator):
    file = sent().replace(parts[0], "two", "four")
    drafts.add(briefing=briefing, section="delay", text="Written after that.", by=coordinator)
    copy = upload(file)
    assert copy.is_exact
    assert copy.exported_at <= timezone.now()
    assert [each.key for each in copy.suggestions.all()] == [parts[0]]


def test_tracked_changes_are_suggestions_of_their_authors_and_can_all_be_accepted(
    sent, upload, parts, briefing, coordinator
):
    file = (
        sent().replace(parts[0], "two", "four", REVIEWER).replace(parts[0], "late", "behind", OTHER)
    )
    first, second = upload(file).suggestions.in_order()
    was = "Brochures are late by two months."
    assert [(each.author, each.is_tracked, each.was, each.would) for each in (first, second)] == [
        (OTHER, True, was, "Brochures are behind by two months."),
        (REVIEWER, True, was, "Brochures are late by four months."),
    ]
    assert first.made_at == datetime(2010, 7, 19, 22, 30, tzinfo=UTC)
    for row in (first, second):
        accept(row, coordinator)
    assert text(briefing, parts[0]) == "Brochures are behind by four months."


def test_changes_without_tracking_are_suggestions_of_who_uploads(sent, upload, parts, coordinator):
    [row] = upload(sent().replace(parts[1], "June", "July")).suggestions.all()
    assert (row.kind, row.author, row.is_tracked) == ("edit", coordinator.signature, False)
    assert row.would == "Training begins in July 2011."


def test_new_deleted_and_moved_paragraphs_are_suggestions(
    sent, upload, parts, coordinator, briefing
):
    file = (
        sent()
        .add(parts[0], "A new paragraph.", REVIEWER)
        .remove(parts[1], REVIEWER)
        .move(parts[2], parts[0])
        .add(parts[2], "Another one.")
    )
    rows = {(each.kind, each.author): each for each in upload(file).suggestions.all()}
    mine = coordinator.signature
    assert set(rows) == {("move", mine), ("add", mine), ("add", REVIEWER), ("remove", REVIEWER)}
    assert (rows["move", mine].key, rows["move", mine].after) == (parts[2], parts[0])
    assert (rows["add", mine].would, rows["add", mine].after) == ("Another one.", parts[2])
    assert rows["add", REVIEWER].would == "A new paragraph."
    assert rows["remove", REVIEWER].key == parts[1]
    before = [key for key in order(briefing) if key not in parts]
    copy = WordCopy.objects.get()
    for row in copy.suggestions.in_order():
        accept(row, coordinator)
    added = [rows["add", mine].key, rows["add", REVIEWER].key]
    assert order(briefing) == [parts[0], parts[2], *added, *before]


def test_comments_are_suggestions_that_are_read(sent, upload, parts, coordinator):
    [row] = upload(sent().comment(parts[2], "Is that so?", OTHER)).suggestions.all()
    assert (row.kind, row.key, row.author, row.would, row.about) == (
        "comment",
        parts[2],
        OTHER,
        "Is that so?",
        "No money was set aside.",
    )
    with pytest.raises(Refused):
        accept(row, coordinator)
    word_copies.resolve(suggestion=row, version=1, by=coordinator, at=timezone.now())
    row.refresh_from_db()
    assert (row.state, row.decided_as) == ("resolved", coordinator.signature)


def test_what_has_no_place_is_listed_with_its_text(sent, upload, briefing):
    file = sent().replace(briefing.tracker_number, briefing.tracker_number, "10/99999")
    assert [(kind, was, would) for kind, _, _, was, would in suggested(upload(file))] == [
        ("unplaced", "", "10/99999"),
        ("unplaced", "10/96252", ""),
    ]


def test_a_heading_and_a_recommendation_can_be_changed(sent, upload, briefing, coordinator):
    ask = briefing.draft_asks.order_by("position").first()
    file = sent().replace("Delay", "Delay", "What is late", REVIEWER)
    file.replace(ask.key, ask.text, f"{ask.text} and its annexes", REVIEWER)
    heading, recommendation = upload(file).suggestions.in_order()
    assert (heading.kind, heading.key, heading.would) == ("heading", "delay", "What is late")
    assert recommendation.would == f"**{ask.verb}** {ask.text} and its annexes"
    accept(heading, coordinator)
    accept(recommendation, coordinator)
    assert briefing.draft_sections.get(key="delay").heading == "What is late"
    assert briefing.draft_asks.get(key=ask.key).text == f"{ask.text} and its annexes"


def test_accepting_writes_the_draft_and_says_whose_copy_it_is_from(
    sent, upload, parts, briefing, coordinator
):
    [row] = upload(sent().replace(parts[0], "two", "four", REVIEWER)).suggestions.all()
    assert text(briefing, parts[0]) == "Brochures are late by two months."
    accept(row, coordinator)
    assert text(briefing, parts[0]) == "Brochures are late by four months."
    written = briefing.draft_paragraphs.get(key=parts[0]).history.order_by("-history_id")[0]
    assert written.history_change_reason == "from Legal reviewer’s Word copy"
    assert written.history_actor == coordinator.signature
    row.refresh_from_db()
    assert (row.state, row.taken) == ("accepted", "Brochures are late by four months.")


def test_rejecting_leaves_the_draft_and_can_be_undone(sent, upload, parts, briefing, coordinator):
    [row] = upload(sent().replace(parts[0], "two", "four", REVIEWER)).suggestions.all()
    word_copies.reject(suggestion=row, version=1, by=coordinator, at=timezone.now())
    assert text(briefing, parts[0]) == "Brochures are late by two months."
    row.refresh_from_db()
    word_copies.reopen(suggestion=row, version=row.version, by=coordinator)
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decided_at) == ("open", None, None)


def test_a_paragraph_changed_meanwhile_is_not_changed_without_reading_both(
    sent, upload, parts, briefing, coordinator, colleague
):
    [row] = upload(sent().replace(parts[0], "two", "four", REVIEWER)).suggestions.all()
    drafts.edit(
        briefing=briefing,
        key=parts[0],
        text="Brochures are very late by two months.",
        version=1,
        by=colleague,
    )
    with pytest.raises(word_copies.Overtaken):
        accept(row, coordinator)
    assert text(briefing, parts[0]) == "Brochures are very late by two months."
    row.refresh_from_db()
    assert row.is_open
    with pytest.raises(Conflict):
        accept(row, coordinator, text="Both.", read=1)
    accept(row, coordinator, text="Brochures are very late by four months.", read=2)
    assert text(briefing, parts[0]) == "Brochures are very late by four months."


def test_a_deletion_of_a_paragraph_changed_meanwhile_waits(
    sent, upload, parts, briefing, coordinator, colleague
):
    [row] = upload(sent().remove(parts[0])).suggestions.all()
    drafts.edit(briefing=briefing, key=parts[0], text="Other words.", version=1, by=colleague)
    with pytest.raises(word_copies.Overtaken):
        accept(row, coordinator)
    accept(row, coordinator, read=2)
    assert parts[0] not in order(briefing)


def test_all_of_an_author_are_accepted_but_what_was_overtaken(
    sent, upload, parts, briefing, coordinator, colleague
):
    file = sent()
    for key, old, new, who in (
        (parts[0], "two", "four", REVIEWER),
        (parts[1], "June", "July", REVIEWER),
        (parts[2], "money", "cash", OTHER),
    ):
        file.replace(key, old, new, who)
    copy = upload(file)
    drafts.edit(briefing=briefing, key=parts[1], text="Training stopped.", version=1, by=colleague)
    accepted, refused = word_copies.accept_all(
        copy=copy, author=REVIEWER, by=coordinator, at=timezone.now()
    )
    assert (accepted, [row.key for row, _ in refused]) == (1, [parts[1]])
    assert [text(briefing, key) for key in parts] == [
        "Brochures are late by four months.",
        "Training stopped.",
        "No money was set aside.",
    ]


def test_the_same_file_again_leads_to_the_first_copy(sent, upload, parts):
    file = sent().replace(parts[0], "two", "four", REVIEWER)
    assert upload(file) == upload(file, "again.docx")
    assert Suggestion.objects.count() == 1


def test_a_copy_of_another_briefing_is_refused(sent, upload, parts):
    file = sent().replace(parts[0], "two", "four")
    file.parts["docProps/custom.xml"] = file.parts["docProps/custom.xml"].replace(
        b"<vt:lpwstr>", b"<vt:lpwstr>9"
    )
    with pytest.raises(Refused, match="another briefing"):
        upload(file)


def test_a_copy_without_its_properties_is_compared_with_the_draft_now(sent, upload, parts):
    file = sent().replace(parts[0], "two", "four")
    del file.parts["docProps/custom.xml"]
    copy = upload(file)
    assert (copy.is_exact, copy.exported_at) == (False, None)
    assert [each.would for each in copy.suggestions.all()] == ["Brochures are late by four months."]


def test_a_reference_to_a_paragraph_survives(sent, upload, parts, briefing, coordinator):
    key = drafts.add(
        briefing=briefing, section="delay", after=parts[2],
        text=f"As paragraph {{{parts[0]}}} says, it is late.", by=coordinator,
    ).key  # fmt: skip
    [row] = upload(sent().replace(key, "late", "very late", REVIEWER)).suggestions.all()
    accept(row, coordinator)
    assert text(briefing, key) == f"As paragraph {{{parts[0]}}} says, it is very late."


@pytest.mark.both_databases
def test_a_download_ends_the_pause_so_that_its_draft_can_be_read_from_history(
    sent, upload, parts, briefing, coordinator
):
    how = {"briefing": briefing, "key": parts[0], "by": coordinator, "is_pause": True}
    drafts.edit(text="Brochures are late by two.", version=1, **how)
    file = sent().replace(parts[0], "two", "four")
    drafts.edit(text="Brochures are late by two years.", version=2, **how)
    copy = upload(file)
    assert copy.is_exact
    assert [(each.was, each.would) for each in copy.suggestions.all()] == [
        ("Brochures are late by two.", "Brochures are late by four.")
    ]


@pytest.mark.both_databases
def test_a_change_while_the_file_was_made_is_found_by_the_digest(
    sent, upload, parts, briefing, coordinator
):
    file = sent().replace(parts[0], "two", "four")
    moment = briefing.draft_paragraphs.get(key=parts[2]).history.get().history_date
    name = "docProps/custom.xml"
    written = file.parts[name].decode()
    at = written.partition("<vt:lpwstr>")[2].split()[1]
    file.parts[name] = written.replace(at, moment.isoformat()).encode()
    copy = upload(file)
    assert copy.is_exact
    assert [each.key for each in copy.suggestions.all()] == [parts[0]]


def test_new_paragraphs_keep_their_order_in_whatever_order_they_are_accepted(
    sent, upload, parts, briefing, coordinator
):
    copy = upload(sent().add(parts[0], "Second.", REVIEWER).add(parts[0], "First.", REVIEWER))
    first, second = copy.suggestions.in_order()
    assert (first.would, second.would, second.after) == ("First.", "Second.", first.key)
    accept(second, coordinator)
    accept(first, coordinator)
    assert order(briefing)[:3] == [parts[0], first.key, second.key]


def test_a_heading_changed_meanwhile_waits(sent, upload, briefing, coordinator):
    [row] = upload(sent().replace("Delay", "Delay", "What is late", REVIEWER)).suggestions.all()
    drafts.retitle(
        briefing=briefing, section="delay", heading="Delays", was="Delay", by=coordinator
    )
    with pytest.raises(word_copies.Overtaken):
        accept(row, coordinator)
    accept(row, coordinator, text="What is late")
    assert briefing.draft_sections.get(key="delay").heading == "What is late"


def test_a_recommendation_needs_a_verb_that_we_know(sent, upload, briefing, coordinator):
    ask = briefing.draft_asks.order_by("position").first()
    [row] = upload(sent().replace(ask.key, str(ask.verb), "consider")).suggestions.all()
    with pytest.raises(Refused, match="begins with one of these verbs"):
        accept(row, coordinator)
    assert briefing.draft_asks.get(key=ask.key).verb == ask.verb


def test_a_new_recommendation_and_a_removed_one(sent, upload, briefing, coordinator):
    ask = briefing.draft_asks.order_by("position").last()
    file = sent().add(ask.key, "agree that it be printed", REVIEWER).remove(ask.key)
    removed, added = upload(file).suggestions.in_order()
    with pytest.raises(Refused, match="must have at least one recommendation"):
        accept(removed, coordinator)
    for row in (added, removed):
        accept(row, coordinator)
    assert briefing.draft_asks.get(key=ask.key).is_hidden
    assert list(briefing.draft_asks.filter(is_hidden=False).values_list("verb", "text"))[-1] == (
        "agree",
        "that it be printed",
    )


def test_a_paragraph_too_long_for_a_draft_is_refused_as_a_whole(sent, upload, parts):
    with pytest.raises(Refused, match="the limit is 20,000. Split it"):
        upload(sent().replace(parts[0], "two", "two " * 6_000))
    assert not Suggestion.objects.exists()


def test_a_locked_draft_takes_no_copy_and_no_decision(sent, upload, parts, briefing, coordinator):
    copy = upload(sent().replace(parts[0], "two", "four"))
    type(briefing).objects.filter(pk=briefing.pk).update(state="withdrawn")
    with pytest.raises(Refused, match="its text is locked"):
        upload(Edited(sent().data()))
    for do in (word_copies.reject, word_copies.accept):
        with pytest.raises(Refused, match="its text is locked"):
            do(suggestion=copy.suggestions.get(), version=1, by=coordinator, at=timezone.now())


ACTS = {
    "accepted": partial(word_copies.accept, at=timezone.now()),
    "rejected": partial(word_copies.reject, at=timezone.now()),
    "resolved": partial(word_copies.resolve, at=timezone.now()),
    "open": word_copies.reopen,
}
ALLOWED = {
    ("edit", "open", "accepted"),
    ("edit", "open", "rejected"),
    ("edit", "rejected", "open"),
    ("comment", "open", "resolved"),
    ("comment", "resolved", "open"),
}
DECIDED = {"edit": ("accepted", "rejected"), "comment": ("resolved",)}


@pytest.mark.parametrize(
    ("kind", "state"),
    [(kind, state) for kind in ("edit", "comment") for state in ("open", *DECIDED[kind])],
)
def test_each_step_of_a_suggestion(kind, state, sent, upload, parts, coordinator):
    file = sent()
    if kind == "edit":
        file.replace(parts[0], "two", "four")
    else:
        file.comment(parts[0], "Why?", OTHER)
    row = upload(file).suggestions.get()
    if state != "open":
        row = ACTS[state](suggestion=row, version=1, by=coordinator)
    for to, act in ACTS.items():
        do = partial(act, suggestion=row, version=row.version, by=coordinator)
        with transaction.atomic():
            if (kind, state, to) in ALLOWED:
                assert do().state == to
            else:
                with pytest.raises(Refused):
                    do()
            transaction.set_rollback(True)
        row.refresh_from_db()


@pytest.mark.both_databases
@pytest.mark.parametrize(("kind", "state"), [("edit", "resolved"), ("comment", "accepted")])
def test_the_database_refuses_a_state_of_another_kind(
    kind, state, sent, upload, parts, coordinator
):
    row = upload(sent().replace(parts[0], "two", "four")).suggestions.get()
    row.kind, row.state, row.decided_by = kind, state, coordinator
    row.decided_as, row.decided_at = "Somebody", timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()

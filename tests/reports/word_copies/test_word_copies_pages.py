"""Test the pages of Word copies: upload, suggestions, and both sides of a conflict."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from reports.models import Suggestion, WordCopy
from reports.word_copies import services as word_copies
from reports.workshop.services import drafts
from tests.factories import MilestoneFactory, SuggestionFactory, WordCopyFactory
from tests.reports.word_copies.test_word_copies import OTHER, REVIEWER, text
from tests.reports.word_copies.test_word_reading import mangled

LIST, COPY = 8, 12

pytestmark = pytest.mark.django_db


def address(briefing, name="word", *rest):
    return reverse(f"workshop:{name}", args=[briefing.plan.slug, briefing.pk, *rest])


def posted(client, briefing, data, name="edited.docx"):
    return client.post(address(briefing), {"file": SimpleUploadedFile(name, data)})


def act(client, copy, act, row=None, **rest):
    if row:
        rest |= {"suggestion": row.pk, "version": row.version}
    return client.post(copy.get_absolute_url(), {"act": act, **rest}, follow=True)


def test_an_uploaded_copy_leads_to_its_suggestions(client, briefing, sent, parts):
    file = sent().replace(parts[0], "two", "four", REVIEWER).comment(parts[1], "Sure?", OTHER)
    page = client.post(
        address(briefing), {"file": SimpleUploadedFile("edited.docx", file.data())}, follow=True
    )
    copy = WordCopy.objects.get()
    assert page.redirect_chain == [(copy.get_absolute_url(), 302)]
    assert "The copy makes two suggestions. Nothing has changed in the draft." in page.text
    assert "<del>" in page.text
    assert "Accept all of Legal reviewer (1)" in page.text
    assert "Mark as resolved" in page.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"Dear all,", "The file cannot be read as a Word document; it may be damaged."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_field(client, briefing, data, sentence):
    page = posted(client, briefing, data)
    assert page.status_code == 422
    assert sentence in page.context["form"].errors["file"][0]
    assert not WordCopy.objects.exists()


def test_paragraphs_of_the_draft_show_their_open_suggestions(client, briefing, sent, upload, parts):
    copy = upload(sent().replace(parts[0], "two", "four", REVIEWER))
    row = copy.suggestions.get()
    page = client.get(address(briefing, "draft"))
    link = f'href="{copy.get_absolute_url()}#suggestion-{row.pk}">1 suggestion<'
    assert page.text.count(link) == 1
    act(client, copy, "accept", row)
    assert "1 suggestion<" not in client.get(address(briefing, "draft")).text


def test_one_suggestion_and_all_of_an_author_can_be_accepted(
    client,
    briefing,
    sent,
    upload,
    parts,
):
    file = sent().replace(parts[0], "two", "four", REVIEWER)
    file.replace(parts[1], "June", "July", REVIEWER).replace(parts[2], "money", "cash", OTHER)
    copy = upload(file)
    first = copy.suggestions.get(key=parts[0])
    assert "Accepted: the draft has it now." in act(client, copy, "accept", first).text
    assert "One suggestion accepted from" in act(client, copy, "author", author=REVIEWER).text
    assert [text(briefing, key) for key in parts] == [
        "Brochures are late by four months.",
        "Training begins in July 2011.",
        "No money was set aside.",
    ]


def test_an_overtaken_paragraph_shows_both_sides_and_keeps_what_is_typed(
    client,
    briefing,
    sent,
    upload,
    parts,
    colleague,
):
    copy = upload(sent().replace(parts[0], "two", "four", REVIEWER))
    row = copy.suggestions.get()
    drafts.edit(
        briefing=briefing, key=parts[0], text="Brochures are late by three months.", version=1,
        by=colleague,
    )  # fmt: skip
    page = act(client, copy, "accept", row)
    where = address(briefing, "suggestion", copy.pk, row.pk)
    assert page.redirect_chain == [(where, 302)]
    assert "The paragraph was changed after this copy was downloaded" in page.text
    assert page.context["now"] == "Brochures are late by three months."
    assert page.context["form"]["text"].value() == "Brochures are late by four months."
    assert page.context["form"]["read"].value() == 2
    drafts.edit(briefing=briefing, key=parts[0], text="They are late.", version=2, by=colleague)
    typed = {"version": 1, "read": 2, "text": "Late by three to four months."}
    again = client.post(where, typed)
    assert again.status_code == 422
    assert "changed again while you were reading" in again.text
    assert again.context["form"]["text"].value() == "Late by three to four months."
    assert text(briefing, parts[0]) == "They are late."
    kept = {"version": 1, "read": again.context["form"]["read"].value(), "text": typed["text"]}
    assert client.post(where, kept).status_code == 302
    assert text(briefing, parts[0]) == "Late by three to four months."


def test_a_recommendation_is_changed_without_marks_of_bold(client, briefing, sent, upload):
    ask = briefing.draft_asks.get()
    row = upload(sent().replace(ask.key, ask.text, f"{ask.text} now", REVIEWER)).suggestions.get()
    where = address(briefing, "suggestion", row.copy_id, row.pk)
    page = client.get(where)
    assert page.context["form"]["text"].value() == f"{ask.verb} {ask.text} now"
    assert "**" not in page.text
    typed = {"version": 1, "read": 1, "text": f"{ask.verb} {ask.text}, today"}
    assert client.post(where, typed).status_code == 302
    assert briefing.draft_asks.get().text == f"{ask.text}, today"


def test_a_suggestion_decided_elsewhere_is_not_decided_twice(
    client,
    briefing,
    sent,
    upload,
    parts,
    coordinator,
):
    copy = upload(sent().replace(parts[0], "two", "four", REVIEWER))
    row = copy.suggestions.get()
    word_copies.reject(suggestion=row, version=1, by=coordinator, at=timezone.now())
    assert "This was changed elsewhere" in act(client, copy, "accept", row).text
    assert text(briefing, parts[0]) == "Brochures are late by two months."


def test_a_suggestion_that_contradicts_a_record_names_it(client, plan, item, coordinator):
    from reports.document import Source
    from reports.word_copies.contradictions import contradictions, facts_of

    step = MilestoneFactory(item=item, original_due="2010-05-31")
    step.refresh_from_db()
    source = Source("workitems.milestone", step.pk, None, "Milestone 1.2.1")
    facts = list(facts_of([source]).values())
    was = "Brochures are due by 31 May 2010, in 9 languages."
    sentence = "Brochures are due by 31 May 2010, in 9 languages."

    def wrong(would):
        return [
            (each.claim, each.record) for each in contradictions(was, would, sentence, facts, {})
        ]

    assert wrong(was.replace("31 May", "30 June")) == [("30 June 2010", "Milestone 1.2.1")]
    assert wrong(was.replace("31 May 2010", "May 2010")) == []
    assert wrong(was.replace("9", "12")) == [("12", "Milestone 1.2.1")]
    step.forecast_due, step.forecast_known_to = date(2010, 6, 30), "month"
    step.save()
    facts = list(facts_of([source]).values())
    assert wrong(was.replace("31 May", "30 June")) == [("30 June 2010", "Milestone 1.2.1")]
    assert wrong(was.replace("31 May", "June")) == []
    assert wrong("Brochures come out by 31 May 2010, in nine languages.") == []


def test_open_suggestions_are_a_warning_of_the_checks(
    client, briefing, sent, upload, parts, coordinator
):
    copy = upload(sent().replace(parts[0], "two", "four", REVIEWER))
    page = client.get(reverse("briefings:checks", args=[briefing.plan.slug, briefing.pk]))
    assert "One suggestion of Word copies is open: neither accepted nor rejected." in page.text
    row = copy.suggestions.get()
    word_copies.reject(suggestion=row, version=1, by=coordinator, at=timezone.now())
    page = client.get(reverse("briefings:checks", args=[briefing.plan.slug, briefing.pk]))
    assert "of Word copies is open" not in page.text


def test_a_mangled_upload_is_a_sentence_or_suggestions_and_never_half_of_them(
    client, briefing, sent, parts
):
    file = (
        sent().replace(parts[0], "two", "four", REVIEWER).comment(parts[1], "Sure?", OTHER).data()
    )
    taken = set()
    for seed in range(40):
        page = posted(client, briefing, mangled(file, seed))
        assert page.status_code in (302, 422)
        if page.status_code == 422:
            [sentence] = page.context["form"].errors["file"]
            assert sentence.endswith(".")
        else:
            taken.add(page["Location"])
        assert WordCopy.objects.count() == len(taken)
    assert Suggestion.objects.values("copy").distinct().count() == len(taken) > 0
    assert text(briefing, parts[0]) == "Brochures are late by two months."


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_any_number(
    count, client, briefing, django_assert_num_queries
):
    copies = WordCopyFactory.create_batch(count, briefing=briefing)
    SuggestionFactory.create_batch(count, copy=copies[0])
    client.get(address(briefing))
    with django_assert_num_queries(LIST):
        assert client.get(address(briefing)).status_code == 200
    with django_assert_num_queries(COPY):
        assert client.get(copies[0].get_absolute_url()).status_code == 200

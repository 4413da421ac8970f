"""Test the pages that withhold words of a briefing and that review them."""

import lxml.html
import pytest
from django.urls import reverse

from reports.render.html import document_fragment
from reports.requests.models import Redaction
from reports.requests.redaction.redact import leaves
from reports.requests.services import deciding, redactions, requests
from tests.factories import MeetingPaperFactory, SeatFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, fresh
from tests.reports.requests.factories import ScheduleLineFactory

pytestmark = pytest.mark.django_db

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
MANAGER = "cover.authorising_manager"


@pytest.fixture
def as_(client):
    def as_(user):
        client.force_login(user, backend=MODEL_BACKEND)
        return client

    return as_


@pytest.fixture
def address(line):
    return reverse("requests:request-redact", args=[line.request_id, line.number])


@pytest.fixture
def send(as_, adviser, line, address):
    def send(**fields):
        typed = {
            "document": line.issued.document_sha256,
            "extent": "words",
            "grounds": ["6(c)"],
            **fields,
        }
        return as_(adviser).post(address, typed)

    return send


@pytest.fixture
def texts(line):
    return redactions.texts_of(redactions.document_of(line))


def problems(response):
    assert response.status_code == 422
    assert "There is a problem" in response.text
    return [caption for errors in response.context["form"].errors.values() for caption in errors]


def spans():
    return list(Redaction.objects.order_by("pk").values_list("place", "start", "end"))


# --- choosing words --------------------------------------------------------------------------------


def test_selected_words_are_in_the_form_and_marked_in_the_paper(as_, adviser, address, texts):
    page = lxml.html.fromstring(
        as_(adviser).get(address, {"at": "cover.title", "start": 0, "end": 8}).text
    )
    words = texts["cover.title"][:8]
    assert page.get_element_by_id("id_words").text.strip() == words
    assert page.get_element_by_id("chosen").find_class("leaf")[0].text == words
    assert page.get_element_by_id("chosen").find_class("leaf")[0].get("data-place") == "cover.title"


def test_every_text_that_prints_can_be_found_in_the_paper(as_, adviser, address, line):
    page = lxml.html.fromstring(as_(adviser).get(address).text)
    found = {}
    for piece in page.find_class("leaf"):
        place, start = piece.get("data-place"), int(piece.get("data-start"))
        found.setdefault(place, {})[start] = piece.text
    whole = {
        place: "".join(text for _start, text in sorted(pieces.items()))
        for place, pieces in found.items()
    }
    expected = {leaf.place: leaf.text for leaf in leaves(redactions.document_of(line))}
    assert {place: text for place, text in whole.items() if text != expected[place]} == {}
    missing = {place for place in set(expected) - set(whole) if ".timeline." not in place}
    # Names of a picture's rows, and of the letterhead's crest, are drawn.
    assert {place for place in missing if "pillars" not in place and "design" not in place} == set()


def test_a_paper_looks_the_same_with_and_without_its_places(as_, adviser, address, line):
    def words(html):
        return " ".join(lxml.html.fromstring(html).text_content().split())

    page = lxml.html.fromstring(as_(adviser).get(address).text)
    shown = words(lxml.html.tostring(page.find_class("paper")[0], encoding="unicode"))
    assert shown.casefold() == words(document_fragment(redactions.document_of(line))).casefold()


def test_selected_words_are_proposed_where_they_were_selected(send, address, texts):
    words = texts["cover.title"][:8]
    response = send(place="cover.title", start=0, end=8, words=words)
    row = Redaction.objects.get()
    assert response.url == f"{address}#withheld-{row.pk}"
    assert (row.place, row.start, row.end, row.grounds) == ("cover.title", 0, 8, "6(c)")


def test_without_a_script_words_are_typed_as_they_are_printed(send, texts):
    send(place="cover.action_sought", words=texts["cover.action_sought"].upper())
    assert spans() == [("cover.action_sought", 0, len(texts["cover.action_sought"]))]


def test_a_whole_row_or_paragraph_is_withheld_from_a_text_in_it(send, texts, as_, adviser, address):
    place = "sections.0.paragraphs.0"
    page = as_(adviser).get(address, {"at": f"{place}.text"})
    choices = page.context["form"].fields["extent"].choices
    assert [value for value, _label in choices] == ["words", place, "sections.0"]
    send(place=f"{place}.text", extent=place)
    assert spans() == [(place, 0, len(texts[place]))]


def test_every_occurrence_is_withheld_but_those_that_are_already(
    send, texts, as_, adviser, address
):
    words = texts["cover.title"].split()[-1]
    end = len(texts["cover.title"])
    selected = {"start": end - len(words), "end": end}
    page = as_(adviser).get(address, {"at": "cover.title", **selected})
    label = page.context["form"].fields["everywhere"].label
    send(place="cover.title", words=words, **selected)
    assert spans() == [("cover.title", end - len(words), end)]
    assert send(words=words, everywhere="on").status_code == 302
    assert len(set(spans())) == len(spans()) > 1
    assert label == f"Withhold every occurrence ({len(spans())})"
    assert problems(send(words=words, everywhere="on", reason="Again")) == [
        f"“{words}” is already withheld."
    ]


def test_more_words_are_withheld_for_the_same_reasons_as_others(send, texts, line):
    given = {
        "grounds": ["9(2)(f)(iv)"],
        "reason": "Advice.",
        "public_interest": "It does not outweigh.",
    }
    assert send(words=texts["cover.action_sought"], **given).status_code == 302
    (first,) = line.redactions.all()
    again = {"grounds": [], "reason": "", "public_interest": ""}
    words = texts[f"{MANAGER}.direct_dial"]
    assert send(words=words, same=str(first.pk), **again).status_code == 302
    assert {(row.grounds, row.reason, row.public_interest) for row in line.redactions.all()} == {
        ("9(2)(f)(iv)", "Advice.", "It does not outweigh.")
    }
    assert line.redactions.count() == 2


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": ""}, "Enter the words to withhold, or choose the whole text."),
        (
            {"words": "unicorns"},
            "“unicorns” is not in this paper. Enter words as they are printed.",
        ),
        (
            {"words": "unicorns", "place": "cover.title"},
            "“unicorns” is not in this text. Enter words as they are printed.",
        ),
        ({"words": "Progress", "place": "cover.title", "document": "0" * 64}, redactions.CHANGED),
        (
            {"words": "Progress", "place": "cover.title", "grounds": ["9(2)(f)(iv)"]},
            "s 9(2)(f)(iv) can be outweighed by the public interest. Say why release would be in the public "
            "interest, and why that does not outweigh the ground.",
        ),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(send, fields, sentence):
    response = send(reason="A long reason", **fields)
    assert problems(response) == [sentence]
    assert "A long reason" in response.text
    assert spans() == []


def test_all_that_is_missing_is_said_at_once(send):
    assert problems(send(words="", grounds=[])) == [
        "Choose the ground on which these words are withheld.",
        "Enter the words to withhold, or choose the whole text.",
    ]


def test_words_that_are_there_twice_ask_which(send, texts):
    words = texts["cover.title"]
    assert problems(send(words=words[:4] if not words else words.split()[-1]))[0].endswith(
        "Add the words beside it, or withhold every occurrence."
    )


def test_an_officials_name_on_privacy_asks_why(send, texts, as_, adviser, address):
    place = f"{MANAGER}.name"
    typed = {
        "place": place,
        "extent": place,
        "grounds": ["9(2)(a)"],
        "public_interest": "There is none.",
    }
    assert problems(send(**typed)) == [redactions.WHY_A_NAME]
    assert "s 9(2)(g)(ii) or s 6(d)" in as_(adviser).get(address, {"at": place}).text
    assert send(**typed, reason="They were threatened.").status_code == 302
    number = f"{MANAGER}.direct_dial"
    assert send(**{**typed, "place": number, "extent": number}).status_code == 302


def test_a_request_in_review_is_read_only(
    as_, adviser, address, line, send, decide, prepared, texts
):
    decide(line, "full")
    prepared(line.request)
    requests.send_for_review(request=fresh(line.request), ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    assert "Propose to withhold" not in as_(adviser).get(address).text
    assert problems(send(words=texts["cover.action_sought"]))[0].startswith(
        "This request is in review;"
    )


def test_a_file_that_we_did_not_make_says_what_to_do(as_, adviser, line):
    other = ScheduleLineFactory(
        request=line.request,
        kind="minutes",
        issued=None,
        meeting_paper=MeetingPaperFactory(kind="minutes"),
        number=9,
    )
    for name in ("redact", "preview", "marked-up"):
        response = as_(adviser).get(
            reverse(f"requests:request-{name}", args=[line.request_id, other.number])
        )
        assert response.status_code == 422
        assert "Only a briefing is redacted here." in response.text


# --- the list and its warnings ---------------------------------------------------------------------


def test_what_is_withheld_is_marked_in_its_place_and_listed_beside(as_, adviser, address, propose):
    row = propose()
    page = lxml.html.fromstring(as_(adviser).get(address).text)
    mark = page.get_element_by_id(f"withheld-{row.pk}")
    assert mark.text_content().strip().endswith("s 6(c), proposed")
    assert len(list(mark.iter("svg"))) == 1
    assert f"#withheld-{row.pk}" in {each.get("href") for each in page.iter("a")}


def test_a_proposal_is_removed_at_once_and_an_agreed_one_with_a_reason(
    as_, adviser, reviewer, line, propose
):
    def remove(row, **fields):
        address = reverse(
            "requests:request-withdraw-redaction", args=[line.request_id, line.number, row.pk]
        )
        return as_(adviser).post(address, {"version": row.version, **fields})

    row = propose()
    assert remove(row).status_code == 302
    row = propose()
    stale = remove(row, version=7)
    assert problems(stale)[0].startswith("This was changed elsewhere while you had this page open.")
    row = redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    assert problems(remove(row)) == ["This was agreed. Say why the words can be released now."]
    assert remove(row, reason="It is public.").status_code == 302
    assert set(Redaction.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_like_fields_treated_unlike_are_pointed_out(as_, adviser, address, propose, texts):
    number = texts[f"{MANAGER}.direct_dial"]
    assert not as_(adviser).get(address).context["warnings"]
    propose(f"{MANAGER}.direct_dial", 0, len(number))
    sentences = [each.sentence for each in as_(adviser).get(address).context["warnings"]]
    assert any(each.endswith("is not.") for each in sentences)


@pytest.fixture
def leave(as_, adviser, line, address):
    """Post the form of the warnings as its page has it, with what was typed."""

    def leave(page=None, **typed):
        form = (page or as_(adviser).get(address)).context["leaving"]
        sent = {
            "warnings-version": form["version"].value(),
            "warnings-shown": form["shown"].value(),
        }
        return as_(adviser).post(f"{address.removesuffix('redact/')}warnings/", sent | typed)

    return leave


def test_a_warning_is_left_with_a_reason_that_is_kept(
    as_, adviser, address, propose, texts, line, leave
):
    propose(f"{MANAGER}.direct_dial", 0, len(texts[f"{MANAGER}.direct_dial"]))
    (warned,) = deciding.warnings_of(fresh(line))
    response = leave(**{"warnings-left-0": "It was public already."})
    assert response.url == f"{address}#warnings"
    (kept,) = deciding.warnings_of(fresh(line))
    assert (kept.key, kept.reason) == (warned.key, "It was public already.")
    assert "It was public already." in as_(adviser).get(address).text
    leave(**{"warnings-left-0": ""})
    assert fresh(line).warnings_left == {}


def test_reasons_for_warnings_that_changed_are_refused_and_shown_again(
    as_, adviser, address, propose, texts, line, leave
):
    number = texts[f"{MANAGER}.direct_dial"]
    row = propose(f"{MANAGER}.direct_dial", 0, len(number))
    page = as_(adviser).get(address)
    key = next(deciding.warnings_of(fresh(line))).key
    deciding.leave_warnings(line=line, reasons={key: "Theirs"}, version=line.version, by=adviser)
    stale = leave(page, **{"warnings-left-0": "Mine"})
    assert stale.status_code == 422
    assert "Theirs" in stale.text and "Mine" in stale.text
    redactions.withdraw(redaction=row, reason="", version=row.version, by=adviser)
    propose("cover.contacts.0.direct_dial", 0, 5)
    other = leave(page, **{"warnings-left-0": "Mine"})
    assert other.status_code == 422
    assert "the warnings are different now." in str(other.context["leaving"].errors)
    assert fresh(line).warnings_left == {key: "Theirs"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_paper_takes_the_same_queries(
    as_, adviser, address, propose, count, django_assert_num_queries
):
    for end in range(1, count + 1):
        propose(end=end)
    client = as_(adviser)
    client.get(address)
    with django_assert_num_queries(12):
        client.get(address)


def test_the_form_offers_only_grounds_that_withhold_words(as_, adviser, address):
    grounds = as_(adviser).get(address).context["form"].fields["grounds"]
    offered = [code for _name, choices in grounds.choices for code, _label in choices]
    assert {code.partition("(")[0] for code in offered} == {"6", "7", "9"}
    assert [name.partition(":")[0] for name, _choices in grounds.choices] == [
        *("Section 6", "Section 7", "Section 9")
    ]


def test_each_whole_has_a_name_of_its_own(as_, adviser, address, texts):
    for place in texts:
        page = as_(adviser).get(address, {"at": place}) if ".bullets.1" in place else None
        if page:
            labels = [caption for _value, caption in page.context["form"].fields["extent"].choices]
            assert len(labels) == len(set(labels))
            assert "second bullet" in labels[1]


def test_what_was_declined_stays_on_the_page_with_who_and_why(
    as_, adviser, reviewer, address, propose
):
    row = propose()
    redactions.decline(redaction=row, reason="They are public.", version=row.version, by=reviewer)
    shown = lxml.html.fromstring(as_(adviser).get(address).text).get_element_by_id("withheld")
    caption = " ".join(shown.text_content().split())
    assert "Declined by OIA reviewer (Labour): They are public." in caption


# --- review ----------------------------------------------------------------------------------------


@pytest.fixture
def review(line):
    return reverse("requests:request-review", args=[line.request_id])


@pytest.fixture
def answer(as_, reviewer, line):
    def answer(row, act, by=reviewer, **fields):
        address = reverse("requests:request-review-redaction", args=[line.request_id, row.pk])
        return as_(by).post(address, {"act": act, "version": row.version, **fields})

    return answer


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries(
    as_, reviewer, review, propose, count, django_assert_num_queries
):
    for end in range(1, count + 1):
        propose(end=end)
    client = as_(reviewer)
    client.get(review)
    with django_assert_num_queries(21):
        client.get(review)


def test_a_reviewer_agrees_and_declines_with_a_note(answer, propose, as_, adviser, line):
    row = propose()
    assert answer(row, "agree").status_code == 302
    assert fresh(row).state == "agreed"
    other = propose(end=4)
    assert problems(answer(other, "decline")) == ["Say why these words can be released."]
    assert answer(other, "decline", reason="They are public.").status_code == 302
    assert fresh(other).state == "declined"
    page = as_(adviser).get(
        reverse("requests:request-review-redaction", args=[line.request_id, other.pk])
    )
    assert "They are public." in page.text


def test_a_redaction_answered_meanwhile_shows_its_answer(answer, propose, reviewer):
    row = propose()
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    response = answer(row, "decline", reason="My long note")
    assert problems(response)[0].startswith("This was changed elsewhere")
    assert "It is agreed now, by OIA reviewer" in response.text
    assert fresh(row).state == "agreed"


@pytest.fixture
def both(adviser):
    """The adviser is a reviewer as well."""
    SeatFactory(user=adviser, agency=adviser.seats.get().agency, role="oia_reviewer")
    return type(adviser).objects.get(pk=adviser.pk)


def test_nobody_agrees_their_own(answer, propose, both, as_, review, line):
    row = propose()
    own = propose(end=3)
    page = as_(both).get(review)
    assert ">Agree<" not in page.text.replace(" ", "") and not page.context["by_ground"]
    single = as_(both).get(
        reverse("requests:request-review-redaction", args=[line.request_id, row.pk])
    )
    assert "Another reviewer must agree to it." in single.text
    assert 'value="agree"' not in single.text
    assert problems(answer(row, "agree", by=both)) == [redactions.OWN_REDACTION]
    sent = as_(both).post(f"{review}agree/", {"seen": f"{row.pk}-1 {own.pk}-1"})
    assert problems(sent) == [redactions.OWN_REDACTION]
    assert set(Redaction.objects.values_list("state", flat=True)) == {"proposed"}


def test_all_of_one_ground_are_agreed_at_once_or_none(as_, reviewer, review, propose):
    rows = [propose(end=end) for end in (2, 4)]
    other = propose(end=6, grounds=["6(a)"])
    client = as_(reviewer)
    (ground,) = client.get(review).context["by_ground"]
    assert (ground["grounds"], ground["count"]) == ("s 6(c)", 2)
    stale = client.post(f"{review}agree/", {"seen": f"{rows[0].pk}-1 {rows[1].pk}-7"})
    assert problems(stale)[0].startswith(
        "One of these was answered or withdrawn while you were reading"
    )
    assert problems(client.post(f"{review}agree/", {"seen": "a-b"})) == [
        "Open the page again: its list cannot be read."
    ]
    assert client.post(f"{review}agree/", {"seen": ground["seen"]}).status_code == 302
    assert [fresh(row).state for row in (*rows, other)] == ["agreed", "agreed", "proposed"]


# --- copies ----------------------------------------------------------------------------------------


def test_the_preview_has_the_gates_report_and_withholds_what_is_proposed(
    as_, reviewer, line, propose
):
    propose(f"{MANAGER}.direct_dial", 0, 5)
    args = [line.request_id, line.number]
    page = as_(reviewer).get(reverse("requests:request-preview", args=args))
    assert "The withheld phrase is not in this file." in " ".join(page.text.split())
    assert "1 redaction is not agreed yet." in page.text
    marked = as_(reviewer).get(reverse("requests:request-marked-up", args=args))
    assert marked["Content-Disposition"] == (
        'attachment; filename="document-1-contains-withheld-information.pdf"'
    )
    assert marked.content.startswith(b"%PDF-")

"""Test what of an email counts as its sender's own words, over emails modelled after many mail programs."""

import re

import pytest

from tests.workitems.by_email.mail_forms import (
    AUTOMATIC,
    FORMS,
    KEY,
    MARKS,
    OURS,
    PLAIN,
    VERIFIED,
    WORDINGS,
    alternative,
    html_of_gmail,
    message,
    multipart,
    of_outlook,
    part,
    quoted,
)
from workitems.by_email.html_lines import lines_of_html
from workitems.by_email.mime_reading import Body, Received
from workitems.by_email.own_words import part_of, part_text

OWN = {"plan@answers.example.govt.nz", "plan-of-action@localhost"}
CASES = [(form, wording) for form in FORMS for wording in WORDINGS]
HEAD = "On Tue, 1 Jun 2010 at 09:30, Plan Register <plan@plan.example.govt.nz> wrote:"


def parted(raw):
    body = Received(raw).body()
    assert body is not None
    return part_of(body, MARKS)


def words(text):
    return re.findall(r"[^\s>]+", text)


def is_within(own, text):
    """Whether the words of `own` stand in `text`, all and in order."""
    return f" {' '.join(words(own))} " in f" {' '.join(words(text))} "


@pytest.mark.parametrize(("form", "wording"), CASES, ids=lambda case: getattr(case, "__name__", case))  # fmt: skip
def test_own_words_are_all_kept(form, wording):
    assert is_within(WORDINGS[wording], parted(form(WORDINGS[wording], OURS)).own)


def test_quotes_are_left_out_of_nearly_all():
    left = [
        (form.__name__, wording)
        for form, wording in CASES
        if "Open the conversation" in parted(form(WORDINGS[wording], OURS)).own
    ]
    assert len(CASES) == 54
    assert len(left) <= 0.05 * len(CASES), left


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_is_left_out_is_the_quoted_email_whole(form):
    assert is_within("See all that is on your desk:", parted(form("Yes.", OURS)).below)


@pytest.mark.parametrize("what", AUTOMATIC)
def test_what_a_program_sent_is_known(what):
    assert Received(AUTOMATIC[what]).why_automatic(OWN) != ""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_a_person_sent_is_not_taken_for_automatic(form):
    assert Received(form("Yes.", OURS)).why_automatic(OWN) == ""


ALL_COUNTS = {
    "answers between quoted lines": f"{HEAD}\n> Kia ora Police contributor,\n> When?\nIn May.\n> How many?\nTwo thousand.",
    "a greeting above them": f"Hello,\n\n{HEAD}\n> Kia ora Police contributor,\n> When?\nIn May.\n> How many?\nTwo thousand.",
    "an answer below the quote": f"{HEAD}\n\n{quoted(OURS)}\n\nIn May.",
    "a greeting above, an answer below": f"Hi\n\n{HEAD}\n\n{quoted(OURS)}\n\nIn May.",
    "no quote at all": "In May.",
    "the quote of another email": f"In May.\n\n{HEAD.replace('Plan Register <plan@plan.example.govt.nz>', 'Ben')}\n> Printed in May",
    "nothing but a quote": f"{HEAD}\n\n{quoted(OURS)}",
    "a quote that a program wrapped without its mark": f"Yes\n\n{HEAD}\n> Kia ora Police contributor, and\nmore of it\n> here",
}  # fmt: skip


@pytest.mark.parametrize("what", ALL_COUNTS)
def test_when_in_doubt_all_counts(what):
    found = part_text(ALL_COUNTS[what], MARKS)
    assert (words(found.own), found.below) == (words(ALL_COUNTS[what]), "")


def test_a_signature_below_the_quote_is_no_answer():
    found = part_text(f"In May.\n\n{HEAD}\n\n{quoted(OURS)}\n\n-- \nAna, Police", MARKS)
    assert found.own == "In May."


def test_a_link_to_the_register_in_own_words_is_no_quote():
    own = "See https://plan.example.govt.nz/plans/\n\nOn Friday I wrote:\nyes."
    assert part_text(of_outlook(own, OURS), MARKS).own == own


def test_long_paragraphs_and_long_quotes_are_parted_too():
    own = "We open in May. " * 200
    found = part_text(f"{own}\n\n{HEAD}\n\n{quoted(OURS)}\n{quoted('x ' * 50_000)}", MARKS)
    assert (words(found.own), len(found.below) > 50_000) == (words(own), True)


@pytest.mark.parametrize(
    "text",
    [
        "On wrote" * 25_000,
        "On " + "a " * 100_000,
        "\n" * 200_000,
        " \n" * 100_000,
        "From: \n" * 30_000,
        ("> " * 30 + "On x\n") * 3000,
        "On a\n" * 40_000,
        "--\n" * 60_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_text_made_to_take_long_takes_a_moment(text):
    import time

    began = time.process_time()
    part_text(text, MARKS)
    assert time.process_time() - began < 2


def test_html_made_to_take_long_takes_a_moment():
    import time

    began = time.process_time()
    lines_of_html("a<b>" * 250_000)
    lines_of_html("<blockquote>" * 100_000 + "x")
    assert time.process_time() - began < 5


def test_the_plain_text_is_read_unless_it_is_empty():
    assert parted(alternative("In May.", "<p>In June.</p>")).own == "In May."
    assert parted(alternative(" \n", html_of_gmail("In May.", OURS))).own == "In May."


def test_html_is_read_as_a_browser_shows_it():
    text = "<style>p {}</style><ul><li>One</li><li>Two &amp; <b>three</b></li></ul><pre>a\n  b</pre><script>x</script>"
    assert lines_of_html(text).split("\n") == ["", "- One", "- Two & three", "a", "b"][1:] + [""]


def test_flowed_lines_become_paragraphs_again():
    body = Body("One \nparagraph.\n> quoted \n> too\nEnd", is_html=False, is_flowed=True)
    assert part_of(body, MARKS).own == "One paragraph.\n> quoted too\nEnd"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (message(b"caf\xe9", "text/plain; charset=iso-8859-1"), "café"),
        (message(b"\x93Yes\x94", "text/plain; charset=iso-8859-1"), "“Yes”"),
        (message("Ngā mihi", "text/plain"), "Ngā mihi"),
        (message("Ngā mihi", "text/plain; charset=unknown-8bit"), "Ngā mihi"),
        (message(b"caf\xe9", "text/plain; charset=utf-8"), "café"),
        (message(b"Yes\x00", PLAIN), "Yes"),
    ],
)
def test_letters_are_read_although_the_charset_is_wrong(raw, text):
    assert parted(raw).own == text


@pytest.mark.parametrize(
    "sender",
    [
        "ana@police.example, ben@police.example",
        "ana@police.example <ben@police.example> <x@y.nz>",
        "<ana@police.example>, Ben <ben@police.example>",
        "ana@police.example\r\nFrom: ben@police.example",
        "ana@police.example(ben@police.example)",
        "Ana",
    ],
)
def test_a_sender_that_could_be_read_in_two_ways_is_none(sender):
    assert Received(message("Yes.", sender=sender)).sender == ""


@pytest.mark.parametrize(
    "sender",
    ["ana@police.example", "Ana <ANA@police.example>", '"Wētere, Ana" <ana@police.example>', "=?utf-8?b?xIA=?= <ana@police.example>"],
)  # fmt: skip
def test_a_sender_is_read_from_the_usual_forms(sender):
    assert Received(message("Yes.", sender=sender)).sender == "ana@police.example"


def test_a_key_is_found_where_a_server_delivered_it():
    forwarded = message("Yes.", To="team@police.example", X_Original_To=f"plan+{KEY}@answers.example.govt.nz")  # fmt: skip
    assert Received(forwarded).keys("plan@answers.example.govt.nz") == {KEY}
    other = message("Yes.", To=f"plan+{KEY}@answers.example.govt.nz.evil.example, explan+{KEY}@answers.example.govt.nz")  # fmt: skip
    assert Received(other).keys("plan@answers.example.govt.nz") == set()


@pytest.mark.parametrize("value", ["no", "", "yes, no", "pass"])
def test_only_yes_vouches_for_a_sender(value):
    assert not Received(message("Yes.", verified=value)).is_vouched_for(VERIFIED)
    assert not Received(message("Yes.", **{"x-sender-verified": "yes"})).is_vouched_for(VERIFIED)


def test_pictures_of_a_signature_are_no_files():
    picture = part(b"x", "image/png; name=logo.png", more="Content-ID: <logo>\r\nContent-Disposition: inline; filename=logo.png\r\n")  # fmt: skip
    paper = part(b"x", "application/pdf", more='Content-Disposition: attachment; filename="Plan.pdf"\r\n')  # fmt: skip
    received = Received(multipart("mixed", part("Yes.", PLAIN), picture, paper))
    assert [file.name for file in received.files()] == ["Plan.pdf"]


@pytest.mark.parametrize("cut", range(0, 900, 37))
def test_half_an_email_and_one_with_a_wrong_byte_raise_nothing(cut):
    raw = multipart("alternative", part("Yes.", PLAIN), part("<p>Yes", HTML_WRONG))
    for each in (raw[:cut], raw[:cut] + b'\xff\x00;="' + raw[cut:]):
        received = Received(each)
        received.why_automatic(OWN), received.sender, received.keys(ANSWERS), received.files()
        received.is_vouched_for(VERIFIED), received.identity, received.body()


HTML_WRONG = "text/html; charset*=x''%FF; boundary"
ANSWERS = "plan@answers.example.govt.nz"

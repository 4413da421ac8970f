"""Test letters: what each kind says, what keeps one from being written, and the public copy."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings

from reports.document.plain_json import Malformed
from reports.requests.law.act import act_named
from reports.requests.letters import (
    Decision,
    Event,
    Extension,
    Happened,
    Kind,
    Ombudsman,
    Person,
    Points,
    Purpose,
    Quote,
    Requester,
    Transfer,
    clock_of,
    lacking,
    letter_from,
    lines_of,
    missing,
    public_copy,
    write,
)
from reports.requests.letters.letter_facts import Clock
from reports.requests.models import RequestEvent, RequestLetter, ScheduleLine
from tests.reports.requests.letter_facts import (
    ACKNOWLEDGED,
    BRIEFING,
    DAYS,
    LINES,
    NOT_HELD,
    OF_KIND,
    OUTSIDE,
    RECEIVED,
    facts,
    random_facts,
)


def text_of(kind, known):
    return "\n".join(lines_of(write(kind, known)))


def part(letter, purpose):
    (found,) = [each for each in letter.parts if each.purpose == purpose]
    return found


# --- Every letter ---------------------------------------------------------------------------


TO_REQUESTERS = [kind for kind in Kind if kind != Kind.HAND_OVER]


@pytest.mark.parametrize("kind", TO_REQUESTERS)
def test_every_letter_has_what_the_specification_asks_for(kind):
    known = OF_KIND[kind]
    assert missing(kind, known) == ()
    letter = write(kind, known)
    assert lacking(letter) == ()
    words = text_of(kind, known)
    for each in (
        "13/02025",
        "your request of 21 April 2013",
        "which we received on 22 April 2013",
        "Please send me the 2010 briefing on the Plan of Action to Prevent People Trafficking, and",
        "Official Information Act 1982",
        "ontact our OIA adviser by phone on 04 901 0000 or by email at oia@example.govt.nz",
        "to complain to the Ombudsman"
        if kind != Kind.TRANSFER
        else "you may complain to the Ombudsman",
        "at ombudsman.example or by phone on 0800 000 000",
        "Manager, Immigration Policy",
        "Dear A Requester",
    ):
        assert each in words


@pytest.mark.parametrize("kind", Kind)
def test_a_letter_is_read_back_from_json_as_it_was_written(kind):
    letter = write(kind, OF_KIND[kind])
    assert letter_from(json.loads(json.dumps(letter.as_plain()))) == letter


@pytest.mark.parametrize("kind", TO_REQUESTERS)
def test_a_letter_cites_the_section_only_for_what_it_lets_a_requester_complain_about(kind):
    """Section 28 is about refusals, extensions and delays, and not about transfers."""
    words = text_of(kind, OF_KIND[kind])
    assert ("section 28(3) of the Act" in words) == (kind != Kind.TRANSFER)


def test_the_letter_to_the_receiving_agency_has_all_that_it_needs_to_answer():
    words = text_of(Kind.HAND_OVER, OF_KIND[Kind.HAND_OVER])
    for each in (
        "New Zealand Customs Service\nPrivate Bag 1\nWellington 6140",
        "On 22 April 2013 we received a request for official information",
        "dated 21 April 2013. The requester wrote:",
        "Please send me the 2010 briefing",
        "We transfer this request to you, under section 14 of the Act.",
        "We do not hold this information, and believe that the New Zealand Customs Service does.",
        "within 20 working days after the day on which you receive this letter",
        "The requester is:\nA Requester\na.requester@example.org",
        "We enclose:\nThe request of 21 April 2013",
    ):
        assert each in words
    assert "Ombudsman" not in words


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Dr Miriam Halloran", "Dear Dr Halloran"),
        ("Prof. Anna van der Berg", "Dear Prof. van der Berg"),
        ("Sir Peter Example", "Dear Sir Peter"),
        ("Miriam Halloran", "Dear Miriam Halloran"),
        ("Jane Reporter, The Daily Example", "Dear Jane Reporter"),
        ("Dr Jane Reporter, The Daily Example", "Dear Dr Reporter"),
        ("Dr Halloran", "Dear Dr Halloran"),
        ("Example Trust (Inc.)", "Dear Example Trust (Inc.)"),
    ],
)
def test_a_letter_greets_by_title_and_family_name(name, greeting):
    known = facts(requester=Requester(name=name))
    assert write(Kind.DECIDE, known).greeting == greeting


def test_a_letter_that_is_not_one_is_refused():
    with pytest.raises(Malformed, match="letter is not an object"):
        letter_from([])
    with pytest.raises(Malformed, match="is not a Letter"):
        letter_from({"type": "Document"})


def test_a_request_received_on_its_own_date_says_so():
    known = facts(on=date(2013, 4, 23), dated=RECEIVED)
    assert "22 April 2013 under the Official Information Act 1982 (the Act), which we received on the same day." in text_of(Kind.ACKNOWLEDGE, known)  # fmt: skip


def test_the_request_is_quoted_line_by_line_without_what_cannot_be_printed():
    known = facts(text="Kia ora\r\n\r\n  one\ttwo\x00\u200b  \n\n")
    (quote,) = part(write(Kind.DECIDE, known), Purpose.REQUEST).blocks[1:]
    assert ["".join(run.text for run in line) for line in quote.lines] == ["Kia ora", "one two"]


def test_line_breaks_and_control_characters_in_the_records_break_no_letter():
    line = replace(
        BRIEFING, title="Two\nlines\x00", decision=Decision.OUT_OF_SCOPE, reason="a\r\nb"
    )
    contact = Person(role="OIA\nadviser", email="a@\tb")
    known = facts(lines=(line,), reference="13\n02", contact=contact)
    words = text_of(Kind.DECIDE, known)
    assert "Two lines\n30 July 2010\nOutside your request. a b." in words
    assert "our OIA adviser by email at a@ b, and quote our reference, 13 02." in words


def test_a_requester_without_a_name_is_greeted_in_te_reo():
    assert write(Kind.DECIDE, facts(requester=Requester())).greeting == "Tēnā koe"


def test_a_scope_note_follows_the_request():
    words = text_of(Kind.DECIDE, facts(scope="Briefings, not annual reports"))
    assert "We have taken your request to mean:\nBriefings, not annual reports" in words


def test_one_earlier_event_is_a_sentence_and_several_are_a_list_by_date():
    one = part(write(Kind.DECIDE, facts(events=(ACKNOWLEDGED,))), Purpose.EARLIER)
    assert len(one.blocks) == 1
    events = (
        Event(kind=Happened.EXTENDED, on=date(2013, 5, 20), until=date(2013, 6, 19)),
        Event(kind=Happened.TRANSFERRED_IN_PART, on=date(2013, 4, 29), whom="Ministry of Justice"),
        ACKNOWLEDGED,
    )
    known = facts(events=events)
    assert isinstance(part(write(Kind.DECIDE, known), Purpose.EARLIER).blocks[1], Points)
    assert (
        "Since then:\n"
        "On 23 April 2013 we confirmed that we had received your request.\n"
        "On 29 April 2013 we transferred part of your request to the Ministry of Justice.\n"
        "On 20 May 2013 we extended the time for our decision to 19 June 2013.\n"
    ) in text_of(Kind.DECIDE, known)


def test_every_event_that_letters_mention_has_its_sentence():
    for happened in Happened:
        event = Event(kind=happened, on=date(2013, 5, 1), whom="NZ Police", until=date(2013, 6, 1))
        assert "On 1 May 2013 " in text_of(Kind.DECIDE, facts(events=(event,)))


def test_the_agencys_own_words_stand_before_the_contact():
    words = text_of(Kind.DECIDE, facts(own_words="Two things:\n- first\n- second"))
    assert "Two things:\nfirst\nsecond\nIf you have any questions" in words


def test_the_contacts_name_and_role():
    both = Person(name="A. Contact", role="Adviser", email="a@example.org")
    words = text_of(Kind.DECIDE, facts(contact=both))
    assert "Please contact A. Contact (Adviser) by email at a@example.org, and quote" in words


def test_the_settings_give_the_ombudsmans_details():
    ombudsman = Ombudsman(**settings.OMBUDSMAN)
    assert "www.ombudsman.parliament.nz" in text_of(Kind.DECIDE, facts(ombudsman=ombudsman))


def test_letters_use_the_codes_that_the_records_store():
    assert {each.value for each in Kind} == set(RequestLetter.Kind.values)
    assert {each.value for each in Decision} == set(ScheduleLine.Decision.values) - {""}
    assert {each.value for each in Happened} <= set(RequestEvent.Kind.values)


# --- Each kind ------------------------------------------------------------------------------


def test_an_acknowledgement_gives_the_last_day():
    words = text_of(Kind.ACKNOWLEDGE, OF_KIND[Kind.ACKNOWLEDGE])
    assert "Thank you for your request of 21 April 2013" in words
    assert "by 21 May 2013 at the latest. That is 20 working days after" in words
    assert "urgent" not in words
    assert "urgent" in text_of(Kind.ACKNOWLEDGE, facts(on=date(2013, 4, 23), is_urgent=True))


def test_a_late_acknowledgement_apologises_and_promises_no_day_that_is_over():
    words = text_of(Kind.ACKNOWLEDGE, facts())
    assert "We should have told you our decision by 21 May 2013. We apologise" in words
    assert "at the latest" not in words


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(2013, 5, 2), "does not change the date by which we must tell you our decision, which is 21 May 2013."),
        (date(2013, 5, 3), "does not change the date by which we must tell you our decision, which is 21 May 2013."),
        (date(2013, 5, 22), "We should have told you our decision by 21 May 2013."),
    ],
)  # fmt: skip
def test_a_question_does_not_start_the_time_again_before_the_act_allowed_it(on, sentence):
    known = facts(on=on, question="Which year?")
    assert known.clock.day == DAYS.day_number(RECEIVED, on)
    words = text_of(Kind.CLARIFY, known)
    assert sentence in words
    assert "as a new one" not in words


@pytest.mark.parametrize("on", [date(2016, 5, 4), date(2016, 5, 5)])
def test_a_question_after_day_7_does_not_start_the_time_again(on):
    received = date(2016, 4, 22)
    known = facts(
        on=on,
        question="Which year?",
        dated=received,
        received=received,
        clock=clock_of(DAYS, counted_from=received, on=on),
    )
    sentence = "the Act lets us treat it as a new one. We would then have 20 working"
    assert (sentence in text_of(Kind.CLARIFY, known)) == (known.clock.day == 7)


def test_several_questions_are_a_list():
    known = facts(question="Which year?\n\nDo you want drafts?")
    blocks = part(write(Kind.CLARIFY, known), Purpose.NEXT).blocks
    assert [len(each.items) for each in blocks if isinstance(each, Points)] == [2]


def test_a_transfer_says_where_to_and_why_and_that_nothing_need_be_done():
    words = text_of(Kind.TRANSFER, OF_KIND[Kind.TRANSFER])
    assert (
        "We have transferred your request to the New Zealand Customs Service, under section 14 of "
        "the Act.\nWe do not hold this information, and believe that the New Zealand Customs Service "
        "does.\nThe New Zealand Customs Service will answer you directly, and must tell you its "
        "decision within 20 working days of receiving the transfer. You do not need to do anything."
    ) in words
    assert "apologise" not in words


def test_a_transfer_in_part_quotes_the_part_and_keeps_the_rest():
    transfer = Transfer(
        whom="Ministry of Justice", reason="14(b)(ii)", part="annual reports", contact="a@b.example"
    )
    letter = write(Kind.TRANSFER, facts(on=date(2013, 5, 3), transfer=transfer))
    words = "\n".join(lines_of(letter))
    assert letter.subject == "We have transferred part of your request for official information"
    assert "under section 14 of the Act:\nannual reports\nWe believe that this" in words
    assert "You can reach the Ministry of Justice at a@b.example." in words
    assert "We will answer the rest of your request ourselves, by 21 May 2013" in words


def test_a_transfer_after_day_10_apologises():
    known = replace(OF_KIND[Kind.TRANSFER], clock=clock_of(DAYS, counted_from=RECEIVED, on=date(2013, 5, 8)))  # fmt: skip
    assert (
        "We should have transferred it by 7 May 2013. This is one working day late, and we apologise"
    ) in text_of(Kind.TRANSFER, known)


def test_an_extension_gives_both_dates_the_reason_and_the_right_to_complain_about_it():
    known = replace(
        OF_KIND[Kind.EXTEND],
        extension=Extension(
            reason="15A(1)(b)", until=date(2013, 6, 19), explanation="Five agencies are involved."
        ),
    )
    words = text_of(Kind.EXTEND, known)
    assert (
        "from 21 May 2013 to 19 June 2013, under section 15A(1)(b) of the Act.\nThe reason is that "
        "we need to consult others before we decide, and cannot reasonably do so within the original "
        "time limit.\nFive agencies are involved.\n"
    ) in words
    assert "complain to the Ombudsman about this extension" in words


# --- Decisions and releases -----------------------------------------------------------------


def test_the_letter_of_22_may_2013_is_a_working_day_late_and_apologises():
    words = text_of(Kind.DECIDE, OF_KIND[Kind.DECIDE])
    assert (
        "We should have told you our decision by 21 May 2013. It is one working day late. "
        "We apologise for the delay."
    ) in words


def test_a_letter_in_time_has_no_apology():
    known = facts(on=date(2013, 5, 21), lines=LINES)
    assert not write(Kind.DECIDE, known).has(Purpose.LATE)


def test_without_the_apology_the_lateness_is_still_said():
    known = facts(lines=LINES, apologises=False, no_apology_reason="Agreed with the requester.")
    words = text_of(Kind.DECIDE, known)
    assert "It is one working day late." in words
    assert "apologise" not in words
    assert "Agreed with" not in words
    assert missing(Kind.DECIDE, known) == ()


def test_lateness_is_counted_from_an_extended_date():
    clock = clock_of(
        DAYS, counted_from=RECEIVED, on=date(2013, 5, 22), extended_to=date(2013, 6, 19)
    )
    assert clock == Clock(
        first_due=date(2013, 5, 21),
        decide_by=date(2013, 6, 19),
        transfer_by=date(2013, 5, 7),
        day=21,
        late=0,
        transfer_late=11,
    )


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        (["full"], "We have decided to release in full the information that you asked for."),
        (["full", "out_of_scope"], "We have decided to release in full"),
        (["full", "withheld"], "We have decided to release some of the information"),
        (["part"], "We have decided to release some of the information"),
        (["withheld", "refused"], "We have decided not to release the information"),
    ],
)
def test_the_outcome_follows_from_the_schedule(decisions, sentence):
    lines = tuple(
        replace(BRIEFING, number=number, decision=Decision(decision))
        for number, decision in enumerate(decisions, start=1)
    )
    assert sentence in text_of(Kind.DECIDE, facts(lines=lines))


def test_the_schedule_is_counted_in_words():
    assert (
        "Of the three documents in the schedule at the end of this letter, one is released in part, "
        "one is refused and one is outside your request."
    ) in text_of(Kind.DECIDE, OF_KIND[Kind.DECIDE])


def test_each_ground_is_worded_once_with_its_documents():
    lines = (BRIEFING, replace(BRIEFING, number=2, grounds=("6(d)", "9(2)(a)")))
    words = text_of(Kind.DECIDE, facts(lines=lines))
    assert (
        "under these sections of the Act:\n"
        "Section 6(d): because releasing it would be likely to endanger a person’s safety "
        "(document 2).\n"
        "Section 9(2)(a): to protect people’s privacy, including the privacy of people who have died "
        "(documents 1 and 2).\n"
    ) in words


@pytest.mark.parametrize(
    ("lines", "verb"),
    [
        ((BRIEFING,), "withheld"),
        ((NOT_HELD,), "refused"),
        ((BRIEFING, replace(NOT_HELD, number=3)), "withheld or refused"),
    ],
)
def test_the_letter_says_withheld_or_refused_as_the_schedule_does(lines, verb):
    text = text_of(Kind.DECIDE, facts(lines=lines))
    assert f"We have {verb} information under " in text


@pytest.mark.parametrize(
    ("grounds", "is_weighed"),
    [(("9(2)(a)",), True), (("6(a)", "18(e)", "10"), False), (("18(g)", "9(2)(h)"), True)],
)
def test_the_public_interest_is_said_only_of_section_9(grounds, is_weighed):
    letter = write(Kind.DECIDE, facts(lines=(replace(BRIEFING, grounds=grounds),)))
    assert letter.has(Purpose.PUBLIC_INTEREST) == is_weighed


def test_what_was_weighed_follows_in_the_agencys_words():
    words = text_of(Kind.DECIDE, facts(lines=LINES, public_interest="The names add nothing."))
    assert "as section 9(1) requires. We decided that it does not.\nThe names add nothing." in words


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        (Kind.DECIDE, {}, "We will send you the document that we are releasing as soon as we can."),
        (Kind.DECIDE, {"release_by": date(2013, 5, 31)}, "By 31 May 2013 we will send you the document"),
        (Kind.DECIDE_AND_RELEASE, {}, "The document that we are releasing comes with this letter."),
        (Kind.RELEASE, {}, "The document that we are releasing comes with this letter."),
        (Kind.DECIDE, {"will_be_published": True}, "Your name and address will not be in them."),
    ],
)  # fmt: skip
def test_how_the_documents_come(kind, changes, sentence):
    assert sentence in text_of(kind, facts(lines=LINES, **changes))


def test_the_label_shown_is_that_of_a_document_that_is_released():
    lines = (NOT_HELD, replace(BRIEFING, number=2, grounds=("9(2)(g)(i)", "9(2)(a)")))
    assert "such as [s 9(2)(a)]." in text_of(Kind.DECIDE_AND_RELEASE, facts(lines=lines))
    assert "such as [" not in text_of(Kind.DECIDE, facts(lines=(NOT_HELD,)))


def test_the_schedule_has_a_row_for_each_document():
    (grid,) = part(write(Kind.DECIDE, OF_KIND[Kind.DECIDE]), Purpose.SCHEDULE).blocks
    assert grid.heads == ("No.", "Document", "Date", "Decision", "Section of the Act")
    rows = [["".join(run.text for run in cell) for cell in row.cells] for row in grid.rows]
    assert rows == [
        ["1", BRIEFING.title, "30 July 2010", "Released in part", "s 9(2)(a)"],
        ["2", "Annual report 2009", "Not dated", "Refused", "s 18(g)"],
        ["3", OUTSIDE.title, "3 March 2010", "Outside your request. They are about another plan.", "None"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_only_letters_about_a_decision_have_a_schedule(kind):
    letter = write(kind, replace(OF_KIND[kind], lines=LINES))
    assert letter.has(Purpose.SCHEDULE) == kind.has_schedule
    assert kind.has_schedule == (kind.decides or kind.releases)


# --- What is missing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        (Kind.ACKNOWLEDGE, {"reference": " "}, "The request has no reference. Enter one."),
        (Kind.ACKNOWLEDGE, {"text": ""}, "The text of the request is empty. Enter it word for word."),
        (Kind.ACKNOWLEDGE, {"agency": ""}, "The agency has no name."),
        (Kind.ACKNOWLEDGE, {"dated": date(2013, 4, 23)}, "The request was received on 22 April 2013, before its own date, 23 April 2013. Correct one of the two."),
        (Kind.ACKNOWLEDGE, {"on": date(2013, 4, 20)}, "The letter is dated 20 April 2013, before the request was received on 22 April 2013."),
        (Kind.ACKNOWLEDGE, {"contact": Person(role="Adviser")}, "Name a contact, with a phone number or an email address."),
        (Kind.ACKNOWLEDGE, {"contact": Person(phone="1")}, "Name a contact, with a phone number or an email address."),
        (Kind.DECIDE, {"ombudsman": Ombudsman()}, "The Ombudsman’s details are missing. An administrator sets them for this installation."),
        (Kind.ACKNOWLEDGE, {"signatory": Person()}, "The letter has no signatory."),
        (Kind.CLARIFY, {"question": "\n"}, "Write what you want to ask the requester."),
        (Kind.TRANSFER, {"transfer": None}, "Say to which agency the request is transferred."),
        (Kind.TRANSFER, {"transfer": Transfer(whom="Police", reason="15A(1)(a)")}, "Say why the request is transferred."),
        (Kind.EXTEND, {"extension": None}, "Choose a reason for the extension, under section 15A(1)."),
        (Kind.EXTEND, {"extension": Extension(reason="busy", until=date(2013, 6, 1))}, "Choose a reason for the extension, under section 15A(1)."),
        (Kind.EXTEND, {"extension": Extension(reason="15A(1)(a)", until=date(2013, 5, 21))}, "The new date, 21 May 2013, is not after the first one, 21 May 2013."),
        (Kind.EXTEND, {"on": date(2013, 5, 22)}, "The time can be extended only within the first 20 working days. Those ended on 21 May 2013."),
        (Kind.EXTEND, {"events": (Event(kind=Happened.EXTENDED, on=date(2013, 5, 1)),)}, "The time was extended before. It can be extended once."),
        (Kind.RELEASE, {"events": ()}, "The decision has not been notified. Notify it before the release, or in one letter with it."),
        (Kind.DECIDE, {"lines": ()}, "The schedule is empty. List the documents within the request, or what is not held."),
        (Kind.DECIDE, {"lines": (OUTSIDE,)}, "Every document is transferred or out of scope, so there is nothing to decide."),
        (Kind.DECIDE, {"lines": (replace(BRIEFING, title="A", decision=None),)}, "Document 1, “A”, has no decision."),
        (Kind.DECIDE, {"lines": (replace(BRIEFING, title="A", grounds=()),)}, "Document 1, “A”, is withheld in part without a ground."),
        (Kind.DECIDE, {"lines": (replace(NOT_HELD, title="A", grounds=()),)}, "Document 2, “A”, is refused without a ground."),
        (Kind.DECIDE, {"lines": (replace(BRIEFING, title="A", decision=Decision.FULL),)}, "Document 1, “A”, has a ground, but nothing of it is withheld or refused."),
        (Kind.DECIDE, {"lines": (BRIEFING, replace(OUTSIDE, title="A", reason=""))}, "Document 3, “A”, is out of scope without a reason."),
        (Kind.DECIDE, {"lines": (replace(BRIEFING, title="A", weighed=()),)}, "Document 1, “A”, uses s 9(2)(a) without a note on the public interest. Write what you weighed."),
        (Kind.DECIDE, {"lines": (replace(BRIEFING, title="A", grounds=("SENSITIVE",)),)}, "Document 1, “A”, cannot be withheld: “SENSITIVE” is not a ground for withholding in the Official Information Act 1982."),
        (Kind.RELEASE, {"lines": (NOT_HELD,)}, "No document is released, so this letter would release nothing."),
        (Kind.DECIDE, {"apologises": False}, "The decision is late. Apologise, or give the reason for leaving the apology out."),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_one_sentence(kind, changes, sentence):
    known = replace(OF_KIND[kind], **changes)
    assert missing(kind, known) == (sentence,)
    # It can be written all the same, so that the preparer sees how far it is.
    assert write(kind, known)


def test_grounds_not_in_force_on_the_day_are_missing():
    line = replace(BRIEFING, title="A", grounds=("9(2)(ba)(i)",), weighed=("9(2)(ba)(i)",))
    known = facts(
        lines=(line,), dated=date(1985, 1, 1), received=date(1985, 1, 1), on=date(1985, 2, 1)
    )
    assert (
        "Document 1, “A”, uses s 9(2)(ba)(i), which is not in force on 1 February 1985."
        in missing(Kind.DECIDE, known)
    )


@pytest.mark.parametrize(
    ("purpose", "sentence"),
    [
        (Purpose.COMPLAINT, "The letter does not say how to complain to the Ombudsman (section 28(3))."),
        (Purpose.CONTACT, "The letter does not say whom to contact."),
        (Purpose.SCHEDULE, "The letter does not say the schedule."),
    ],
)  # fmt: skip
def test_a_part_taken_out_of_a_letter_is_noticed(purpose, sentence):
    letter = write(Kind.DECIDE, OF_KIND[Kind.DECIDE])
    without = replace(letter, parts=tuple(p for p in letter.parts if p.purpose != purpose))
    assert lacking(without) == (sentence.replace("say the schedule", "have the schedule"),)


# --- The public copy ------------------------------------------------------------------------


def test_the_public_copy_replaces_the_requester_by_the_ground_of_privacy():
    requester = Requester(name="Tāne Sample", address=("12 Sample Street", "t@example.org"))
    known = facts(
        lines=LINES,
        requester=requester,
        text="I am TĀNE SAMPLE of 12 Sample  Street.\nWrite to t@example.org.\nTāne",
    )
    letter = public_copy(write(Kind.DECIDE, known))
    (quote,) = part(letter, Purpose.REQUEST).blocks[1:]
    assert ["".join(run.text for run in line) for line in quote.lines] == [
        "I am [s 9(2)(a)] of [s 9(2)(a)].",
        "Write to [s 9(2)(a)].",
        "[s 9(2)(a)]",
    ]
    assert (letter.addressee, letter.greeting) == (Requester(), "Tēnā koe")
    assert letter.title == "Our decision on your request for official information, 13/02025"


def test_words_of_a_name_stay_where_they_are_other_words():
    known = facts(requester=Requester(name="Mark Price"), text="The price of a mark.\nMark")
    (quote,) = part(public_copy(write(Kind.DECIDE, known)), Purpose.REQUEST).blocks[1:]
    assert [line[0].text for line in quote.lines] == ["The price of a mark.", "[s 9(2)(a)]"]


# --- A thousand letters ---------------------------------------------------------------------

EMPTY = re.compile(r"\(\s*\)|\[\s*\]|“\s*”|\{|\}|  | [.,;:)]|\.\.")


@pytest.fixture(scope="module")
def thousand():
    """A thousand letters from random facts: (seed, kind, facts, letter)."""
    found = []
    for seed in range(1000):
        kind, known = random_facts(seed)
        found.append((seed, kind, known, write(kind, known)))
    return found


def copied_lines(letter):
    """Return the lines of a letter that somebody outside wrote, and what the agency typed."""
    return {
        "".join(run.text for run in text)
        for each in letter.parts
        if each.purpose in (Purpose.REQUEST, Purpose.NEXT)
        for block in each.blocks
        if isinstance(block, Quote | Points)
        for text in (block.lines if isinstance(block, Quote) else block.items)
    }


def test_a_thousand_random_letters_are_whole(thousand):
    for seed, kind, known, letter in thousand:
        assert missing(kind, known) == (), seed
        assert lacking(letter) == (), seed
        typed = {
            known.reference,
            *(line.title.strip() for line in known.lines),
            *copied_lines(letter),
        }
        broken = [each for each in lines_of(letter) if each not in typed and EMPTY.search(each)]
        assert broken == [], seed


def test_a_thousand_random_letters_word_every_ground_used_once_and_no_other(thousand):
    for seed, kind, known, letter in thousand:
        words = "\n".join(lines_of(letter))
        used = {code for line in known.lines for code in line.grounds} if kind.has_schedule else ()
        worded = {each.code: words.count(each.wording) for each in act_named().grounds}
        assert worded == {code: int(code in used) for code in worded}, seed


def test_no_public_copy_of_a_thousand_has_the_requester(thousand):
    for seed, kind, known, letter in thousand:
        if kind == Kind.HAND_OVER:
            with pytest.raises(ValueError, match="no public copy"):
                public_copy(letter)
            continue
        words = "\n".join(lines_of(public_copy(letter))).casefold()
        for each in (known.requester.name, *known.requester.address):
            assert not each or each.casefold() not in words, (seed, each)


@pytest.mark.parametrize(
    ("here", "words"),
    [
        ((True, True), "Where we have withheld words, the document shows the section"),
        ((True, False), "Where we have withheld words in document 1, the document shows"),
        ((False, False), ""),
    ],
)
def test_labels_are_spoken_of_only_in_documents_that_were_redacted_here(here, words):
    """A copy that was redacted in another program shows what that program left."""
    lines = tuple(
        replace(BRIEFING, number=number, decision=Decision.PART, shows_labels=shows)
        for number, shows in enumerate(here, 1)
    )
    text = text_of(Kind.DECIDE, facts(lines=lines))
    assert (words in text, "such as [s " in text) == (True, any(here))
    of_copies = [
        f"What we have withheld in document {number} is withheld under section 9(2)(a), even where its pages do not show it."
        for number, shows in enumerate(here, 1)
        if not shows
    ]
    assert re.findall(r"What we have withheld in [^.]*\.", text) == of_copies


def test_the_letter_says_what_is_published_and_all_where_it_is_all():
    lines = tuple(replace(BRIEFING, number=number, decision=Decision.PART) for number in (1, 2, 3))
    text = text_of(Kind.DECIDE, facts(lines=lines, will_be_published=True))
    assert (
        "Of the three documents in the schedule at the end of this letter, all are released in part."
    ) in text
    assert (
        "We intend to publish the documents that we release, and the schedule, on our website."
    ) in text
    assert "publish this letter" not in text

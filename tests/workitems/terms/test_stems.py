"""Test how typed texts complete the sentences that forms begin."""

import pytest

from workitems.terms.stems import (
    STEMS,
    as_it_reads,
    begun,
    cause,
    completion,
    has_verb,
    in_sentences,
    possible,
    remarks,
    says_nothing,
    says_we,
    without_announcements,
)

NAMES = ["MBIE", "Ministry of Business, Innovation and Employment", "MSD", "Police"]


@pytest.mark.parametrize(
    ("asked", "typed", "reads"),
    [
        ("mitigation", "publish the chapters", "MBIE will publish the chapters."),
        ("mitigation", "Publish the chapters.", "MBIE will publish the chapters."),
        ("mitigation", "MBIE will publish the chapters", "MBIE will publish the chapters."),
        ("mitigation", "To publish the chapters", "MBIE will publish the chapters."),
        ("mitigation", "The mbie will publish the chapters", "MBIE will publish the chapters."),
        ("mitigation", "The post is advertised again", "The post is advertised again."),
        (
            "mitigation",
            "fit out the polytechnic building",
            "MBIE will fit out the polytechnic building.",
        ),
        (
            "mitigation",
            "second two navigators from Otago",
            "MBIE will second two navigators from Otago.",
        ),
        (
            "achieved",
            "funded 20 posts from January; 17 of them were filled",
            "MBIE funded 20 posts from January; 17 of them were filled.",
        ),
        (
            "meanwhile",
            "Health NZ rents 11 motel units",
            "Until then, Health NZ rents 11 motel units.",
        ),
        (
            "meanwhile",
            "the council processes rural applications first",
            "Until then, the council processes rural applications first.",
        ),
        ("explanation", "No money was set aside.", "It is late because no money was set aside."),
        ("explanation", "because no money is left", "It is late because no money is left."),
        ("explanation", "MSD moved the date", "It is late because MSD moved the date."),
        ("explanation", "Sixty-one answers came", "It is late because sixty-one answers came."),
        ("explanation", "Justice’s lawyers are on bills.", "Justice’s lawyers are on bills."),
        # Without a verb.
        ("explanation", "Funding", "It is late because of funding."),
        ("explanation", "No money", "It is late because of a lack of money."),
        (
            "explanation",
            "61 submissions, twice what was expected, many requiring legal advice.",
            "It is late because of 61 submissions, twice what was expected, many requiring legal advice.",
        ),
        ("explanation", "Resourcing of the team", "It is late because of resourcing of the team."),
        ("explanation", "Tusla has left the team", "Tusla has left the team."),
        ("explanation", "due to a second tender", "It is late because of a second tender."),
        ("meanwhile", "Until then, Police keep a list", "Until then, Police keep a list."),
        ("effect", "This means that victims wait.", "This means that victims wait."),
        (
            "effect",
            "Victims wait for months.",
            "For people this means that victims wait for months.",
        ),
        ("needs", "It needs a second tender", "To be done, it needs a second tender."),
        ("achieved", "Trained 240 staff.", "MBIE trained 240 staff."),
        ("achieved", "About 240 staff are trained.", "About 240 staff are trained."),
        ("action", "Send the advice", "MBIE will send the advice."),
        # "X to …".
        ("action", "DIA to bring one bid", "DIA will bring one bid."),
        ("mitigation", "IR to lend an analyst 2 days p/w.", "IR will lend an analyst 2 days p/w."),
        (
            "response",
            "Legal advice to be published in full",
            "Legal advice will be published in full.",
        ),
        ("planned_next", "Talks with banks to begin.", "Talks with banks will begin."),
        (
            "mitigation",
            "Use of motels known to Police to be safe",
            "Use of motels known to Police to be safe.",
        ),
        ("mitigation", "Money to print it", "Money to print it."),
        ("mitigation", "Co-design it with iwi", "MBIE will co-design it with iwi."),
        ("mitigation", "In-house lawyers", "In-house lawyers."),
        ("mitigation", "Phase 2", "Phase 2."),
        # Orders, and what is to come, are no reasons.
        ("explanation", "Re-tender the work", "Re-tender the work."),
        ("explanation", "Advice on fees to be published", "Advice on fees to be published."),
        ("explanation", "Awaiting decisions.", "It is late because decisions are awaited."),
        ("needs", "Customs approval", "To be done, it needs Customs approval."),
        ("mitigation", "Decision to open places", "Decision to open places."),
        (
            "mitigation",
            "publish the chapters. The others\nfollow in May",
            "MBIE will publish the chapters. The others follow in May.",
        ),
    ],
)
def test_a_text_completes_its_sentence_or_stays_one_of_its_own(asked, typed, reads):
    assert as_it_reads(asked, typed, "MBIE", NAMES) == reads


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "N/A.",
        "As above.",
        "see above",
        "COMPLETED",
        "This milestone has been COMPLETED.",
        "Monitor",
    ]
    + [
        "Ongoing",
        "Nothing this period.",
        "As previously advised.",
        "Work continues as planned.",
        "-",
        "On track",
    ],
)
def test_a_text_without_content_completes_nothing(text):
    assert says_nothing(text)
    assert [completion(asked, text, NAMES) for asked in STEMS] == [None] * len(STEMS)


@pytest.mark.parametrize("text", ["Work on the guide continues", "The course is done", "240"])
def test_a_text_with_one_word_of_its_own_says_something(text):
    assert not says_nothing(text)


@pytest.mark.parametrize(
    ("text", "is_we"),
    [("We are hiring", True), ("our lawyers", True), ("we’re late", True), ("the US agreed", False)]
    + [("Between us, no", True), ("The hours were long", False)],
)
def test_an_agency_that_speaks_of_itself_is_found(text, is_we):
    assert says_we(text) == is_we


@pytest.mark.parametrize(
    ("text", "word"), [("Train staff of ours", "ours"), ("We at DIA ask", "we")]
)
def test_the_word_by_which_an_agency_speaks_of_itself_is_named(text, word):
    assert remarks("mitigation", text, "MBIE")[0] == (
        f"The paper speaks of agencies by name: write MBIE instead of “{word}”."
    )


def test_each_beginning_has_an_example_that_completes_it():
    for asked, stem in STEMS.items():
        found = completion(asked, str(stem.example), NAMES)
        assert found == str(stem.example)
        assert remarks(asked, str(stem.example), "MBIE", NAMES) == []


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", []),
        ("publish the chapters", []),
        (
            "n/a",
            [
                "This says nothing that a reader can use. Write, for example: publish the parts that are agreed."
            ],
        ),
        (
            "we are hiring",
            [
                "Continue the sentence “MBIE will …”, for example: publish the parts that are agreed.",
            ],
        ),
        (
            "publish " + "a chapter and " * 12,
            ["Use at most 30 words; the paper shortens what is longer."],
        ),
    ],
)
def test_the_writer_reads_what_to_improve(typed, advice):
    assert remarks("mitigation", typed, "MBIE", NAMES) == advice


CONTINUE = "Continue the sentence “MBIE …”, for example: trained 240 of its 900 staff."
BY_NAME = "The paper speaks of agencies by name: write MBIE instead of “ours”."


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("trained 240 staff", []),
        ("About 240 staff are trained.", []),
        ("In the year we trained 240 staff.", []),
        ("240 staff of ours are trained.", [BY_NAME]),
        ("Publish the chapters", [CONTINUE]),
        ("Put up posters", []),
        ("The tender was run again. " * 100, []),
        ("No staff", [CONTINUE]),
        ("Awaiting Cabinet", [CONTINUE]),
        ("To publish the chapters", [CONTINUE]),
        ("Staff are being hired.", []),
    ],
)
def test_what_was_achieved_may_be_a_sentence_of_its_own(typed, advice):
    assert remarks("achieved", typed, "MBIE", NAMES) == advice


def test_the_beginning_is_added_without_a_full_stop_where_a_headline_has_none():
    assert begun("achieved", "Trained 240 staff", "MBIE", NAMES) == "MBIE trained 240 staff"
    assert begun("achieved", "Trained staff. All know.", "MBIE") == "MBIE trained staff. All know."


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("61 submissions, twice what was expected", False),
        ("Two regions without a place for three weeks", False),
        ("Motels known to Police", False),
        ("Length of submissions higher than anticipated", False),
        ("No update in the last round", False),
        ("The advisers who write it were on other work", True),
        ("Nobody knows who will pay", True),
        ("They left", True),
        ("The market moved, and prices with it", True),
    ],
)
def test_a_text_that_may_be_a_sentence_has_a_verb_of_its_own(text, is_so):
    assert has_verb(text) is is_so


@pytest.mark.parametrize(
    ("asked", "typed", "reads"),
    [
        # A later sentence that begins with a number.
        (
            "achieved",
            "checked 2,147 employers. 164 lost their accreditation or were suspended.",
            "MBIE checked 2,147 employers. 164 lost their accreditation or were suspended.",
        ),
        ("achieved", "We ran ten clinics", "MBIE ran ten clinics."),
        ("mitigation", "We will ask again", "MBIE will ask again."),
        ("mitigation", "will lift the pay of staff", "MBIE will lift the pay of staff."),
        ("planned_next", "- finish 4 languages\n- SMS", "MBIE will finish 4 languages. SMS."),
        ("needs", "$1.2m p.a. (Budget 2027)", "To be done, it needs $1.2m p.a. (Budget 2027)."),
        ("needs", "$1.2m p.a.", "To be done, it needs $1.2m p.a."),
        (
            "explanation",
            "It is late because of the NCEA change programme",
            "It is late because of the NCEA change programme.",
        ),
        ("explanation", "of the change to visas", "It is late because of the change to visas."),
        ("explanation", "RFP failed in BOP", "It is late because RFP failed in BOP."),
    ],
)
def test_hurried_answers_keep_their_subject_and_their_sense(asked, typed, reads):
    assert as_it_reads(asked, typed, "MBIE", NAMES) == reads


def test_we_is_remarked_only_where_the_name_does_not_take_its_place():
    assert remarks("achieved", "we ran ten clinics", "MBIE", NAMES) == []
    assert remarks("achieved", "ran ten clinics of ours", "MBIE", NAMES) == [BY_NAME]


def test_a_title_line_marks_the_whole_text_as_a_press_release():
    typed = "Media release - Raids\n\nTwelve workers were found.\n\nENDS"
    assert without_announcements(typed) == ""
    assert remarks("achieved", typed, "MBIE", NAMES)[0].startswith("The paper leaves praise")


NEEDS = "Continue the sentence “To be done, it needs …”, for example: a second tender."


@pytest.mark.parametrize(
    ("typed", "reads", "advice"),
    [
        ("a second tender", "To be done, it needs a second tender.", []),
        ("Publish the chapters", "To be done, it needs MBIE to publish the chapters.", []),
        ("to be signed by Cabinet", "To be done, it needs to be signed by Cabinet.", []),
        ("support from Police", "To be done, it needs support from Police.", []),
        ("staff time", "To be done, it needs staff time.", []),
        ("money that is not set aside", "To be done, it needs money that is not set aside.", []),
        ("Police to lend a lawyer", "To be done, it needs Police to lend a lawyer.", []),
        ("the tender is run again", "The tender is run again.", [NEEDS]),
        ("No staff", "No staff.", [NEEDS]),
        ("due to the bill", "Due to the bill.", [NEEDS]),
        ("Publish", "Publish.", [NEEDS]),
        ("working with Police", "Working with Police.", [NEEDS]),
    ],
)
def test_a_need_is_a_thing_or_an_act_and_no_sentence(typed, reads, advice):
    assert as_it_reads("needs", typed, "MBIE", NAMES) == reads
    assert remarks("needs", typed, "MBIE", NAMES) == advice


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("longer waits for a lawyer", "because of longer waits for a lawyer"),
        ("victims no longer get help", "because victims no longer get help"),
        ("test failures", "because of test failures"),
        ("continue working with iwi", None),
        ("MBIE to publish the chapters", None),
        ("To publish the chapters", None),
    ],
)
def test_an_order_is_no_cause(typed, found):
    assert cause(typed, NAMES) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Not enough assessors", "because there are not enough assessors"),
        ("not enough money to print it", "because there is not enough money to print it"),
        ("No suitable provider", "because there is no suitable provider"),
        ("No money", "because of a lack of money"),
        (
            "Lack of assessors in the South Island",
            "because of a lack of assessors in the South Island",
        ),
        ("Cost of lane hire", "because of cost of lane hire"),
        ("Data quality issues", "because of data quality issues"),
        ("lane hire costs too much", "because lane hire costs too much"),
        ("IT procurement", "because of IT procurement"),
        # The first letter is small unless the text may begin with a name.
        ("Rental firms want one agreement", "because rental firms want one agreement"),
        ("Delivery of the bags was delayed", "because delivery of the bags was delayed"),
        ("Radio coverage is poor", "because radio coverage is poor"),
        ("Tusla has left the team", None),
        ("Grant Thornton has left the team", "because Grant Thornton has left the team"),
        ("Hastings has no pool", "because Hastings has no pool"),
        ("House time", "because of House time"),
        ("Budget not confirmed.", "because the budget is not confirmed"),
        ("Contract not signed", "because the contract is not signed"),
        ("Data sets not delivered", "because data sets are not delivered"),
    ],
)
def test_a_cause_is_told_as_a_clause_or_as_a_thing(typed, found):
    assert cause(typed, NAMES) == found


def test_an_apostrophe_that_is_left_out_is_put_in():
    typed = "Coroners need to clear findings and havent yet"
    assert begun("explanation", typed, "MBIE", NAMES) == (
        "It is late because coroners need to clear findings and haven’t yet"
    )


FITS = {
    "mitigation": """
        accredit another 96 controllers by December 2027
        air freight the rest of the equipment
        Accredit another 96 controllers by December 2027
        cost a smaller option with the Treasury
        MBIE will accredit another 96 controllers
        MBIE will then pass its material to the others
        Ministry of Business, Innovation and Employment will cost a smaller option
        MSD will lend a lawyer
        The first national exercise will be held in May 2027
        air freight the rest of the equipment
        publish the chapters that are agreed
        Say in writing which care victims may have
        redeploy two advisers from the levy team
        go back to market with a simpler specification
        take options to Cabinet in March
    """,
    "explanation": """
        Rental firms want one agreement for all road and water safety material and negotiations are ongoing
        Delivery of the throw bags was delayed by the supplier
        Coroners need to clear findings and havent yet
        Not enough assessors
        Lack of assessors
        the $12.4 million for the repair fund was not provided in Budget 2026
        Only $1.9m of the $4.6m a year was available
        None of the three proposals met the requirements, so the tender has to be run again
        Two of the three modellers left in March and the posts were vacant until September
        Tusla has left the team
        iwi want more time
        the lawyers work on the levy bill
        SH6 closed between Nelson and Blenheim
    """,
    "meanwhile": """
        ACC and Water Safety New Zealand reconcile their figures by hand each quarter
        Regional bylaws require lifejackets in 11 of 16 regions
        controllers telephone each other twice a day
        MSD pays for motel rooms from the emergency fund
    """,
    "effect": """
        Radio coverage is poor from Haast to Puysegur Point
        three in ten phones in an affected area still miss an alert
        about three in ten phones in an affected area still miss an alert
        controllers still telephone the regions one by one
        Around 900 tamariki miss out this summer
        Lessons from 31 deaths have not reached those who could act on them
        victims wait for months
    """,
}
DOES_NOT_FIT = {
    "mitigation": """
        n/a
        Resourcing
        Challenges: Resourcing
        not enough assessors
        Privacy
        see above
        we are hiring
        COMPLETED
        Monitor
        Protocol with Chief Coroner
        Options on exemptions are being prepared for the Minister
        To be picked up in Q1
        prints a card
    """,
    "explanation": """
        n/a
        see above
        COMPLETED
        Privacy
        Publish the chapters
        THE TENDER FAILED
        Advice on fees to be published
    """,
    "meanwhile": """
        n/a
        Privacy
        Volunteer patrols at weekends
        Publish the chapters
    """,
    "effect": """
        Cost of lane hire
        19 sites without equipment over the peak of summer
        see above
    """,
}


def each_of(lists):
    return [
        (asked, line.strip()) for asked, of in lists.items() for line in of.strip().splitlines()
    ]


@pytest.mark.parametrize(("asked", "typed"), each_of(FITS))
def test_a_text_that_continues_its_sentence_or_may_do_so_draws_no_remark(asked, typed):
    assert remarks(asked, typed, "MBIE", NAMES[:2]) == []


@pytest.mark.parametrize(("asked", "typed"), each_of(DOES_NOT_FIT))
def test_a_text_that_is_sure_not_to_fit_draws_one_remark(asked, typed):
    assert len(remarks(asked, typed, "MBIE", NAMES[:2])) == 1


def test_a_boast_draws_what_to_write_instead():
    boast = "SNZ is incredibly proud to have launched the exciting new course with its partners!"
    assert without_announcements(f"{boast} 212 teachers have it.") == "212 teachers have it."
    assert remarks("achieved", boast, "SNZ") == [
        "The paper leaves praise and announcements out. Write what was launched, when, and what it has done so far, "
        "with a number."
    ]
    assert remarks("planned_next", "Continue to build on this fantastic momentum.", "SNZ") == [
        "Leave out praise such as “fantastic”: write what there is, when and how many."
    ]


WATCHING = "Watching changes nothing: write what will be done. For example: publish the parts that are agreed."


@pytest.mark.parametrize(
    "typed", ["Monitor the situation", "continue to monitor demand", "Ongoing monitoring of demand"]
)
def test_a_remedy_that_only_watches_is_no_act(typed):
    assert remarks("mitigation", typed, "MBIE", NAMES) == [WATCHING]


def test_a_second_order_and_words_in_capitals_are_remarked_on():
    assert remarks("mitigation", "- Publish the chapters\n- Train the staff", "MBIE", NAMES) == [
        "Join what follows with “and”: its sentence does not say who acts."
    ]
    assert remarks("explanation", "THE TENDER FAILED", "MBIE", NAMES) == [
        "Write it in small letters: the paper would print the capitals."
    ]


@pytest.mark.parametrize(
    ("asked", "typed", "shown"),
    [
        ("planned_next", "agree the list by March.", "MBIE will agree the list by March."),
        ("planned_next", "MBIE will agree the list", "MBIE will agree the list."),
        ("achieved", "listed the 40 largest contracts", "MBIE listed the 40 largest contracts."),
        ("achieved", "There are 40 of them.", "There are 40 of them."),
        ("mitigation", "have its lawyers settle it", "MBIE will have its lawyers settle it."),
        ("explanation", "because it took longer than we planned", "It took longer than MBIE planned."),
        ("effect", "people wait", "People wait."),
        ("needs", "a second trainer", "a second trainer."),
        ("achieved", "", ""),
        ("achieved", "trained 240\n- we tested it", "MBIE trained 240\n- MBIE tested it"),
    ],
)  # fmt: skip
def test_pages_show_a_saved_text_as_its_form_says_that_it_will_read(asked, typed, shown):
    assert in_sentences(asked, typed, "MBIE", ("MBIE",)) == shown


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("Agreed by the group on 3 October", "Agreed by the group on 3 October."),
        ("Published 27 March 2026", "Published 27 March 2026."),
        ("Went live before Xmas", "Went live before Xmas."),
        ("Opened in May", "Opened in May."),
        ("Came into force on 1 July", "Came into force on 1 July."),
        ("Published 27 guides", "MBIE published 27 guides."),
        ("Opened a clinic in May", "MBIE opened a clinic in May."),
        ("Agreed the list with councils", "MBIE agreed the list with councils."),
    ],
)
def test_what_another_did_or_what_happened_by_itself_is_not_what_the_agency_did(typed, reads):
    assert as_it_reads("achieved", typed, "MBIE", NAMES) == reads


@pytest.mark.parametrize(
    ("threat", "may"),
    [
        (
            "building costs rise further and the money covers fewer than 80 homes",
            "building costs may rise further and the money may cover fewer than 80 homes",
        ),
        ("trained staff leave", "trained staff may leave"),
        ("the pools are closing", "the pools may be closing"),
        ("students do not choose it", "students may not choose it"),
        ("pools close, so targets cannot be met", "pools may close, so targets cannot be met"),
        # It says so already.
        ("staff may be called away", "staff may be called away"),
        # Its verb is not known, it has none, or it is a condition.
        ("marae walk away because it is late", None),
        ("loss of the pools", None),
        ("if clinicians leave, waiting times rise", None),
    ],
)
def test_a_threat_is_told_as_what_may_happen(threat, may):
    assert possible(threat) == may

"""Test how acronyms are found in awkward texts, and how papers write them out."""

import unicodedata

import pytest

from workitems.terms.acronyms import abbreviated, acronyms_in, initials_of, lacking, written_out

GLOSSARY = {
    "cns": "customs notification system",
    "ngo": "non-governmental organisation",
    "mou": "memorandum of understanding",
    "tīa": "tūāpapa īnoi āwhina",
    "jk": "",
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The CNS is tested with the INZ.", ["CNS", "INZ"]),
        ("CNS, then CNS again and the CNS’s owner", ["CNS"]),
        ("Two NGOs and one NGO", ["NGO"]),
        ("Chase MoH. monthly catch up with DoL", ["MoH", "DoL"]),
        ("A plan for M&E, with R&D", ["M&E", "R&D"]),
        ("“CNS”, (RSE), **DHB**/LGA: non-CNS, RSE-approved", ["CNS", "RSE", "DHB", "LGA"]),
        ("- CNS\n- done by the DHB", ["CNS", "DHB"]),
        ("The TĪA and the ĀTK of Te Tāhū o te Ture, Māori", ["TĪA", "ĀTK"]),
        ("CNS", ["CNS"]),
    ],
)
def test_acronyms_are_found_in_order_each_once(text, found):
    assert acronyms_in(text) == found
    assert acronyms_in(unicodedata.normalize("NFD", text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Annex II, Chapter XIV, Parts IV and IX",
        "Items A1 and WS1.2, AP-3, V12, FY26, R3",
        "A1B, 2.9, H1N1, COVID-19, AP - 7",
        "ALL TRAINING IS DONE",
        "KEY RESULTS\nThe course is done.",
        "The course is NOT done, PLEASE READ THIS now.",
        "This milestone has been COMPLETED. ONGOING, TBC, N/A",
        "McLeod, iPad, LinkedIn, O’BRIEN-like D’ARCY, eVisa",
        "The LC-MS/MS screen, RT-PCR and UV/VIS-IR",
        "https://www.example.govt.nz/CNS/INZ and ABC@example.govt.nz",
        "I have a T and a U. Ē",
    ],
)
def test_numerals_codes_shouting_names_and_addresses_are_no_acronyms(text):
    assert acronyms_in(text) == []


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Taumata Arowai", {"TA"}),
        ("Te Puni Kōkiri", {"TPK"}),
        ("Ministry of Health", {"MoH", "MH"}),
        ("Ministry of Business, Innovation and Employment", {"MoBIE", "MBIE"}),
        ("Police", set()),
    ],
)
def test_the_initials_of_an_agencys_name_are_found(name, initials):
    assert initials_of(name) == initials


def test_known_and_written_out_acronyms_are_not_lacking():
    texts = [
        "Police asked MoH, the UN and NGOs about the CNS and the DHB.",
        "The district health board (DHB) agreed with the INZ.",
    ]
    assert lacking(texts, {"MOH", "ngo"}) == ["CNS", "DHB", "INZ"]
    assert lacking(texts[1:], {"MOH", "ngo"}) == ["INZ"]
    assert lacking(texts, {"MOH", "ngo", "cns", "INZ", "Dhb"}) == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (
            "CNS is late. The CNS waits.",
            "Customs notification system (CNS) is late. The CNS waits.",
        ),
        ("The CNS is late.", "The customs notification system (CNS) is late."),
        (
            "It is done. NGOs help.",
            "It is done. Non-governmental organisations (NGOs) help.",
        ),
        ("Two MoUs are signed.", "Two memorandums of understanding (MoUs) are signed."),
        (
            "An NGO signed an MOU.",
            "A non-governmental organisation (NGO) signed a memorandum of understanding (MOU).",
        ),
        ("The TĪA helps.", "The tūāpapa īnoi āwhina (TĪA) helps."),
        ("JK and the DHB", "JK and the DHB"),
        (
            "Police wrote “The CNS failed two NGOs” of the CNS.",
            "Police wrote “The CNS [customs notification system] failed two NGOs [non-governmental "
            "organisations]” of the CNS.",
        ),
        (
            "The CNS, a customs notification system (CNS), is late.",
            "The CNS, a customs notification system (CNS), is late.",
        ),
    ],
)
def test_an_acronym_is_written_out_once_where_it_is_first_used(text, printed):
    once, has = written_out(text, GLOSSARY)
    assert once == printed
    assert written_out(once, GLOSSARY) == (printed, has)


def test_what_was_written_out_is_found_among_the_records():
    recorded = "The CNS is late, as two NGOs said: “The MoUs are not signed.”"
    printed, _ = written_out(recorded, GLOSSARY)
    assert printed != recorded
    assert abbreviated(printed, GLOSSARY) == recorded


def test_what_an_earlier_paragraph_wrote_out_stays_plain():
    text, has = written_out("The CNS and NGOs", GLOSSARY, {"cns"})
    assert text == "The CNS and non-governmental organisations (NGOs)"
    assert has == {"cns", "ngo"}


def test_words_in_the_middle_of_a_line_have_no_capital():
    assert written_out("CNS is late", GLOSSARY, before="The new ")[0] == (
        "customs notification system (CNS) is late"
    )

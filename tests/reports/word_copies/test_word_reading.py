"""Test reading Word files: files saved by LibreOffice, hostile files, and 500 mangled ones."""

import io
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from reports.document import markup
from reports.drafting.draft import Ask, Draft, Part, Portion
from reports.render.docx import render_docx
from reports.render.docx.keys import Stamp, digest, stamped, texts_of
from reports.word_copies.finding import Sent, found_in
from reports.word_copies.services import moment_of
from reports.word_copies.word_file import read_word_file, view
from reports.word_copies.word_merge import merged
from reports.word_copies.word_package import MAX_PACKED
from tests.reports import sample
from tests.reports.word_edits import Edited, tracked, with_text, words
from workitems.plan.services import Refused

REVIEWER, OTHER = "Legal reviewer", "Policy reviewer"
# `edited()`, opened and saved by LibreOffice 25.2 (`soffice --convert-to docx`).
SAVED = Path(__file__).parent / "word_files" / "saved-by-libreoffice.docx"
# `beyond_the_text()`, in the same way.
WITH_ANNEXES = SAVED.with_name("annexes-saved-by-libreoffice.docx")
AT = datetime(2010, 7, 19, tzinfo=UTC)


@pytest.fixture(scope="module")
def draft():
    return draft_of(sample.document())


@pytest.fixture(scope="module")
def data():
    document = sample.document()
    return stamped(render_docx(document), Stamp(7, AT, digest(texts_of(document))))


def draft_of(document):
    """Return a draft that prints as this document."""

    def part(each):
        return Part(key=each.key, text=markup.to_source(each.text, each.bullets))

    last = document.recommendation
    return Draft(
        portions=(
            *(
                Portion(
                    f"s{place}", each.heading, str(each.kind), tuple(map(part, each.paragraphs))
                )
                for place, each in enumerate(document.sections)
            ),
            Portion("closing", last.heading, "recommendation", (part(last.lead),)),
        ),
        asks=tuple(
            Ask(
                key=each.key, verb=each.verb, text=markup.to_source(each.text), options=each.options
            )
            for each in last.items
        ),
    )


def edited(data):
    """Return the sample with each kind of edit."""
    return (
        Edited(data)
        .replace("p-01", "first year", "second year", REVIEWER)
        .replace("p-03", "nine", "ten")
        .replace("p-05", "internal ", "", OTHER)
        .add("p-05", "A new paragraph of the reviewer.", REVIEWER)
        .remove("p-06", REVIEWER)
        .remove("p-11")
        .move("p-13", "p-10")
        .add("p-12", "An untracked new paragraph.")
        .replace("r-01", "contents", "content", OTHER)
        .comment("p-10", "Who says so?", OTHER)
        .data()
    )


STAFF_TRAINED = "border staff trained: due 30 Jun 2010, forecast 30 Jun 2011; 30 days late"


def rows(found):
    return [(str(each.kind), each.key, each.author, each.was, each.would) for each in found]


def test_a_file_is_read_as_the_draft_that_it_was_made_from(data, draft):
    file = read_word_file(data)
    sent = Sent.of(draft)
    assert [(each.id, each.home, each.text) for each in view(file.blocks)] == [
        (each.id, each.home, each.text) for each in sent.passages
    ]
    assert file.stamp == Stamp(7, AT, sent.digest)
    assert found_in(file, draft, [block.text(()) for block in file.outside]) == []


def test_each_kind_of_edit_is_found(data, draft):
    kinds = [
        (str(each.kind), each.author) for each in found_in(read_word_file(edited(data)), draft)
    ]
    assert kinds == [
        ("edit", ""),
        ("move", ""),
        ("add", ""),
        ("remove", ""),
        ("edit", REVIEWER),
        ("add", REVIEWER),
        ("remove", REVIEWER),
        ("edit", OTHER),
        ("edit", OTHER),
        ("comment", OTHER),
    ]


def findings(file, draft):
    return rows(found_in(read_word_file(file.data()), draft))


def text_of(draft, key):
    return draft.part(key).text


def test_a_tracked_move_is_one_suggestion(data, draft):
    file = Edited(data).moved("p-03", "p-12", REVIEWER)
    assert findings(file, draft) == [("move", "p-03", REVIEWER, text_of(draft, "p-03"), "")]
    [found] = found_in(read_word_file(file.data()), draft)
    assert (found.section, found.after) == ("s5", "p-12")


@pytest.mark.parametrize("author", [REVIEWER, None])
def test_a_split_paragraph_is_shortened_and_followed_by_a_new_one(author, data, draft):
    file = Edited(data).split("p-11", "on the intranet;", author)
    whole = text_of(draft, "p-11")
    head, _, tail = whole.partition(" most of")
    [edit, added] = found_in(read_word_file(file.data()), draft)
    assert (edit.kind, edit.key, edit.author, edit.would) == ("edit", "p-11", author or "", head)
    assert (added.kind, added.after, added.would) == ("add", "p-11", f"most of{tail}")


def test_joined_paragraphs_are_an_edit_and_a_deletion(data, draft):
    file = Edited(data).join("p-10", REVIEWER)
    both = f"{text_of(draft, 'p-10')}{text_of(draft, 'p-11')}"
    assert findings(file, draft) == [
        ("edit", "p-10", REVIEWER, text_of(draft, "p-10"), both),
        ("remove", "p-11", REVIEWER, text_of(draft, "p-11"), ""),
    ]


def test_a_deleted_paragraph_with_its_end_leaves_the_next_one_alone(data, draft):
    file = Edited(data).remove("p-10", REVIEWER)
    assert findings(file, draft) == [("remove", "p-10", REVIEWER, text_of(draft, "p-10"), "")]


@pytest.mark.parametrize("author", [REVIEWER, None])
def test_paragraphs_under_a_deleted_heading_have_not_moved(author, data, draft):
    file = Edited(data).remove("s-5", author)
    assert findings(file, draft) == [("unplaced", "", author or "", "Mitigation", "")]


def test_what_one_person_wrote_and_another_deleted_is_in_the_first_ones_suggestion(data, draft):
    file = Edited(data).replace("p-01", "first year", "second year", REVIEWER)
    written = next(file.root.iter(qn("w:ins")))
    run = written[0]
    gone = tracked("w:del", OTHER, "2010-07-21T09:00:00Z", with_text(run, words(run), "w:delText"))
    written.replace(run, gone)
    assert [(author, "second" in would) for _, _, author, _, would in findings(file, draft)] == [
        (REVIEWER, True)
    ]


def test_a_footnote_is_listed_with_its_text(data, draft):
    file = Edited(data)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    file.parts["word/_rels/document.xml.rels"] = file.parts["word/_rels/document.xml.rels"].replace(
        b"</Rel", f'<Relationship Id="n" Target="footnotes.xml" Type="{relation}"/></Rel'.encode()
    )
    file.parts["word/footnotes.xml"] = (
        b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b'<w:footnote w:id="2"><w:p><w:r><w:t>See the Act.</w:t></w:r></w:p></w:footnote>'
        b"</w:footnotes>"
    )
    whole = read_word_file(file.data())
    outside = [block.text(()) for block in read_word_file(data).outside]
    assert [(str(each.kind), each.would) for each in found_in(whole, draft, outside)] == [
        ("unplaced", "See the Act.")
    ]


def test_two_changes_of_one_text_are_merged_unless_they_touch():
    base = "Brochures are late by two months."
    one = "Brochures are late by four months."
    other = "All brochures are late by two months."
    assert merged(base, one, other) == "All brochures are late by four months."
    assert merged(base, one, "Brochures are late by three months.") is None
    assert merged(base, f"{base} A.", f"{base} B.") is None
    assert merged(base, one, one) == one
    assert merged(base, f"{base} More.", one) == f"{one} More."


def test_a_file_saved_by_libreoffice_suggests_the_same(data, draft):
    ours, saved = read_word_file(edited(data)), read_word_file(SAVED.read_bytes())
    assert rows(found_in(saved, draft)) == rows(found_in(ours, draft))
    assert saved.stamp == ours.stamp


def beyond_the_text(data):
    """Return the sample with edits of a heading, an annex's table and a look, and two new paragraphs."""
    file = (
        Edited(data)
        .replace("Purpose", "Purpose", "Purposes")
        .replace(
            "All border staff trained", "All border staff trained", "Most border staff trained"
        )
    )
    for run in file.paragraph("p-03").iter(qn("w:r")):
        looks = run.find(qn("w:rPr"))
        if looks is None:
            looks = OxmlElement("w:rPr")
            run.insert(0, looks)
        looks.append(OxmlElement("w:i"))
    return (
        file.add("p-02", "A numbered paragraph of its own.")
        .add("p-05", "Another, tracked.", REVIEWER)
        .data()
    )


def test_a_file_saved_by_libreoffice_reports_headings_annexes_and_new_paragraphs_alone():
    """Italics have no meaning in a draft, so nothing is told of them."""
    document = sample.document(annexes=(sample.work_item_table(),))
    draft = draft_of(document)
    data = stamped(render_docx(document), Stamp(7, AT, digest(texts_of(document))))
    outside = [block.text(()) for block in read_word_file(data).outside]
    ours = rows(found_in(read_word_file(beyond_the_text(data)), draft, outside))
    assert [(kind, author, was, would) for kind, _, author, was, would in ours] == [
        ("heading", "", "Purpose", "Purposes"),
        ("add", "", "", "A numbered paragraph of its own."),
        ("add", REVIEWER, "", "Another, tracked."),
        ("unplaced", "", "", f"Most {STAFF_TRAINED}"),
        ("unplaced", "", f"All {STAFF_TRAINED}", ""),
    ]
    saved = read_word_file(WITH_ANNEXES.read_bytes())
    assert rows(found_in(saved, draft, outside)) == ours


@pytest.mark.parametrize("saved", [SAVED, WITH_ANNEXES])
def test_the_saved_file_names_no_person(saved):
    with zipfile.ZipFile(saved) as archive:
        about = (
            archive.read("docProps/core.xml").decode() + archive.read("docProps/app.xml").decode()
        )
    assert "<dc:creator>Secretary of Labour</dc:creator>" in about
    assert "Manager" not in about


# --- hostile files ---------------------------------------------------------------------------------


def with_part(data, name, content):
    file = Edited(data)
    file.parts[name] = content
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inside in file.parts.items():
            archive.writestr(each, inside)
    return made.getvalue()


def refusal(data):
    with pytest.raises(Refused) as refused:
        read_word_file(data)
    return str(refused.value)


def test_other_files_are_refused_with_a_sentence(data):
    assert "damaged" in refusal(b"")
    assert "damaged" in refusal(b"Dear all,")
    assert "old format (.doc)" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100)
    assert "more than 10 MB" in refusal(b"0" * (MAX_PACKED + 1))
    assert "do not carry their keys" in refusal(foreign())


def foreign():
    """Return a Word file that was not made here."""
    made = io.BytesIO()
    file = docx.Document()
    file.add_paragraph("Dear all,")
    file.save(made)
    return made.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(data):
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image.xml", b"<" * 120_000_000)
    assert "holds too much" in refusal(made.getvalue())


def test_entities_are_refused(data):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    file = Edited(data).parts["word/document.xml"].partition(b"?>")
    assert "damaged" in refusal(with_part(data, "word/document.xml", bomb + (file[2] or file[0])))


def test_macros_are_refused(data):
    assert "macros" in refusal(with_part(data, "word/vbaProject.bin", b"Sub AutoOpen()"))


def test_nothing_outside_the_file_is_asked_for(data, draft):
    rels = Edited(data).parts["word/_rels/document.xml.rels"]
    outside = (
        b'<Relationship Id="x" TargetMode="External" Target="http://example.invalid/" Type="'
        b'http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"/>'
    )
    file = read_word_file(
        with_part(data, "word/_rels/document.xml.rels", rels.replace(b"</Rel", outside + b"</Rel"))
    )
    assert file.comments == {}


def test_deep_nesting_is_refused(data):
    deep = b"<w:smartTag>" * 150 + b"</w:smartTag>" * 150
    body = Edited(data).parts["word/document.xml"].replace(b"</w:body>", deep + b"</w:body>")
    assert "damaged" in refusal(with_part(data, "word/document.xml", body))


def test_changes_of_too_many_people_are_refused(data):
    file = Edited(data)
    for number in range(51):
        file.add("p-02", "New.", f"Reviewer {number}")
    assert "tracked changes of 51 people; the limit is 50" in refusal(file.data())


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59+00:00", "x" * 20])
def test_a_moment_that_no_database_keeps_is_none(at):
    assert Stamp.read(f"7 {at} {'a' * 64}") is None
    assert moment_of(at) is None


def test_a_character_that_cannot_be_printed_is_shown_as_such(data, draft):
    file = Edited(data).replace("p-03", "nine", "\u202enine", REVIEWER).data()
    [found] = found_in(read_word_file(file), draft)
    assert "\ufffdnine" in found.would


# --- mangled files ---------------------------------------------------------------------------------


def mangled(data, seed):
    """Return the file with random damage to its bytes or to the XML of one of its parts."""
    chance = random.Random(seed)
    if seed % 4 == 0:
        raw = bytearray(data)
        for _ in range(chance.choice((1, 5, 50))):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw[: chance.choice((len(raw), chance.randrange(len(raw))))])
    file = Edited(data)
    name = chance.choice(("word/document.xml",) * 4 + tuple(file.parts))
    text = file.parts[name]
    tags = [b"w:p", b"w:r", b"w:t", b"w:ins", b"w:del", b"w:tbl", b"w:bookmarkStart", b"w:id"]
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(text))
        end = min(at + chance.randrange(1, 400), len(text))
        kind = chance.randrange(5)
        if kind == 0:  # cut
            text = text[:at] + text[end:]
        elif kind == 1:  # twice
            text = text[:end] + text[at:end] + text[end:]
        elif kind == 2:  # another tag
            text = text.replace(chance.choice(tags), chance.choice(tags), chance.randrange(1, 9))
        elif kind == 3:  # bytes
            text = text[:at] + chance.randbytes(3) + text[at + 3 :]
        else:  # an element at another place
            first = text.find(b"<w:p>", at)
            last = text.find(b"</w:p>", first) + 6
            if 0 <= first < last:
                text = text[:first] + text[last:] + text[first:last]
        if not text:
            break
    return with_part(data, name, text)


def test_five_hundred_mangled_files_give_a_sentence_or_suggestions(data, draft):
    whole = edited(data)
    small = render_docx(replace(sample.document(), annexes=()))
    read = 0
    for seed in range(500):
        try:
            file = read_word_file(mangled(whole if seed % 10 == 0 else small, seed))
            found_in(file, draft)
        except Refused as refusal:
            assert str(refusal).endswith(".")
        else:
            read += 1
    assert 20 < read < 480

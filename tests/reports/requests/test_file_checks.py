"""Test checks of files from the upload to the copy that is kept: the queue, the worker's job, the pages."""

import io
import zipfile
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from reports.extensions import registry
from reports.models import RenderWorker
from reports.render.room import RoomLost, TooLong
from reports.requests.models import FileCheck, LineCopy
from reports.requests.models.file_check import KEEP_FOR
from reports.requests.redaction.elsewhere import seen
from reports.requests.redaction.elsewhere.compared import Change, compare
from reports.requests.redaction.elsewhere.examination import Clock
from reports.requests.redaction.elsewhere.held_text import text_of
from reports.requests.redaction.elsewhere.work import Task, check, checked
from reports.requests.registered import file_checking
from reports.requests.services import file_checks, line_files, packages, requests, schedule
from tests.reports.requests.conftest import NOW, TODAY, at, client_of, fresh
from tests.reports.requests.test_made_elsewhere import FILES, NAME, TEXT, made
from tests.reports.requests.test_requests import refusal_of

pytestmark = pytest.mark.django_db

WORDS = "BT /F1 12 Tf 72 700 Td (We met {} in May to hear about the orchards.) Tj ET"
HELD = made(WORDS.format(NAME))
REDACTED = made(WORDS.format("[s 9\\(2\\)\\(a\\)]"))
BOXED = made(f"{WORDS.format(NAME)} 0 g 115 690 60 20 re f")


@pytest.fixture
def queued(monkeypatch):
    """Leave checks to the worker, as in a service."""
    monkeypatch.setattr(file_checks, "ASKED", [])


@pytest.fixture
def listed(request_, line, adviser, decide):
    """List a PDF of somebody else's, to be released in part."""
    decide(line, "withheld", grounds=["6(a)"])
    file = ContentFile(HELD, name="letter.pdf")
    found = schedule.add_file(request=request_, file=file, title="A letter", by=adviser)
    decide(found, "part", grounds=["6(c)"])
    return fresh(found)


@pytest.fixture
def upload(listed, adviser):
    def upload(data, **others):
        file = ContentFile(data, name="copy.pdf")
        return line_files.upload_copy(
            **{"line": listed, "file": file, "by": adviser, "at": NOW, **others}
        )

    return upload


def work():
    """Do what waits, in this process."""
    make = lambda _name, packed, report, processor_seconds: checked(packed)  # noqa: E731
    return file_checking.check_next(make, lambda: NOW)


# --- what is compared -----------------------------------------------------------------------------


def test_what_is_missing_and_added_is_told_word_by_word_with_what_is_around_it():
    held = "We met Hemi Tane of Ngāi Tūhoe on 12 May. He said that it was late."
    copy = "RELEASED We met [s 9(2)(a)] of Ngai Tuhoe on 12 May. He said little of it."
    found = compare(held, copy)
    assert (found.held, found.missing, found.added, found.labels) == (16, 5, 3, 1)
    assert found.gone == 5
    assert found.changes == (
        Change("", "", "RELEASED", "We met Hemi Tane"),
        Change("We met", "Hemi Tane", "", "of Ngāi Tūhoe on"),
        Change("12 May He said", "that", "little of", "it was late"),
        Change("He said that it", "was late", "", ""),
    )


@pytest.mark.parametrize(
    "copy",
    [
        "We met Hemi Tane in May to hear of orchards",
        "we met  hemi tane in May\nto hear of or-\nchards.",
        "We met Hemi Tané in Mav to hear of orchards",
        "to hear of orchards We met Hemi Tane in May",
    ],
    ids=["the same", "broken otherwise", "recognised wrongly", "in another order"],
)
def test_nothing_is_missing_where_the_same_words_stand(copy):
    assert compare("We met Hemi Tane in May to hear of orchards", copy).gone == 0


def test_texts_without_words_are_not_compared():
    assert (compare("", "words"), compare("words", " \n")) == (None, None)


def test_the_work_of_comparing_grows_with_the_words(monkeypatch):
    """Between runs that both texts have once, at most so many pairs are compared."""
    from reports.requests.redaction.elsewhere import compared

    pairs, matcher = [], compared.SequenceMatcher

    def counting(junk, one, other, **options):
        pairs.append(len(one) * len(other))
        return matcher(junk, one, other, **options)

    monkeypatch.setattr(compared, "SequenceMatcher", counting)
    words = [f"{number % 7}" if number % 3 else f"word{number}" for number in range(6_000)]
    compare(" ".join(words), " ".join(words[::2] + words[1::2]))
    assert max(pairs, default=0) <= max(compared.MAX_GAP, compared.MISREAD_LENGTH**2)


def office(**parts):
    """Return an Office file with these parts; two underscores stand for a slash."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"{name.replace('__', '/')}.xml", content)
    return data.getvalue()


def word(body, **parts):
    return office(
        word__document=f"<w:document xmlns:w='w' xmlns:r='r'>{body}</w:document>", **parts
    )


def run(words, look=""):
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{words}</w:t></w:r>"


def style(name):
    return f"<w:rStyle w:val='{name}'/>"


STYLES = (
    "<w:styles xmlns:w='w'><w:style w:styleId='A'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:styleId='B'><w:basedOn w:val='A'/></w:style><w:style w:styleId='C'/></w:styles>"
)
DELETED = "<w:del><w:r><w:delText>Hemi</w:delText></w:r></w:del>"
UNSHOWN = {
    "a deletion": DELETED,
    "a deletion in a table": f"<w:tbl><w:tr><w:tc><w:p>{DELETED}</w:p></w:tc></w:tr></w:tbl>",
    "where text was moved from": f"<w:moveFrom>{run('Hemi')}</w:moveFrom>",
    "hidden text": run("Hemi", "<w:vanish/>"),
    "hidden by a style": run("Hemi", style("A")),
    "hidden by a style above": run("Hemi", style("B")),
    "the older form of a text box": f"<w:r><w:Fallback><w:p>{run('Hemi')}</w:p></w:Fallback></w:r>",
    "a comment of OpenDocument": f"<w:annotation><w:p>{run('Hemi')}</w:p></w:annotation>",
}


@pytest.mark.parametrize("unshown", UNSHOWN.values(), ids=UNSHOWN)
def test_a_word_file_is_read_without_what_its_pages_do_not_show(unshown):
    """Else a copy would be without words that nobody withheld, and one of which nothing is withheld would pass."""
    body = f"<w:p>{run('We met')}{unshown}{run(' in May', style('C'))}</w:p>"
    words = text_of(word(body, word__styles=STYLES), "docx", lambda: None)
    assert words.split() == ["We", "met", "in", "May"]


def test_words_that_are_made_to_show_are_read():
    shown = f"{style('A')}<w:vanish w:val='0'/>"
    body = f"<w:p>{run('Hemi', shown)}</w:p>"
    assert text_of(word(body, word__styles=STYLES), "docx", lambda: None) == "Hemi"


def test_a_paragraph_with_a_hidden_style_is_not_read():
    body = f"<w:p><w:pPr><w:pStyle w:val='B'/></w:pPr>{run('Hemi')}</w:p><w:p>{run('We met')}</w:p>"
    assert text_of(word(body, word__styles=STYLES), "docx", lambda: None) == "We met"


@pytest.mark.parametrize(
    ("settings", "title", "expected"),
    [
        ("", "", "body every"),
        ("", "<w:titlePg/>", "body every first"),
        ("<w:evenAndOddHeaders/>", "", "body every even"),
    ],
)
def test_headers_are_read_that_a_section_shows(settings, title, expected):
    kinds = {"every": "default", "first": "first", "even": "even"}
    refs = "".join(
        f"<w:headerReference w:type='{kind}' r:id='{name}'/>" for name, kind in kinds.items()
    )
    rels = "".join(f"<r Id='{name}' Target='{name}.xml'/>" for name in kinds)
    headers = {f"word__{name}": f"<h xmlns:w='w'><w:p>{run(name)}</w:p></h>" for name in kinds}
    data = io.BytesIO(
        word(
            f"<w:p>{run('body')}</w:p><w:sectPr>{refs}{title}</w:sectPr>",
            word__settings=f"<w:settings xmlns:w='w'>{settings}</w:settings>",
            **headers,
        )
    )
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", f"<rels>{rels}</rels>")
    assert " ".join(text_of(data.getvalue(), "docx", lambda: None).split()) == expected


@pytest.mark.parametrize(("show", "expected"), [("1", "Hemi"), ("0", "")])
def test_a_slide_that_is_not_shown_is_not_read(show, expected):
    slide = f"<p:sld xmlns:p='p' show='{show}'><p:p><p:t>Hemi</p:t></p:p></p:sld>"
    assert text_of(office(ppt__slides__slide1=slide), "pptx", lambda: None) == expected


@pytest.mark.parametrize("ending", ["xlsx", "doc", "png", "docx", "pdf"])
def test_a_paper_that_cannot_be_read_has_no_words(ending):
    assert text_of(b"\xd0\xcf\x11\xe0", ending, lambda: None) == ""


def test_a_copy_without_text_is_not_compared():
    data = (FILES / "true" / "img2pdf_blacked.pdf").read_bytes()
    report, _made = check(Task(endings=("pdf",)), data, HELD)
    assert (report["comparison"], report["has_text"], report["found"]) == (None, False, ())


def test_what_the_schedule_withholds_of_its_briefing_is_searched_for():
    report, _made = check(Task(needles=(NAME,)), HELD)
    assert [each["kind"] for each in report["found"]] == ["withheld"]


def test_a_file_whose_examination_ended_early_is_not_compared(monkeypatch):
    monkeypatch.setattr(seen, "MAX_LETTERS", 10)
    report, _made = check(Task(endings=("pdf",), is_part=True), REDACTED, HELD)
    assert [each["kind"] for each in report["found"]] == ["crowded"]
    assert (report["comparison"], report["looks"]) == (None, None)


def test_pictures_of_a_file_that_was_not_read_to_its_end_are_compared_by_their_looks(monkeypatch):
    """Its words stop somewhere, so that nobody would look at the pages behind them."""

    def crowd(pdf):
        pdf.pages[1].Contents = pdf.make_stream(WORDS.format(NAME * 9).encode())

    monkeypatch.setattr(seen, "MAX_LETTERS", 100)
    task = Task(endings=("pdf",), is_part=True, as_pictures=True)
    report, _made = check(task, made(WORDS.format("[s 9]"), crowd, pages=2), HELD)
    assert (report["found"], report["comparison"]) == ((), None)
    assert report["looks"]["is_whole"] is False


# --- the queue ------------------------------------------------------------------------------------


def test_the_worker_checks_what_waits_the_oldest_first(queued, upload):
    first, second = upload(REDACTED), upload(BOXED)
    assert (work(), work(), work()) == (True, True, False)
    assert (fresh(first).passes, fresh(second).passes) == (True, False)
    assert [each.kind for each in fresh(second).found] == ["whole_under", "covered"]


def test_the_job_is_the_workers():
    assert file_checking.check_next in map(import_string, registry.JOBS)


def test_a_worker_that_ends_leaves_the_check_to_the_next_and_two_give_it_up(queued, upload):
    row = upload(REDACTED)

    def die(*_arguments, **_options):
        raise RoomLost("killed")

    assert file_checking.check_next(die, lambda: NOW) is True
    assert fresh(row).state == "waiting"
    file_checking.check_next(die, lambda: NOW)
    assert (fresh(row).state, work()) == ("refused", False)
    file_checks.ask_again(row, at=NOW)
    assert (work(), fresh(row).passes) == (True, True)


def test_a_check_that_takes_too_long_is_a_sentence(queued, upload):
    row = upload(REDACTED)

    def late(*_arguments, **_options):
        raise TooLong("late")

    file_checking.check_next(late, lambda: NOW)
    assert [each.sentence for each in fresh(row).found] == [
        "The check stopped after 20 seconds, because the file has too many pages or too much is drawn "
        "on them. Print it on paper and scan it, or list the paper in parts with fewer pages."
    ]
    # It would take as long again.
    assert not fresh(row).offers_pictures


def test_a_check_has_one_clock_for_all_that_it_does(monkeypatch):
    """The pictures of the pages are compared in what the examination left of the time."""
    clocks = []
    began = Clock.__init__
    monkeypatch.setattr(Clock, "__init__", lambda *of: clocks.append(of) or began(*of))
    report, _made = check(Task(endings=("pdf", "pdf"), is_part=True), REDACTED, HELD, HELD)
    assert (len(clocks), report["found"]) == (1, ())


def test_a_worker_that_must_stop_puts_the_check_back(queued, upload):
    row = upload(REDACTED)
    with pytest.raises(KeyboardInterrupt):
        file_checking.check_next(partial(_interrupted), lambda: NOW)
    assert (fresh(row).state, fresh(row).attempts) == ("waiting", 0)


def _interrupted(*_arguments, **_options):
    raise KeyboardInterrupt


def test_an_abandoned_check_is_claimed_again_and_its_first_worker_writes_nothing(queued, upload):
    upload(REDACTED)
    first = file_checks.claim(at=NOW)
    assert file_checks.claim(at=NOW) is None
    second = file_checks.claim(at=NOW + timedelta(minutes=2))
    assert second.pk == first.pk
    assert (file_checks.beat(first, at=NOW), file_checks.finish(first, {}, b"")) == (False, False)
    assert file_checks.beat(second, at=NOW)


def test_uploads_that_nobody_keeps_are_deleted(upload):
    row = upload(REDACTED)
    file_checks.delete_outdated(at=NOW + KEEP_FOR)
    assert FileCheck.objects.filter(pk=row.pk).exists()
    file_checks.delete_outdated(at=NOW + KEEP_FOR + timedelta(seconds=1))
    assert not FileCheck.objects.filter(pk=row.pk).exists()


def test_the_database_refuses_a_finished_check_without_its_report(upload):
    row = upload(REDACTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileCheck.objects.filter(pk=row.pk).update(report=None)


# --- what is kept ---------------------------------------------------------------------------------


def test_a_copy_with_every_word_is_refused_for_a_paper_that_is_released_in_part(upload):
    check = upload(made(WORDS.format(NAME) + " "))
    assert [each.sentence for each in check.found] == [
        "Every word of the paper is still in this copy, but it is to be released in part. Delete "
        "the words that are withheld, or change the decision."
    ]


def test_what_was_withheld_is_kept_for_the_reviewer_until_the_request_ends(
    upload, request_, adviser
):
    check = upload(REDACTED)
    copy = line_files.keep_copy(check=check, by=adviser, at=NOW)
    assert fresh(check).pdf is None
    assert [each.missing for each in fresh(check).comparison.changes] == [NAME]
    assert (bytes(copy.pdf), copy.gate_report["passes"]) == (REDACTED, True)
    assert NAME not in str(copy.gate_report)
    assert refusal_of(line_files.keep_copy, check=check, by=adviser, at=NOW) == (
        "This copy is kept already."
    )
    requests.withdraw(request=request_, on=TODAY, note="By email.", by=adviser, at=NOW)
    assert fresh(check).comparison.changes == ()


def test_a_copy_is_not_kept_before_it_passes(queued, upload, adviser):
    for data in (REDACTED, BOXED):
        row = upload(data)
        said = refusal_of(line_files.keep_copy, check=row, by=adviser, at=NOW)
        assert said == "This copy has not passed the check."
        work()
    assert refusal_of(line_files.keep_copy, check=fresh(row), by=adviser, at=NOW) == said


def test_a_copy_is_not_kept_for_another_decision(upload, listed, adviser, decide):
    check = upload(REDACTED)
    decide(listed, "full")
    assert refusal_of(line_files.keep_copy, check=check, by=adviser, at=NOW) == (
        "The decision on this paper has changed since. Upload the copy again for it."
    )


def test_a_paper_released_in_full_may_describe_its_pictures(listed, decide, request_):
    from tests.reports.requests.test_made_elsewhere import description

    decide(listed, "full")
    report, _made = check(Task(), made(change=description))
    row = FileCheck(line=listed, decision="full", state="done", report=report)
    assert (row.passes, row.comparison) == (True, None)
    row.decision = "part"
    assert [each.kind for each in row.found] == ["alternative"]


def test_papers_are_not_released_while_one_is_being_checked(queued, listed, decide, request_):
    decide(listed, "full")
    waits = (
        "Document 2, “A letter”, is still being checked. That takes up to a minute; then reload this "
        "page."
    )
    assert packages.refusals(request_) == line_files.refusals_of_files(request_) == [waits]
    assert refusal_of(packages.prepared_papers, request=request_) == waits
    assert FileCheck.objects.count() == 1
    work()
    assert packages.refusals(request_) == []


def test_a_request_is_not_sent_for_review_before_each_file_is_checked(
    queued, listed, line, decide, request_, adviser, reviewer, today
):
    decide(listed, "full")
    client = client_of(adviser)
    answer = client.post(at("request-send", request_.pk))
    assert answer.status_code == 422
    assert "Document 2, “A letter”, is still being checked." in answer.text
    assert (fresh(request_).state, FileCheck.objects.count()) == ("preparing", 1)
    work()
    client.post(at("request-send", request_.pk))
    assert fresh(request_).state == "in_review"
    decide_anew = {"edition": file_checks.EDITION - 1}
    FileCheck.objects.update(**decide_anew)
    client_of(reviewer).post(at("request-finish", request_.pk))
    assert (fresh(request_).state, FileCheck.objects.count()) == ("in_review", 2)
    work()
    client_of(reviewer).post(at("request-finish", request_.pk))
    assert fresh(request_).state == "ready"


def test_a_file_that_passed_an_earlier_edition_of_the_check_is_checked_anew(
    queued, upload, listed, adviser, request_, monkeypatch
):
    row = upload(REDACTED)
    work()
    line_files.keep_copy(check=fresh(row), by=adviser, at=NOW)
    assert packages.refusals(request_) == []
    monkeypatch.setattr(file_checks, "EDITION", file_checks.EDITION + 1)
    assert "is still being checked" in packages.refusals(request_)[0]
    work()
    assert packages.refusals(request_) == []


# --- the pages ------------------------------------------------------------------------------------


def sent(listed, client, data):
    file = io.BytesIO(data)
    file.name = "copy.pdf"
    return client.post(at("request-line-copy", listed.request_id, 2), {"file": file}).url


def test_the_page_says_that_it_is_being_checked_and_reloads_without_a_script(
    queued, listed, adviser, today
):
    client = client_of(adviser)
    url = sent(listed, client, BOXED)
    page = client.get(url)
    assert "The file is being checked" in page.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.text
    assert client.get(f"{url}state").json() == {
        "state": "waiting",
        "words": "Waiting to be checked",
        "percent": None,
        "reason": "",
        "nobody": True,
    }
    RenderWorker.objects.create(started_at=NOW, beat_at=NOW)
    assert client.get(f"{url}state").json()["nobody"] is False
    work()
    assert client.get(f"{url}state").json()["state"] == "done"
    assert "The file did not pass the check" in client.get(url).text


def test_a_refused_copy_is_told_whole_and_printed_to_pictures_and_kept(listed, adviser, today):
    client = client_of(adviser)
    url = sent(listed, client, BOXED)
    text = client.get(url).text
    assert "Every word of the paper is still in this copy" in text
    assert "Page 1: text under a box or a picture can still be copied: “Hemi Tane”." in text
    refused = client.post(url, {"act": "keep", "has_looked": "on"})
    assert (refused.status_code, LineCopy.objects.count()) == (422, 0)
    pictures = client.post(url, {"act": "pictures"}).url
    text = " ".join(client.get(pictures).text.split())
    assert "The file passed the check" in text
    assert "2 of 11 words of the paper are missing in this file." in text
    assert "The words were compared before the pages were printed to pictures." in text
    assert client.get(f"{pictures}file").content.startswith(b"%PDF-")
    client.post(pictures, {"act": "keep", "has_looked": "on"})
    copy = LineCopy.objects.get()
    assert (copy.pages, NAME.encode() in bytes(copy.pdf)) == (1, False)


def test_pictures_of_a_paper_with_every_word_to_be_read_are_refused_too(upload, adviser):
    first = upload(made(WORDS.format(NAME) + " "))
    pictures = line_files.print_to_pictures(check=first, by=adviser, at=NOW)
    assert [each.kind for each in pictures.found] == ["whole"]


def test_the_difference_is_shown_before_the_copy_is_kept(listed, adviser, today):
    client = client_of(adviser)
    text = " ".join(client.get(sent(listed, client, REDACTED)).text.split())
    assert "2 of 11 words of the paper are missing in this file." in text
    assert "<del>Hemi Tane</del>" in text
    assert "Look at it, then keep it" in text


def test_a_check_is_read_only_by_whoever_may_upload_copies(
    listed, adviser, reviewer, decision_maker, today
):
    """It quotes what is to be withheld."""
    url = sent(listed, client_of(adviser), BOXED)
    found = {
        who.name: [client_of(who).get(f"{url}{part}").status_code for part in ("", "state", "file")]
        for who in (adviser, reviewer, decision_maker)
    }
    assert found == {
        "OIA adviser": [200, 200, 200],
        "OIA reviewer": [403, 403, 403],
        "OIA decision-maker": [200, 200, 200],
    }


def test_the_line_of_a_refused_paper_tells_every_reason_and_leads_to_the_pictures(
    request_, line, adviser, decide, today
):
    decide(line, "withheld", grounds=["6(a)"])
    two = made(f"{TEXT} 0 g 60 640 300 30 re f 1 g BT /F1 9 Tf 9 9 Td (words) Tj ET")
    file = ContentFile(two, name="letter.pdf")
    found = schedule.add_file(request=request_, file=file, title="A letter", by=adviser)
    decide(found, "full")
    client = client_of(adviser)
    page = client.get(at("request-line", request_.pk, 2)).text
    assert page.count("can still be copied") == 2
    check = FileCheck.objects.get()
    url = at("request-file-check", request_.pk, 2, check.pk)
    assert url in page
    assert client.post(url, {"act": "pictures"}).status_code == 302


def test_a_refusal_names_each_box_by_its_page(upload, listed):
    other = (
        "0 g 115 590 60 20 re f BT /F1 12 Tf 72 600 Td (Ring Hemi Tane.) Tj ET 115 590 60 20 re f"
    )
    row = upload(made(f"{WORDS.format(NAME)} 0 g 115 690 60 20 re f {other}"))
    said = line_files.did_not_pass(listed, [each.sentence for each in row.found])
    assert said.count("Page 1: text under a box or a picture can still be copied") == 2

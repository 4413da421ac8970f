"""Search all that a release shows for the words that it withholds: in one paper, and readable in another.

The gate searches a file for its own withheld words; this also searches the other files of the release, its letters
and its schedule, and what anyone can read of the plan already. What a paper that is withheld as a whole says is
searched for sentence by sentence. In the papers and the schedule, it also searches for what the agency withheld of
other papers on other requests: who has both releases would read it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.document import Document, DocumentError, from_json
from reports.models import PublicProgress
from reports.models.issue import sha256
from reports.requests.letters import letter_from, lines_of
from reports.requests.models import (
    InformationRequest,
    LineCopy,
    Release,
    ReleasedPaper,
    ScheduleLine,
)
from reports.requests.redaction.elsewhere.compared import missing_passages
from reports.requests.redaction.page_texts import page_texts
from reports.requests.redaction.redact import leaves, needles, redact, visible_elsewhere
from reports.requests.redaction.withheld_words import APART, Form, Searched, folded, forms, quoted
from reports.requests.services.earlier_releases import DECIDED_IN, days_of
from reports.requests.services.line_files import (
    IS_PDF,
    WITH_FILES,
    check_of_copy,
    going_out,
    held_file,
    standing_copy,
    words_of_answer,
)
from reports.requests.services.redactions import shown, spans_of
from workitems.plan.attachments import ending
from workitems.plan.services.refusals import Refused

State = InformationRequest.State
Kind = ScheduleLine.Kind
Decision = ScheduleLine.Decision
# Shorter pieces that a copy is without are more likely to be its layout.
LEAST_OF_COPY = 6
# Where a sentence ends, and the words of the shortest one that says something of its own.
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n\s*\n|\s+•\s+")
LEAST_OF_SENTENCE = 5
LEAST_OF_WHOLE = 8  # in a paper that is withheld as a whole
# How many papers of other requests are searched for, the last that were decided.
MAX_BEFORE = 30


@dataclass(frozen=True)
class Passage:
    """Words that a release withholds of one paper, as they are searched for."""

    line: ScheduleLine
    text: str
    forms: tuple[Form, ...]
    is_of_whole: bool = False  # a sentence of a paper that is withheld as a whole
    before: str = ""  # the other request that withheld them, with its day

    @property
    def name(self) -> str:
        """What keys of warnings call the paper."""
        return f"earlier-{self.line.pk}" if self.before else str(self.line.number)


@dataclass(frozen=True)
class Place:
    """What a release or a public page shows in one place: a page, a paragraph, a letter.

    `key` names the paper or letter, `line` its line of the schedule, and `where` completes "can be read in ...".
    """

    key: str
    where: str
    text: str
    line: ScheduleLine | None = None


@dataclass(frozen=True)
class Readable:
    """A withheld passage that can be read in another place. `line` is the paper to look at."""

    passage: Passage
    line: ScheduleLine
    key: str
    sentence: str


def withholds_words(request: InformationRequest) -> bool:
    """Whether words of any paper of a request are withheld, or a paper as a whole. One query."""
    is_given = Q(decision__in=ScheduleLine.GIVEN)
    in_words = is_given & Q(redactions__state__in=("proposed", "agreed"))
    in_copy = Q(decision=Decision.PART) & ~Q(kind=Kind.ISSUED)
    return request.lines.filter(in_words | in_copy | Q(decision=Decision.WITHHELD)).exists()


def readable_elsewhere(request: InformationRequest) -> list[Readable]:
    """Return each withheld passage once for each other place where it can be read.

    Reads the files that go out, or that went out; no query more than three if nothing is withheld in words.
    """
    before = _lines_before(request)
    if not before and not withholds_words(request):
        return []
    lines = list(request.lines.in_order().select_related("request", *WITH_FILES))
    given = [line for line in lines if line.is_given]
    passages = [each for line in given for each in passages_of(line)]
    whole = [line for line in lines if line.decision == Decision.WITHHELD]
    passages += [each for line in whole for each in _sentences_of(line)]
    if given:
        passages += _passages_before(before)
    if not passages:
        return []
    places = [*_of_papers(request, given), *_of_letters(request), *_of_schedule(lines)]
    places += _of_public_page(request)
    found: dict[str, Readable] = {}
    in_others: dict[tuple[ScheduleLine, str], list[tuple[Passage, Place]]] = {}
    for place in places:
        searched = Searched(place.text)
        for passage in passages:
            if _is_searched_already(passage, place):
                continue
            key = f"other-{passage.name}-{place.key}-{shown(passage.text)}"
            if key in found or not searched.found(passage.forms):
                continue
            if passage.is_of_whole:
                in_others.setdefault((passage.line, place.key), []).append((passage, place))
            else:
                found[key] = Readable(
                    passage, place.line or passage.line, key, _said(passage, place)
                )
    return [*found.values(), *map(_of_whole, in_others.values())]


def _said(passage: Passage, place: Place) -> str:
    if passage.before:
        return _(
            "“{words}” of “{title}” was withheld in {request}, and can be read in {where}."
        ).format(
            words=quoted(passage.text),
            title=passage.line.title,
            request=passage.before,
            where=place.where,
        )
    return _("“{words}” is withheld in document {number}, and can be read in {where}.").format(
        words=quoted(passage.text), number=passage.line.number, where=place.where
    )


def _of_whole(found: list[tuple[Passage, Place]]) -> Readable:
    """Return, once for each place, that sentences of a paper withheld as a whole can be read there."""
    passage, place = found[0]
    texts = list(dict.fromkeys(each.text for each, _place in found))
    digest = sha256("\n".join(sorted(texts)).encode())[:8]
    sentence = ngettext(
        "Document {number} is withheld, and {count} sentence of it can be read in {where}: “{words}”",
        "Document {number} is withheld, and {count} sentences of it can be read in {where} and elsewhere in it, such as “{words}”",
        len(texts),
    ).format(
        number=passage.line.number, count=len(texts), where=place.where, words=quoted(passage.text)
    )
    key = f"other-{passage.line.number}-{place.key}-whole-{digest}"
    return Readable(passage, place.line or passage.line, key, sentence)


def _is_searched_already(passage: Passage, place: Place) -> bool:
    """Whether it is the paper itself, or an answer that may not quote its briefing anyway.

    What another request withheld is not searched for in letters and on the public page, nor in the same briefing, of
    which it is asked place by place (`earlier_releases`).
    """
    if passage.before:
        is_same = place.line is not None and place.line.issued_id == passage.line.issued_id
        return place.line is None or (place.line.is_ours and is_same)
    if place.line is None or place.key != str(place.line.number):
        return False
    return place.line.pk == passage.line.pk or (
        not passage.is_of_whole
        and place.line.response is not None
        and standing_copy(place.line) is None
        and place.line.response.issued_id == passage.line.issued_id
    )


# --- what is withheld ------------------------------------------------------------------------------


def passages_of(line: ScheduleLine) -> Iterator[Passage]:
    """Yield what is withheld of a given paper, apart from what can be read elsewhere in it on purpose."""
    if line.is_ours and line.issued is not None:
        spans = spans_of(line, proposed=True)
        if not spans:
            return
        try:
            document = from_json(bytes(line.issued.document))
        except DocumentError:  # The review says so.
            return
        visible = visible_elsewhere(document, spans)
        withheld = needles(document, spans)
        yield from _passages(line, withheld, visible, "\n\n".join(withheld))
    elif line.decision == ScheduleLine.Decision.PART and (copy := standing_copy(line)) is not None:
        texts = page_texts(copy.pdf_sha256, lambda: bytes(copy.pdf))
        searched = Searched(APART.join(texts))
        gone = [each for each in _gone(line, copy, texts) if len(each) >= LEAST_OF_COPY]
        visible = tuple(form.text for text in gone for form in searched.found(forms(text)))
        # Words of a comparison have no full stops between them.
        is_long = any(len(text.split()) > LEAST_OF_SENTENCE for text in gone)
        yield from _passages(line, gone, visible, held_words(line) if is_long else "")


def _lines_before(request: InformationRequest) -> list[ScheduleLine]:
    """Return the papers that the agency, or one whose work it took over, last released in part on other requests."""
    rows = ScheduleLine.objects.filter(
        decision=Decision.PART, request__state__in=DECIDED_IN, request__agency__in=request.agencies
    ).exclude(request=request.pk)
    rows = rows.select_related("request", *WITH_FILES).defer("issued__pdf")
    return list(rows.order_by("-decided_at", "-pk")[:MAX_BEFORE])


def _passages_before(lines: list[ScheduleLine]) -> Iterator[Passage]:
    days = days_of([line.request_id for line in lines])
    for line in lines:
        when = days.get(line.request_id, _("decided"))
        for passage in passages_of(line):
            yield replace(passage, before=f"{line.request.reference} ({when})")


def _passages(
    line: ScheduleLine, texts: Collection[str], visible: Collection[str], held: str
) -> Iterator[Passage]:
    """Yield each withheld text with its forms and its sentences, as `held` divides it: one may be in another paper
    without the rest."""
    said = {"".join(folded(each)): each for each in sentences(held, LEAST_OF_SENTENCE)}
    known = {form.letters for text in visible for form in forms(text)}
    for text in dict.fromkeys(texts):
        whole = "".join(folded(text))
        sought = {form.letters: form for form in forms(text)}
        for letters, sentence in said.items():
            if letters in whole:
                sought.setdefault(letters, Form(sentence, letters))
        if left := tuple(form for letters, form in sought.items() if letters not in known):
            yield Passage(line, text, left)


def sentences(text: str, least: int) -> Iterator[str]:
    """Yield the sentences of a text that have so many words."""
    for each in SENTENCE.split(text):
        sentence = " ".join(each.split())
        if len(sentence.split()) >= least:
            yield sentence


def _gone(line: ScheduleLine, copy: LineCopy, texts: Collection[str]) -> list[str]:
    """Return what a copy is without, compared anew where the check does not have all of it any more."""
    check = check_of_copy(copy)
    compared = check.comparison if check is not None else None
    if compared is None:
        return []  # a scan, or a copy without words
    if not compared.lists_all and (found := missing_passages(held_words(line), "\n".join(texts))):
        return found
    return [each.missing for each in compared.changes]


def _sentences_of(line: ScheduleLine) -> Iterator[Passage]:
    """Yield the sentences of a paper that is withheld as a whole; titles and headings have no full stop."""
    for text in dict.fromkeys(sentences(held_words(line), LEAST_OF_WHOLE)):
        if text.endswith((".", "!", "?")) and (sought := forms(text)[:1]):
            yield Passage(line, text, sought, is_of_whole=True)


def held_words(line: ScheduleLine) -> str:
    """Return all words of a paper as we hold it, or "" if they cannot be read."""
    if line.issued is not None:
        try:
            return "\n\n".join(leaf.text for leaf in leaves(from_json(bytes(line.issued.document))))
        except DocumentError:
            return ""
    if line.response is not None:
        return words_of_answer(line, is_whole=True)
    try:
        data = held_file(line)
    except FileNotFoundError:
        return ""
    if data.startswith(IS_PDF):
        return "\n".join(page_texts(sha256(data), lambda: data))
    # With it comes PDFium, which a web process may never need.
    from reports.requests.redaction.elsewhere.held_text import text_of
    from reports.requests.redaction.elsewhere.office_parts import TooLarge

    name = line.evidence.file_name if line.evidence is not None else line.file_name
    try:
        return text_of(data, ending(name), lambda: None)
    except TooLarge:
        return ""


def left_keys(request: InformationRequest) -> set[str]:
    """Return the keys of the warnings that somebody gave a reason for. Three queries."""
    found = set(
        InformationRequest.objects.values_list("warnings_left", flat=True).get(pk=request.pk)
    )
    for row in (request.lines, request.letters.deciding()):
        found.update(*row.values_list("warnings_left", flat=True))
    return found


def sought_in(
    request: InformationRequest, line: ScheduleLine, left: Collection[str]
) -> tuple[str, ...]:
    """Return what the gate looks for in the file of a paper besides its own words: what the other papers withhold,
    without what stays readable there for a reason. `left` are the keys of the warnings that have one."""
    if not withholds_words(request):
        return ()
    others = request.lines.given().in_order().exclude(pk=line.pk)
    found = (each for other in others.select_related(*WITH_FILES) for each in passages_of(other))
    return tuple(
        form.text
        for each in found
        if f"other-{each.line.number}-{line.number}-{shown(each.text)}" not in left
        for form in each.forms
    )


# --- where it could be read ------------------------------------------------------------------------


def _of_papers(request: InformationRequest, given: list[ScheduleLine]) -> Iterator[Place]:
    made = request.release if request.state in (State.DECIDED, State.CLOSED) else None
    went_out: dict[int, ReleasedPaper] = {}
    if made is not None:
        went_out = {each.line_id: each for each in made.papers.defer("pdf", "gate_report")}
    for line in given:
        number = str(line.number)
        named = _("document {number}").format(number=number)
        if (paper := went_out.get(line.pk)) is not None:
            texts = page_texts(paper.pdf_sha256, lambda paper=paper: bytes(paper.pdf))  # type: ignore[misc]
            yield from _pages(number, named, texts, line)
        elif line.is_ours:
            yield from _of_document(line, named)
        elif line.response is not None and standing_copy(line) is None:
            yield Place(number, named, words_of_answer(line), line)
        else:
            try:
                data, _stamp = going_out(line, stamp="")
            except (Refused, FileNotFoundError):  # The page of the paper says what it lacks.
                continue
            texts = page_texts(sha256(data), lambda data=data: data)  # type: ignore[misc]
            yield from _pages(number, named, texts, line)


def _pages(
    key: str, named: str, texts: Collection[str], line: ScheduleLine | None = None
) -> Iterator[Place]:
    for page, text in enumerate(texts, start=1):
        where = _("{document}, page {page}").format(document=named, page=page)
        yield Place(key, where, text, line)
    # What a page's end divides.
    yield Place(key, named, "\n".join(texts), line)


def _of_document(line: ScheduleLine, named: str) -> Iterator[Place]:
    assert line.issued is not None, "Only of a briefing."
    try:
        document: Document = redact(
            from_json(bytes(line.issued.document)), spans_of(line, proposed=True)
        )
    except DocumentError:
        return
    number = str(line.number)
    for leaf in leaves(document):
        where = f"{leaf.where[:1].lower()}{leaf.where[1:]}"
        words_ = _("{document}, {place}").format(document=named, place=where) if where else named
        yield Place(number, words_, leaf.text, line)


def _of_letters(request: InformationRequest) -> Iterator[Place]:
    """Yield the letters that bring the decision or the papers, without the schedule behind them."""
    for letter in request.letters.filter(kind__in=("decide", "release", "decide_and_release")):
        if letter.content and not letter.is_purged:
            content = letter_from(letter.content)
            text = "\n".join(lines_of(replace(content, parts=content.body)))
            named = _("the letter “{subject}”").format(subject=content.subject)
            yield Place(f"letter-{letter.kind}", named, text)


def _of_schedule(lines: list[ScheduleLine]) -> Iterator[Place]:
    for line in lines:
        where = _("the schedule, in the title of document {number}").format(number=line.number)
        yield Place(f"schedule-{line.number}", where, line.title, line)
        if line.decision in (ScheduleLine.Decision.OUT_OF_SCOPE, ScheduleLine.Decision.TRANSFERRED):
            where = _("the schedule, in the reason for document {number}").format(
                number=line.number
            )
            yield Place(f"schedule-{line.number}", where, line.reason, line)


def _of_public_page(request: InformationRequest) -> Iterator[Place]:
    """Yield what anyone can read already of the request's plan, or of all plans if it names none: papers of other
    releases, and progress."""
    public = Release.objects.on_public_pages().published()
    progress = PublicProgress.objects.up().select_related("plan")
    if request.plan_id is not None:
        public = public.filter(request__plan=request.plan_id)
        progress = progress.filter(plan=request.plan_id)
    papers = ReleasedPaper.objects.filter(release__in=public.values("pk")).defer(
        "pdf", "gate_report"
    )
    for paper in papers.exclude(release__request=request).order_by("pk"):
        texts = page_texts(paper.pdf_sha256, lambda paper=paper: bytes(paper.pdf))  # type: ignore[misc]
        named = _("“{title}”, which is public already").format(title=paper.title)
        yield from _pages(f"public-{paper.pk}", named, texts)
    for page in progress.order_by("pk"):
        key, where = "progress", _("the plan’s public page of progress")
        if request.plan_id is None:
            key = f"progress-{page.plan_id}"
            where = _("the public page of progress of “{plan}”").format(plan=page.plan.title)
        yield Place(key, where, "\n".join(_strings(page.content)))


def _strings(plain: object) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict):
        for each in plain.values():
            yield from _strings(each)
    elif isinstance(plain, list):
        for each in plain:
            yield from _strings(each)

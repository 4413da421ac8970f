"""Versions that a briefing can be compared with: drafts of any day, and issued papers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.document import Document, from_json
from reports.document.dates import long_date
from reports.document.wording import capitalised
from reports.drafting import past_drafts
from reports.drafting.paper import document_of
from reports.models import Briefing, IssuedPaper
from reports.models.issue import IssuedPaperQuerySet, sha256
from workitems.plan.asat import Moment, end_of

NOW = "now"
_ISSUED = re.compile(r"\d{1,18}-v\d{1,9}")


class Tampered(Exception):
    """The stored data of an issued paper does not match its SHA-256."""

    def __init__(self, paper: IssuedPaper) -> None:
        super().__init__(str(paper))
        self.paper = paper


@dataclass(frozen=True, kw_only=True)
class Version:
    """The current draft, the draft just before `until`, or an issued paper.

    `words` names it in the list, `name` in a sentence and as a column heading.
    """

    code: str
    words: str
    name: str
    until: datetime | None = None
    paper: IssuedPaper | None = None

    @property
    def is_draft(self) -> bool:
        return self.paper is None


@dataclass(frozen=True)
class Choice:
    """All versions on offer, newest first in each group.

    `draft` is empty if the user may not read it.
    """

    briefing: Briefing
    draft: tuple[Version, ...]
    issued: tuple[Version, ...]
    others: tuple[Version, ...]

    def __iter__(self) -> Iterator[Version]:
        yield from (*self.draft, *self.issued, *self.others)

    def named(self, code: str) -> Version | None:
        return next((version for version in self if version.code == code), None)

    @property
    def usual(self) -> Version | None:
        """The version shown by default: the draft until it is issued, then the newest issued one."""
        order = (*self.issued, *self.draft) if self.briefing.is_issued else tuple(self)
        return order[0] if order else None

    def usual_for(self, this: Version) -> Version | None:
        """Return the version that `this` is compared with by default.

        A correction is compared with the version it corrects, anything else with the last paper on
        an earlier period or, without one, with its own beginning.
        """
        before = [
            version
            for version in self.others
            if version.paper and version.paper.briefing.period_end < self.briefing.period_end
        ]
        own = self.issued if this.is_draft else self.issued[self.issued.index(this) + 1 :]
        order = (*own, *before) if this.is_draft else (*before, *own)
        # The oldest state of a draft is last in the list.
        order = (*order, *self.draft[:0:-1]) if this.is_draft else order
        return next((version for version in order if version != this), None)


def choice(
    briefing: Briefing, papers: IssuedPaperQuerySet, now: datetime, *, with_draft: bool
) -> Choice:
    """Return the versions on offer, of the issued `papers`. At most six queries."""
    rows = papers.select_related("briefing")
    issued = rows.without_contents().order_by("-briefing__dated", "-briefing_id", "-number")
    own, others = [], []
    for paper in issued:
        tracker = paper.briefing.tracker_number
        name, code = (
            _("{briefing}, version {number}").format(briefing=tracker, number=paper.number),
            f"{paper.briefing_id}-v{paper.number}",
        )
        if paper.briefing_id == briefing.pk:
            on = long_date(timezone.localdate(paper.authorised_at))
            own.append(
                Version(
                    code=code,
                    words=_("Version {number}, authorised on {day}").format(
                        number=paper.number, day=on
                    ),
                    name=name,
                    paper=paper,
                )
            )
        else:
            words = _("{name}, dated {day}").format(name=name, day=long_date(paper.briefing.dated))
            others.append(Version(code=code, words=words, name=name, paper=paper))
    draft = tuple(_drafts(briefing, timezone.localdate(now))) if with_draft else ()
    return Choice(briefing, draft, tuple(own), tuple(others))


def _drafts(briefing: Briefing, today: date) -> Iterator[Version]:
    if not briefing.is_issued:
        name = _("the draft now") if briefing.kind_id else _("what the records say now")
        yield Version(code=NOW, words=capitalised(name), name=name)
    if briefing.kind_id:
        for then in past_drafts.moments(briefing, today):
            yield _then(then.moment, f", {then.words}")


def _then(moment: Moment, what: str = "") -> Version:
    assert moment.until is not None
    name = _("the draft on {day}").format(day=moment.words)
    return Version(
        code=moment.key, words=f"{capitalised(name)}{what}", name=name, until=moment.until
    )


def is_of_draft(code: str) -> bool:
    return not _ISSUED.fullmatch(code)


def at_moment(code: str, now: datetime) -> Version | None:
    """Return the draft at a past day or instant in the format of `Moment.key`, or None."""
    try:
        if "T" in code:
            moment = Moment.at(timezone.make_aware(datetime.fromisoformat(code)))
        else:
            moment = Moment.end_of(date.fromisoformat(code))
    except (ValueError, OverflowError):
        return None
    return _then(moment) if moment.until and moment.until <= now else None


@dataclass(frozen=True)
class LoadedVersion:
    """A version's document, and the moment of the records it was composed from."""

    version: Version
    document: Document
    moment: Moment
    is_now: bool = False

    @property
    def records(self) -> str:
        """ "as the records were on 30 July 2010"."""
        until = self.moment.until
        if self.is_now or until is None:
            return _("as the records are now")
        if self.moment.is_whole_day:
            return _("as the records were on {day}").format(day=self.moment.words)
        # The whole day would be the paper's date, which had not come yet.
        return _("as the records were on {day}").format(day=Moment.at(until).words)


def load_version(version: Version, briefing: Briefing, now: datetime) -> LoadedVersion | None:
    """Return the version's document, or None if there was no draft then.

    Raise `DocumentError` if the draft cannot be printed, and `Tampered` if an issued paper's stored
    data does not match its SHA-256.
    """
    if version.paper is not None:
        paper = IssuedPaper.objects.defer("pdf").get(pk=version.paper.pk)
        paper.briefing = version.paper.briefing
        if sha256(bytes(paper.document)) != paper.document_sha256:
            raise Tampered(paper)
        document = from_json(bytes(paper.document))
        return LoadedVersion(version, document, _moment(document, paper.authorised_at))
    if version.until is None:
        document = document_of(briefing, timezone.localdate(now))
        moment = _moment(document, now)
        return LoadedVersion(version, document, moment, is_now=moment.until == now)
    found = past_drafts.read_past_draft(briefing, version.until)
    if found is None:
        return None
    return LoadedVersion(version, found, _moment(found, version.until))


def _moment(document: Document, until: datetime) -> Moment:
    """Return the end of the paper's day, or `until` if that is earlier."""
    dated = document.cover.dated
    return Moment(dated, min(end_of(dated), until))

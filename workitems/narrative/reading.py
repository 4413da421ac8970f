"""Query history tables: a risk's whole history, or a page of the history of a scope.

The tables are read in one query, as a union of rows of text columns ("slots"), instead of one query
per table. A page of a long history takes two queries: the keys of the rows on the page, then these
rows and the previous row of each.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    Expression,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact
from django.utils.timezone import make_aware
from django.utils.translation import gettext

from agencies.models import User
from workitems.models import (
    MeasureValue,
    MilestoneAnswer,
    Note,
    Plan,
    Return,
    ReturnNote,
    Risk,
    Update,
)
from workitems.models.note import readable_by
from workitems.models.plan import READING_ROLES
from workitems.models.tracker import SPREADSHEET
from workitems.narrative.blocks import Entry, Field
from workitems.narrative.record_kinds import KINDS, SLOTS, Kind, Scope, kinds_of
from workitems.narrative.sentences import sentences

ROWS_ON_A_PAGE = 50
# Older entries are found by filtering by date, because large offsets are slow.
MAX_PAGES = 100
BETWEEN = Value("\x1f", output_field=CharField())
NEVER = Value("\x1e", output_field=CharField())


@dataclass(frozen=True)
class Reader:
    """Who reads: the agencies whose returns they always read, and whether they coordinate the plan.

    Implements the permission `workitems.read_return` as a filter.
    """

    agencies: frozenset[int] = frozenset()
    coordinates: bool = False
    # Filters the notes of the conversations that they read.
    notes: Q = Q(pk__in=())

    def reads(self, of_return: str = "") -> Q:
        """Return a filter for readable returns. `of_return` is a lookup prefix to the return."""
        may = Q(**{f"{of_return}state": Return.State.ACCEPTED})
        may |= Q(**{f"{of_return}agency__in": self.agencies})
        if self.coordinates:
            may |= Q(**{f"{of_return}submitted_at__isnull": False})
            may |= Q(**{f"{of_return}entered_at__isnull": False})
        return may


@dataclass(frozen=True)
class Wanted:
    """Filters of a history. `since` and `until` are New Zealand dates, both inclusive."""

    field: Field | None = None
    agency: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Page:
    """A page of a history, newest first; the first page is the newest."""

    entries: list[Entry]
    number: int
    has_older: bool

    @property
    def newer(self) -> int:
        return self.number - 1

    @property
    def older(self) -> int | None:
        """The number of the next page, or None after the last one."""
        return self.number + 1 if self.has_older and self.number < MAX_PAGES else None


def reader_of(user: User, plan: Plan) -> Reader:
    return Reader(
        agencies=frozenset(user.agencies_as(*READING_ROLES)),
        coordinates=user.has_perm("workitems.accept_return", plan),
        notes=Q(plan=plan) & readable_by(user),
    )


def risk_history(risk: Risk, *, until: datetime | None = None) -> list[Entry]:
    """Return the history of a risk before `until`, newest first. One query."""
    before = {"history_date__lt": until} if until else {}
    return _entries(
        _together(
            _slots(name, Reader()).filter(**path, **before)
            for _, name, _, path in kinds_of(Scope(risk=risk.pk))
        )
    )


def history_page(scope: Scope, reader: Reader, wanted: Wanted, number: int = 1) -> Page:
    """Return a page of the filtered history of a scope. Two queries."""
    number = min(max(number, 1), MAX_PAGES)
    start = (number - 1) * ROWS_ON_A_PAGE
    end = start + ROWS_ON_A_PAGE + 1
    found = [
        (rank, kind, rows)
        for rank, _, kind, path in kinds_of(scope)
        if (rows := _narrowed(kind, path, reader, wanted)) is not None
    ]
    if not found:
        return Page([], number, False)
    # Without another branch there is no union, and Django does not order rows that have a limit.
    first, *others = [
        (_newest(kind, rows, end) if len(found) > 1 else rows)
        .annotate(rank=Value(rank, output_field=IntegerField()))
        .values_list("rank", "history_id", "history_date")
        for rank, kind, rows in found
    ]
    keys = list(
        first.union(*others, all=True).order_by("-history_date", "-rank", "-history_id")[start:end]
    )
    shown = {(rank, history_id) for rank, history_id, _ in keys[:ROWS_ON_A_PAGE]}
    entries = _entries(_rows_of(shown, reader), shown=shown, field=wanted.field) if shown else []
    return Page(entries, number, len(keys) > ROWS_ON_A_PAGE)


def _newest(kind: Kind, rows: QuerySet[Any], count: int) -> QuerySet[Any]:
    """Return as many of the newest rows as a page can show, which an index by date finds."""
    newest = rows.order_by("-history_date", "-history_id")[:count]
    if connection.features.supports_slicing_ordering_in_compound:
        return newest
    # SQLite takes no limit within a union.
    found: QuerySet[Any] = kind.model.history.order_by()
    return found.filter(history_id__in=newest.values("history_id"))


def _visible(
    kind: Kind, reader: Reader, rows: QuerySet[Any, Any] | None = None
) -> QuerySet[Any, Any]:
    """Return the kind's history rows, or those among `rows`, that the reader may read.

    Of another agency's updates and numbers these are only the submitted versions: text that was replaced before
    submission stays private. The previous row of such a version is then the last submitted one.
    """
    if rows is None:
        rows = kind.model.history.order_by()
    if kind.model is Note:
        return rows.filter(id__in=Note.objects.filter(reader.notes).values("pk"))
    if not kind.of_return or kind.model is Return:
        return rows
    way = kind.of_return.removesuffix("_id")
    may = reader.reads(f"{way}__")
    if kind.model is MeasureValue:  # given between rounds, it is visible at once
        may |= Q(of_return=None)
    rows = rows.filter(may)
    if kind.model is ReturnNote:
        return rows.filter(Q(is_own=False) | Q(of_return__agency__in=reader.agencies))
    if kind.model is MilestoneAnswer:  # until it takes effect, it is its agency's own
        return rows.filter(Q(applied_at__isnull=False) | Q(of_return__agency__in=reader.agencies))
    if kind.model not in (Update, MeasureValue):
        return rows
    own = Q(of_return__agency__in=reader.agencies) | Q(of_return=None)
    return rows.filter(own | ~_rewritten(kind.model))  # type: ignore[arg-type]


@cache
def _rewritten(model: type[Any]) -> Exists:
    """Return the condition that a version of an update or number was replaced before it was submitted."""
    handed_in = Return.history.filter(
        id=OuterRef("of_return_id"),
        state__in=[Return.State.SUBMITTED, Return.State.ACCEPTED],
        history_date__gte=OuterRef(OuterRef("history_date")),
        history_date__lt=OuterRef("history_date"),
    )
    return Exists(
        model.history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__gt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
        )
        .exclude(Exists(handed_in))
    )


def _earlier(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return earlier rows of the same record as an outer row, latest first."""
    return (
        rows.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
        )
        .order_by("-history_date", "-history_id")
    )


def _text(column: str) -> Coalesce:
    return Coalesce(Cast(F(column), CharField()), Value("", output_field=CharField()))


def _narrowed(
    kind: Kind, path: dict[str, Any], reader: Reader, wanted: Wanted
) -> QuerySet[Any] | None:
    """Return the rows that match the filters, or None if the kind cannot match.

    For a subject, these are only rows in which a column of that subject changed.
    """
    columns = kind.fields.get(wanted.field, ()) if wanted.field else ()
    includes_creation = wanted.field == kind.made
    if wanted.field and not columns and not includes_creation:
        return None
    visible = _visible(kind, reader)
    rows = visible.filter(**path)
    if wanted.agency is not None:
        if not kind.agencies:
            return None
        concerned = Q()
        for way in kind.agencies:
            concerned |= Q(**{way: wanted.agency})
        rows = rows.filter(concerned)
    if wanted.since is not None:
        rows = rows.filter(history_date__gte=_midnight(wanted.since))
    if wanted.until is not None:
        rows = rows.filter(history_date__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.field is None:
        # A few rows yield no entries and make a page a little shorter.
        return rows
    # Join the columns to one text, to compare it with that of the previous row.
    mark = Concat(BETWEEN, BETWEEN, *(part for c in columns for part in (_text(c), BETWEEN)))
    before = Subquery(_earlier(visible).annotate(mark=mark).values("mark")[:1])
    changed = ~Exact(mark, Coalesce(before, NEVER if includes_creation else mark))
    return rows.filter(changed | Q(history_type="-") if includes_creation else changed)


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _rows_of(shown: Iterable[tuple[int, int]], reader: Reader) -> QuerySet[Any]:
    """Return the rows with these (rank, history_id), and the previous row of each."""
    names = list(KINDS)
    keys: dict[int, list[int]] = {}
    for rank, history_id in sorted(shown):
        keys.setdefault(rank, []).append(history_id)

    def branches() -> Iterator[QuerySet[Any]]:
        for rank, ids in keys.items():
            visible = _visible(KINDS[names[rank]], reader)
            before = (
                visible.filter(history_id__in=ids)
                .annotate(before=Subquery(_earlier(visible).values("history_id")[:1]))
                .values("before")
            )
            yield _slots(names[rank], reader).filter(history_id__in=ids)
            yield _slots(names[rank], reader).filter(history_id__in=before)

    return _together(branches())


def _values_of(name: str, reason: Any) -> QuerySet[Any, Any]:
    """Return the kind's history rows with their reported values, as text in the same number of columns
    per kind."""
    kind = KINDS[name]
    texts: list[Any] = [
        way if _is_text(kind.model, way) else Cast(way, CharField()) for way in kind.slots.values()
    ]
    empty = [Value("", output_field=CharField())] * (SLOTS - len(texts))
    rank = Value(list(KINDS).index(name), output_field=IntegerField())
    rows: QuerySet[Any] = kind.model.history.order_by()
    found: QuerySet[Any, Any] = rows.annotate(rank=rank).values_list(
        "rank",
        "id",
        "history_id",
        "history_date",
        "history_type",
        "history_actor",
        reason,
        *texts,
        *empty,
    )
    return found


@cache
def _values_for_all(name: str) -> QuerySet[Any, Any]:
    """Compose the rows once, because that takes as long as to run the query."""
    return _values_of(name, F("history_change_reason"))


def _is_text(model: Any, way: str | Expression) -> bool:
    """Return whether the column is text already, so that the cost of a cast can be saved."""
    column: Any = None
    if not isinstance(way, str):
        return True
    for part in way.split("__"):
        column = model._meta.get_field(part)
        model = column.related_model
    return isinstance(column, CharField | TextField)


def _slots(name: str, reader: Reader) -> QuerySet[Any, Any]:
    """Return the reported values of the kind's history rows that the reader may read."""
    kind = KINDS[name]
    if kind.model is not Return:
        return _visible(kind, reader, _values_for_all(name))
    # Until a return is accepted, only its readers may see the reason for sending it back.
    readable = Return.objects.filter(reader.reads(), pk=OuterRef("id"))
    then = When(Exists(readable), then=F("history_change_reason"))
    return _values_of(name, Case(then, default=Value(""), output_field=TextField()))


def _together(branches: Iterable[QuerySet[Any]]) -> QuerySet[Any]:
    first, *others = branches
    # Entries of the same instant are sorted by rank, from the plan downwards.
    return first.union(*others, all=True).order_by("history_date", "rank", "history_id")


def _entries(
    rows: Iterable[tuple[Any, ...]],
    *,
    shown: set[tuple[int, int]] | None = None,
    field: Field | None = None,
) -> list[Entry]:
    """Build entries, newest first, from rows that are oldest first. Rows that are not in `shown`
    are only used as the previous row of others."""
    names = list(KINDS)
    last: dict[tuple[int, int], tuple[Any, ...]] = {}
    changes = []
    seen = set()
    for row in rows:
        rank, pk, history_id, *_ = row
        if (rank, history_id) in seen:
            continue
        seen.add((rank, history_id))
        before, last[rank, pk] = last.get((rank, pk)), row
        if shown is None or (rank, history_id) in shown:
            changes.append((row, before))
    entries: list[Entry] = []
    for row, before in reversed(changes):
        rank, _, _, at, how, actor, reason, *_ = row
        kind, who, why = names[rank], actor or gettext("A user"), reason or ""
        now, was = _values(kind, row), _values(kind, before) if before else None
        author = now.get("author", "")
        if was is None and how == "~" and why and author and not who.startswith(author):
            # Whoever moved an answer or a number to a successor, with the reason, did not write it.
            who, why = author, ""
        found = sentences(kind, was, now, why, is_removed=how == "-", is_told=who == SPREADSHEET)
        for what, diffs, subject in reversed(found):
            about = subject or KINDS[kind].made
            if field is None or about == field:
                number = now.get("item", "")
                entries.append(
                    Entry(
                        at=at,
                        who=who,
                        what=what,
                        why=why,
                        field=about,
                        changes=diffs,
                        number=number,
                    )
                )
    return entries


def _values(kind: str, row: tuple[Any, ...]) -> dict[str, str]:
    """Return the texts of a row by the names of the kind's slots."""
    texts = row[-SLOTS:]
    return {name: text or "" for name, text in zip(KINDS[kind].slots, texts, strict=False)}

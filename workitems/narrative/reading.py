"""The history tables asked: all of an item at once, or a page of whatever is in a scope.

One query for everything: the tables are read together as rows of text slots, because a page that
shows all of them must not ask once per table. A page of a long history takes two: which rows
are on it, then those rows with the one before each.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
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

from agencies.models import User
from workitems.models import Plan, Return, Risk, Update, WorkItem
from workitems.models.plan import READING_ROLES
from workitems.narrative.blocks import Entry, Field
from workitems.narrative.record_kinds import KINDS, SLOTS, Kind, Scope, kinds_of
from workitems.narrative.sentences import sentences

ROWS_ON_A_PAGE = 50
# Older pages are reached by narrowing the days: counting off so many rows would be slow.
MOST_PAGES = 100
BETWEEN = Value("\x1f", output_field=CharField())
NEVER = Value("\x1e", output_field=CharField())


@dataclass(frozen=True)
class Reader:
    """Whose eyes: the agencies whose drafts they read, and whether they read what was submitted.

    The same as the rule `workitems.read_return`, for many returns at once.
    """

    agencies: frozenset[int] = frozenset()
    coordinates: bool = False

    def reads(self, of_return: str = "") -> Q:
        """Returns that they may read, seen from `of_return` ("update__of_return__")."""
        may = Q(**{f"{of_return}state": Return.State.ACCEPTED})
        may |= Q(**{f"{of_return}agency__in": self.agencies})
        if self.coordinates:
            may |= Q(**{f"{of_return}submitted_at__isnull": False})
        return may


@dataclass(frozen=True)
class Wanted:
    """What a history is narrowed to. Days are New Zealand's, both ends belong."""

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
        """The next page, as far as pages go."""
        return self.number + 1 if self.has_older and self.number < MOST_PAGES else None


def reader_of(user: User, plan: Plan) -> Reader:
    return Reader(
        agencies=frozenset(user.agencies_as(*READING_ROLES)),
        coordinates=user.has_perm("workitems.accept_return", plan),
    )


def item_history(
    item: WorkItem,
    reader: Reader | None = None,
    *,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """What happened to an item and what hangs on it, before `until`, newest first, at most `limit`.
    One query."""
    before = {"history_date__lt": until} if until else {}
    return _whole(Scope(item=item.pk), reader or Reader(), limit, before)


def risk_history(risk: Risk) -> list[Entry]:
    """What happened to a risk, newest first. One query."""
    return _whole(Scope(risk=risk.pk), Reader())


def _whole(
    scope: Scope, reader: Reader, limit: int | None = None, only: dict[str, Any] | None = None
) -> list[Entry]:
    rows = _together(
        _slots(rank, name, _visible(kind, reader).filter(**path, **(only or {})), reader)
        for rank, name, kind, path in kinds_of(scope)
    )
    return _told(rows, limit=limit)


def history_page(scope: Scope, reader: Reader, wanted: Wanted, number: int = 1) -> Page:
    """One page of the history, narrowed. Two queries, whatever is on it."""
    number = min(max(number, 1), MOST_PAGES)
    branches = [
        found.annotate(rank=Value(rank, output_field=IntegerField())).values_list(
            "rank", "history_id", "history_date"
        )
        for rank, _, kind, path in kinds_of(scope)
        if (found := _narrowed(kind, path, reader, wanted)) is not None
    ]
    if not branches:
        return Page([], number, False)
    first, *others = branches
    start = (number - 1) * ROWS_ON_A_PAGE
    keys = list(
        first.union(*others, all=True).order_by("-history_date", "-rank", "-history_id")[
            start : start + ROWS_ON_A_PAGE + 1
        ]
    )
    shown = {(rank, history_id) for rank, history_id, _ in keys[:ROWS_ON_A_PAGE]}
    entries = _told(_rows_of(shown, reader), shown=shown, field=wanted.field) if shown else []
    return Page(entries, number, len(keys) > ROWS_ON_A_PAGE)


def _visible(kind: Kind, reader: Reader) -> QuerySet[Any]:
    """The kind's history rows that the reader may read.

    Of another agency's update only what was handed in: words that were struck out before that are
    nobody else's business, and the row before is then the last that was handed in.
    """
    rows: QuerySet[Any] = kind.model.history.order_by()
    if not kind.of_return or kind.model is Return:
        return rows
    way = kind.of_return.removesuffix("_id")
    rows = rows.filter(reader.reads(f"{way}__"))
    if kind.model is not Update:
        return rows
    handed_in = Return.history.filter(
        id=OuterRef("of_return_id"),
        state__in=[Return.State.SUBMITTED, Return.State.ACCEPTED],
        history_date__gte=OuterRef(OuterRef("history_date")),
        history_date__lt=OuterRef("history_date"),
    )
    rewritten = (
        Update.history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__gt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
        )
        .exclude(Exists(handed_in))
    )
    return rows.filter(Q(of_return__agency__in=reader.agencies) | ~Exists(rewritten))


def _earlier(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the same record before an outer row, the latest first."""
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
    kind: Kind, path: dict[str, int], reader: Reader, wanted: Wanted
) -> QuerySet[Any] | None:
    """The rows that are wanted: of one subject only those that have something to tell of it.
    Nothing where the kind never has."""
    columns = kind.fields.get(wanted.field, ()) if wanted.field else ()
    tells_making = wanted.field == kind.made
    if wanted.field and not columns and not tells_making:
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
        # Nearly every row has something to tell; the few that have not make a page a little shorter.
        return rows
    # All that is told of a row, in one text: it says the same as the row before, or something new.
    mark = Concat(BETWEEN, BETWEEN, *(part for c in columns for part in (_text(c), BETWEEN)))
    before = Subquery(_earlier(visible).annotate(mark=mark).values("mark")[:1])
    return rows.filter(~Exact(mark, Coalesce(before, NEVER if tells_making else mark)))


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _rows_of(shown: Iterable[tuple[int, int]], reader: Reader) -> QuerySet[Any]:
    """The rows named by rank and key, and the row before each."""
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
            yield _slots(rank, names[rank], visible.filter(history_id__in=ids), reader)
            yield _slots(rank, names[rank], visible.filter(history_id__in=before), reader)

    return _together(branches())


@cache
def _texts(name: str) -> tuple[Any, ...]:
    """The kind's columns as texts, and as many empty ones as other kinds have more."""
    kind = KINDS[name]
    texts: list[Any] = [
        way if _is_text(kind.model, way) else Cast(way, CharField()) for way in kind.slots.values()
    ]
    return (*texts, *[Value("", output_field=CharField())] * (SLOTS - len(texts)))


def _is_text(model: Any, way: str) -> bool:
    """Whether the column is text already. Casting what is would cost more than reading it."""
    column: Any = None
    for part in way.split("__"):
        column = model._meta.get_field(part)
        model = column.related_model
    return isinstance(column, CharField | TextField)


def _slots(rank: int, name: str, rows: QuerySet[Any], reader: Reader) -> QuerySet[Any]:
    """What is told of each row, as texts in as many columns as any kind has."""
    kind = KINDS[name]
    reason: Any = F("history_change_reason")
    if kind.model is Return:
        # Why a return went back is its agency's and the coordinator's to know until it is accepted.
        readable = Return.objects.filter(reader.reads(), pk=OuterRef("id"))
        reason = Case(
            When(Exists(readable), then=reason), default=Value(""), output_field=TextField()
        )
    slots: QuerySet[Any, Any] = rows.annotate(
        rank=Value(rank, output_field=IntegerField())
    ).values_list(
        "rank", "id", "history_id", "history_date", "history_actor", reason, *_texts(name)
    )
    return slots


def _together(branches: Iterable[QuerySet[Any]]) -> QuerySet[Any]:
    first, *others = branches
    # What was written in one moment is told from the plan down.
    return first.union(*others, all=True).order_by("history_date", "rank", "history_id")


def _told(
    rows: Iterable[tuple[Any, ...]],
    *,
    shown: set[tuple[int, int]] | None = None,
    field: Field | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """Entries newest first, from rows oldest first. `shown` leaves out rows that are only there
    as the row before."""
    names = list(KINDS)
    last: dict[tuple[int, int], dict[str, str]] = {}
    changes = []
    seen = set()
    for rank, pk, history_id, at, actor, reason, *texts in rows:
        if (rank, history_id) in seen:
            continue
        seen.add((rank, history_id))
        kind = names[rank]
        now = {name: text or "" for name, text in zip(KINDS[kind].slots, texts, strict=False)}
        was, last[rank, pk] = last.get((rank, pk)), now
        if shown is None or (rank, history_id) in shown:
            changes.append((at, actor or "Somebody", reason or "", kind, was, now))
    entries: list[Entry] = []
    for at, who, why, kind, was, now in reversed(changes):
        if limit is not None and len(entries) >= limit:
            break
        for said in reversed(list(sentences(kind, was, now))):
            if field is None or said.field == field:
                number = now.get("item", "")
                entries.append(
                    Entry(
                        at=at,
                        who=who,
                        what=said.what,
                        why=why,
                        field=said.field,
                        changes=said.changes,
                        number=number,
                    )
                )
    return entries[:limit]

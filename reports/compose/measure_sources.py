"""What a paper cites of measures: the measure as it is set up, and the numbers that its sentence is made of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from reports.document import DocumentError, Source, from_json
from reports.document.dates import long_date
from reports.document.document import printed_words
from reports.models import Briefing, IssuedPaper
from workitems.models import Measure, MeasureValue
from workitems.plan.asat import end_of, versions_in_order
from workitems.plan.plan_at.measures_at import MeasureAt, Measures
from workitems.terms.measure_sentence import YES_NO, corrected_in_words

MEASURE, VALUE = "workitems.measure", "workitems.measurevalue"
Record = tuple[str, int]
NO_BASELINE = "No number is known from before the Plan."


@dataclass(frozen=True)
class MeasureFacts:
    """The plan's measures as at a paper's date, the versions of their records, and the numbers that an earlier paper gave
    and that were corrected since."""

    rows: Measures = field(default_factory=lambda: Measures(()))
    versions: Mapping[Record, int] = field(default_factory=dict)
    corrected_since: frozenset[int] = frozenset()

    def sources_of(self, row: MeasureAt) -> list[Source]:
        """Return the measure, and the numbers that its sentence is made of."""
        of = f"of item {row.item.number}" if row.item else "of an outcome"
        days = {each.pk: each.day for each in row.values}
        return [
            self._source(MEASURE, row.pk, f"Measure {of}"),
            *(
                self._source(VALUE, pk, f"Number {of}, {long_date(days[pk])}")
                for pk in row.reading.sources
            ),
        ]

    def is_corrected(self, row: MeasureAt) -> bool:
        """Whether the last paper gave a number of it that was corrected since."""
        return any(each.corrects in self.corrected_since for each in row.values)

    def sentence_of(self, row: MeasureAt) -> str:
        """Return what the measure says in a paper; of a corrected number, what the last paper gave if it gave it."""
        return self._corrected(row).replace("before the plan", "before the Plan")

    def whole_sentence_of(self, row: MeasureAt, *, in_annex: bool = False) -> str:
        """Return the same, with that no number is known from before the plan: in the text only if no other one is given to compare
        with."""
        told = self.sentence_of(row)
        is_unknown = (
            row.reading.value is not None
            and row.measured.baseline is None
            and row.measured.kind != YES_NO
            and (in_annex or not row.reading.is_compared)
        )
        return f"{told} {NO_BASELINE}" if is_unknown else told

    def _corrected(self, row: MeasureAt) -> str:
        now = row.reading.value
        was = next((each for each in row.values if now and each.pk == now.corrects), None)
        if was is None or now is None or was.number is None or was.pk not in self.corrected_since:
            return row.sentence
        said = corrected_in_words(row.measured, was, now)
        in_paper = corrected_in_words(row.measured, was, now, in_paper=True)
        return row.sentence.replace(said, in_paper)

    def _source(self, model: str, pk: int, label: str) -> Source:
        return Source(model, pk, self.versions.get((model, pk)), label)


def measure_facts(briefing: Briefing, measures: Measures) -> MeasureFacts:
    """Return what a paper is composed from of these measures. No query if none is set up; else two, and one more if a
    number was corrected."""
    set_up = measures.set_up
    if not set_up:
        return MeasureFacts(measures)
    values = [each.pk for row in set_up for each in row.values]
    versions = {
        (MEASURE, pk): version
        for pk, version in versions_in_order(Measure, id__among=[row.pk for row in set_up])
    }
    versions |= {
        (VALUE, pk): version for pk, version in versions_in_order(MeasureValue, id__among=values)
    }
    corrected = {each.corrects for row in set_up for each in row.values if each.corrects}
    return MeasureFacts(measures, versions, _printed_before(briefing, corrected))


def _printed_before(briefing: Briefing, values: Collection[int | None]) -> frozenset[int]:
    """Return which of these numbers the plan's last paper before this one gave."""
    if not values:
        return frozenset()
    issued = IssuedPaper.objects.filter(
        briefing__plan=briefing.plan,
        briefing__dated__lt=briefing.dated,
        authorised_at__lt=end_of(briefing.dated),
    ).exclude(briefing=briefing.pk or 0)
    last = issued.order_by("-briefing__dated", "-authorised_at").values_list("document", flat=True)
    found = last.first()
    if found is None:
        return frozenset()
    try:
        document = from_json(bytes(found))
    except DocumentError:
        return frozenset()
    return frozenset(
        source.pk
        for _, part, *_ in printed_words(document)
        for source in getattr(part, "sources", ())
        if source.model == VALUE and source.pk in values
    )

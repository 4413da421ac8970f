"""The steps of a briefing, made as the demo's users."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from agencies.models import Agency, Seat, User
from agencies.records import history
from reports.briefings.services import COVER_FIELDS, change_cover, create_briefing, states
from reports.clearance import services as clearance
from reports.document import Verb
from reports.drafting import concerns, draft_rows
from reports.drafting.cover import draft as draft_cover
from reports.issuing.services import issuing
from reports.kinds.services import agency_covers
from reports.models import Briefing, Clearance, ClearanceComment, FollowUp, IssuedPaper
from reports.models.response import ON_THE_PAPER
from reports.responses import services as responses
from reports.workshop.services import drafts as acts
from reports.workshop.services.beginning import begin_as
from workitems.meetings.services import actions
from workitems.models import Plan


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


@dataclass
class Paper:
    """A briefing and its users. `today` is the date of the current step."""

    plan: Plan
    today: date
    briefing: Briefing = field(init=False)

    # --- users --------------------------------------------------------------------------------

    def seated(self, agency: Agency, role: Seat.Role) -> User:
        seats = Seat.objects.filter(agency=agency, role=role).select_related("user")
        found: User = seats.order_by("from_on", "pk")[0].user
        return found

    @property
    def coordinator(self) -> User:
        return self.seated(self.plan.coordinating_agency, Seat.Role.COORDINATOR)

    def agency(self, short_name: str) -> Agency:
        return Agency.objects.get(short_name=short_name)

    def later(self, days: int) -> "Paper":
        self.today += timedelta(days=days)
        return self

    @property
    def at(self) -> datetime:
        return noon(self.today)

    def row(self) -> Briefing:
        rows = Briefing.objects.select_related("plan__coordinating_agency", "kind")
        return rows.get(pk=self.briefing.pk)

    # --- steps --------------------------------------------------------------------------------

    def design_cover(self) -> "Paper":
        """Give the coordinating agency's covers a letterhead, without blank rows."""
        agency = self.plan.coordinating_agency
        with history.written_at(self.at):
            agency_covers.change_cover(
                agency=agency,
                version=0,
                by=self.coordinator,
                ministry=agency.name,
                ministry_mi=agency.name_mi,
                has_empty_rows=False,
            )
        return self

    def begin(self, kind: str, cover: Mapping[str, Any], **facts: Any) -> "Paper":
        with history.written_at(self.at):
            start = draft_cover(self.plan, **facts)
            values = {name: getattr(start, name) for name in COVER_FIELDS} | dict(cover)
            made = create_briefing(plan=self.plan, by=self.coordinator, at=self.at, **values)
            self.briefing = begin_as(
                briefing=made, slug=kind, by=self.coordinator, today=timezone.localdate()
            )
        return self

    def key(self, section: str, words: str) -> str:
        """Return the key of the section's first paragraph with these words. Raise `LookupError` if none has them."""
        shown = draft_rows.read_draft(self.briefing).draft.portion(section).shown
        for part in shown:
            if words in part.text:
                return part.key
        raise LookupError(
            f"No paragraph of section “{section}” of {self.briefing} has “{words}”. "
            "The composer may word it differently now; change the words in reports/demo."
        )

    def edit(self, section: str, words: str, *, add: str) -> "Paper":
        """Append to the text of the paragraph with these words, before its sub-bullets."""
        key = self.key(section, words)
        row = self.briefing.draft_paragraphs.get(key=key)
        lead, *bullets = row.text.split("\n")
        with history.written_at(self.at):
            acts.edit(
                briefing=self.briefing,
                key=key,
                text="\n".join([f"{lead} {add}", *bullets]),
                version=row.version,
                by=self.coordinator,
            )
        return self

    def recommend(self, verb: Verb, text: str) -> "Paper":
        with history.written_at(self.at):
            acts.save_ask(
                briefing=self.briefing,
                key=f"r-{acts.new_key()[2:]}",
                verb=verb,
                text=text,
                options="",
                version=0,
                by=self.coordinator,
            )
        return self

    def ask(self, agencies: Iterable[str], due_on: date) -> "Paper":
        with history.written_at(self.at):
            clearance.ask(
                briefing=self.row(),
                agencies=[self.agency(name) for name in agencies],
                due_on=due_on,
                by=self.coordinator,
                on=self.today,
                at=self.at,
            )
        return self

    def asked(self, agency: str) -> Clearance:
        rows = Clearance.objects.select_related("agency", "briefing__plan")
        return rows.get(briefing=self.briefing, agency__short_name=agency)

    def answer(self, agency: str, answer: str, words: str = "") -> "Paper":
        row = self.asked(agency)
        draft = draft_rows.read_draft(self.briefing).draft
        now = concerns.current_texts(row, draft, concerns.owners_of(draft))
        clearance.answer(
            clearance=row,
            version=row.version,
            read=concerns.fingerprint(now),
            answer=answer,
            words=words,
            by=self.seated(row.agency, Seat.Role.APPROVER),
            at=self.at,
        )
        return self

    def comment(self, agency: str, section: str, words: str, text: str) -> ClearanceComment:
        """Comment on the section's paragraph with these words, or on the paper if both are ""."""
        row = self.asked(agency)
        by = self.seated(row.agency, Seat.Role.CONTRIBUTOR)
        key = self.key(section, words) if section else ""
        return clearance.comment(clearance=row, key=key, text=text, by=by, at=self.at)

    def resolve(self, comment: ClearanceComment, resolution: str) -> "Paper":
        clearance.resolve(comment=comment, resolution=resolution, by=self.coordinator, at=self.at)
        return self

    def redate(self, dated: date, deadline: date) -> "Paper":
        """Change the paper's date and deadline as its coordinator."""
        row = self.row()
        with history.written_at(self.at):
            change_cover(
                briefing=row,
                version=row.version,
                by=self.coordinator,
                dated=dated,
                deadline=deadline,
            )
        return self

    def issue(self) -> "Paper":
        """Request authorisation, authorise, and send to the Minister, all on one day."""
        manager = self.seated(self.plan.coordinating_agency, Seat.Role.AUTHORISING_MANAGER)
        with history.written_at(self.at):
            row = states.ask_for_authorisation(briefing=self.row(), by=self.coordinator)
            # At the present time, or a worker would think that this process has long been silent.
            paper = issuing.printed(
                issuing.to_sign(row, self.today), at=timezone.now(), however_long=True
            )
            digest = paper.pdf_sha256
            issuing.authorise(briefing=row, pdf_sha256=digest, by=manager, at=self.at)
            states.send_to_minister(briefing=row, by=self.coordinator)
        return self

    def return_from_minister(
        self, options: Mapping[int, str], ratings: Mapping[str, int], comment: str = ""
    ) -> "Paper":
        """Record the Minister's answer. `options` and its keys are recommendation numbers."""
        issued = IssuedPaper.objects.get(briefing=self.briefing)
        office = Seat.objects.filter(portfolio=issued.portfolio)[:1].get().user
        with history.written_at(self.at):
            responses.record_response(
                issued=issued,
                decided_on=self.today,
                marked={
                    each.key: responses.Marked(options[each.number])
                    for each in responses.asked_in(issued)
                },
                by=office,
                at=self.at,
                comment=comment,
                ratings=ratings,
            )
        return self

    def follow_up(self, number: int, agency: str, text: str, due_on: date) -> "Paper":
        """Add an action because of a recommendation or, with 0, of the Minister's comment."""
        response = IssuedPaper.objects.get(briefing=self.briefing).responses.get()
        with history.written_at(self.at):
            responses.follow_up(
                response=response,
                key=response.choices.get(number=number).key if number else ON_THE_PAPER,
                text=text,
                owner_agency=self.agency(agency),
                due_on=due_on,
                by=self.coordinator,
            )
        return self

    def finish(self, text: str, note: str, done_on: date) -> "Paper":
        """Mark an action as done on a day; the coordinator, who does it, confirms it."""
        action = FollowUp.objects.get(issued__briefing=self.briefing, text=text)
        with history.written_at(noon(done_on)):
            actions.finish(
                action=action,
                done_on=done_on,
                note=note,
                on=done_on,
                by=self.coordinator,
                confirms=True,
            )
        return self

    def close(self) -> "Paper":
        with history.written_at(self.at):
            states.close(briefing=self.row(), by=self.coordinator)
        return self

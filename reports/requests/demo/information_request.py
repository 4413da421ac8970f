"""The steps of a request for official information, made as the demo's users."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from agencies.models import Agency, Seat, User
from agencies.records import history
from reports.compose.paper_cover import design_of
from reports.demo.issued_briefing import noon
from reports.document import USUAL_DESIGN
from reports.requests.letters import Ombudsman, letter_from
from reports.requests.models import (
    InformationRequest,
    Redaction,
    Release,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.schedule import Paper
from reports.requests.print.letter_docx import render_letter_docx
from reports.requests.print.letter_html import render_letter_pdf
from reports.requests.services import (
    deciding,
    letters,
    packages,
    redactions,
    releases,
    requests,
    schedule,
)


@dataclass
class Asked:
    """A request to an agency and its users. `today` is the date of the current step."""

    agency: Agency
    today: date
    request: InformationRequest = field(init=False)

    # --- users --------------------------------------------------------------------------------

    def seated(self, role: str, agency: Agency | None = None) -> User:
        seats = Seat.objects.filter(agency=agency or self.agency, role=role).select_related("user")
        found: User = seats.order_by("from_on", "pk")[0].user
        return found

    @property
    def adviser(self) -> User:
        return self.seated(Seat.Role.OIA_ADVISER)

    @property
    def reviewer(self) -> User:
        return self.seated(Seat.Role.OIA_REVIEWER)

    @property
    def decision_maker(self) -> User:
        return self.seated(Seat.Role.OIA_DECISION_MAKER)

    @property
    def ombudsman(self) -> Ombudsman:
        return Ombudsman(**settings.OMBUDSMAN)

    @property
    def at(self) -> datetime:
        return noon(self.today)

    def later(self, days: int) -> "Asked":
        self.today += timedelta(days=days)
        return self

    def until(self, day: date) -> "Asked":
        self.today = day
        return self

    # --- steps --------------------------------------------------------------------------------

    def record(self, **facts: Any) -> "Asked":
        with history.written_at(self.at):
            self.request = requests.record_request(
                agency=self.agency, received_on=self.today, by=self.adviser, at=self.at, **facts
            )
        return self

    def acknowledge(self, contact: str) -> "Asked":
        """Send a letter that the request was received."""
        letter = self._prepare(
            RequestLetter.Kind.ACKNOWLEDGE,
            on=self.today,
            contact=contact,
            signatory={"role": contact},
        )
        pdf, docx = self._files(letter)
        act: dict[str, Any] = {"on": self.today, "by": self.adviser, "at": self.at}
        with history.written_at(self.at):
            sent = letters.send_letter(
                letter=letter,
                version=letter.version,
                pdf=pdf,
                docx=docx,
                ombudsman=self.ombudsman,
                **act,
            )
            requests.acknowledge(request=self.request, letter=sent, **act)
        return self

    def scope(self, first: date, last: date, note: str) -> "Asked":
        with history.written_at(self.at):
            row = requests.start_scoping(request=self.request, by=self.adviser)
            requests.set_scope(
                request=row,
                scope_from=first,
                scope_to=last,
                scope_note=note,
                version=row.version,
                by=self.adviser,
                at=self.at,
            )
        return self

    def list_paper(self, paper: Paper) -> ScheduleLine:
        with history.written_at(self.at):
            return schedule.add_paper(request=self.request, paper=paper, by=self.adviser)

    def list_not_held(self, title: str, ground: str) -> "Asked":
        with history.written_at(self.at):
            line = schedule.add_not_held(request=self.request, title=title, by=self.adviser)
        return self.decide(line, ScheduleLine.Decision.REFUSED, grounds=[ground])

    def start_preparing(self) -> "Asked":
        with history.written_at(self.at):
            requests.start_preparing(request=self.request, by=self.adviser)
        return self

    def withhold(self, line: ScheduleLine, place: str, *grounds: str, **notes: str) -> "Asked":
        """Propose to withhold all of the text at a place of a briefing."""
        assert line.issued is not None
        text = redactions.texts_of(redactions.document_of(line))[place]
        with history.written_at(self.at):
            redactions.propose(
                line=line,
                document_sha256=line.issued.document_sha256,
                spans=[(place, 0, len(text))],
                grounds=grounds,
                by=self.adviser,
                at=self.at,
                **notes,
            )
        return self

    def decide(self, line: ScheduleLine, decision: str, **fields: Any) -> "Asked":
        with history.written_at(self.at):
            schedule.decide_line(
                line=line,
                decision=decision,
                version=line.version,
                by=self.adviser,
                at=self.at,
                **fields,
            )
        return self

    def prepare_decision(self, kind: str, *, on: date, contact: str, signatory: str) -> "Asked":
        """Write the letter with the decision, as it is dated `on`."""
        self._prepare(kind, on=on, contact=contact, signatory={"role": signatory})
        return self

    def _prepare(self, kind: str, *, on: date, contact: str, **typed: Any) -> RequestLetter:
        with history.written_at(self.at):
            return letters.prepare_letter(
                request=self.request,
                kind=kind,
                typed={"contact": {"role": contact, "email": self.adviser.email}, **typed},
                on=on,
                ombudsman=self.ombudsman,
                by=self.adviser,
                at=self.at,
            )

    def _files(self, letter: RequestLetter) -> tuple[bytes, bytes]:
        text, looks = letter_from(letter.content), design_of(self.agency) or USUAL_DESIGN
        return render_letter_pdf(text, looks), render_letter_docx(text, looks)

    def send_for_review(self) -> "Asked":
        with history.written_at(self.at):
            requests.send_for_review(
                request=self.request, ombudsman=self.ombudsman, by=self.adviser, at=self.at
            )
        return self

    def agree_all(self) -> "Asked":
        rows = Redaction.objects.of_request(self.request).proposed()
        with history.written_at(self.at):
            redactions.agree_all(
                request=self.request,
                versions={row.pk: row.version for row in rows},
                by=self.reviewer,
                at=self.at,
            )
        return self

    def finish_review(self) -> "Asked":
        with history.written_at(self.at):
            requests.finish_review(
                request=self.request, ombudsman=self.ombudsman, by=self.reviewer, at=self.at
            )
        return self

    def sign(self, warnings_left: Mapping[str, str]) -> "Asked":
        """Sign the decision. `warnings_left` are reasons by a warning's key, or how it begins."""
        letter = deciding.deciding_letter(self.request)
        assert letter is not None
        pdf, docx = self._files(letter)
        reasons = {
            warned.key: next(
                why for key, why in warnings_left.items() if warned.key.startswith(key)
            )
            for warned in deciding.warnings(self._fresh())
        }
        with history.written_at(self.at):
            deciding.sign_decision(
                request=self.request,
                letter_version=letter.version,
                on=self.today,
                pdf=pdf,
                docx=docx,
                ombudsman=self.ombudsman,
                by=self.decision_maker,
                at=self.at,
                warnings_left=reasons,
            )
        return self

    def send_decision(self) -> "Asked":
        with history.written_at(self.at):
            requests.record_sent(request=self.request, on=self.today, by=self.adviser, at=self.at)
        return self

    def release(self) -> Release:
        """Redact, print and examine what the decision gives, and store it."""
        papers = packages.prepared_papers(self._fresh())
        with history.written_at(self.at):
            return releases.release(
                request=self.request, papers=papers, on=self.today, by=self.adviser, at=self.at
            )

    def close(self) -> "Asked":
        with history.written_at(self.at):
            requests.close(request=self.request, on=self.today, by=self.adviser, at=self.at)
        return self

    def publish(self, release: Release) -> "Asked":
        with history.written_at(self.at):
            releases.publish(release=release, on=self.today, by=self.decision_maker, at=self.at)
        return self

    def _fresh(self) -> InformationRequest:
        return InformationRequest.objects.select_related("agency", "plan").get(pk=self.request.pk)

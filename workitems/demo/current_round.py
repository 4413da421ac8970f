"""Recent events of the current plan: a round, variations, meetings and decisions.

Dates are in days from today. Each step calls the service that a view would call, and its history
is dated on the day that it happened.
"""

import tomllib
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from agencies.models import User
from agencies.records import history
from workitems.demo import demo_audit, demo_meetings, demo_notes
from workitems.demo.demo_measures import Numbers
from workitems.demo.story import Story
from workitems.following import visits
from workitems.intake.workbook.record import round_name
from workitems.meetings.services import actions
from workitems.models import Decision, Plan, Return, Risk, Round
from workitems.models.item import Confidence, Stage
from workitems.out_of_session import services as out_of_session
from workitems.plan.services import evidence, items, waits
from workitems.returns.services import handover, rounds, status_proposals
from workitems.risks import services as risks
from workitems.variations.services import held_entries

OPENED_DAYS_AGO = 13
DUE_IN_DAYS = 6
# Since the visit of the Police contributor to their desk.
OFFICER_AWAY_DAYS = 42
# What shows that milestones were done: item, milestone, agency, and a link or a note.
SHOWN = (
    ("1.2", 2, "MBIE", "visas/information-for-workers", ""),
    ("1.3", 1, "MBIE", "training/course", ""),
    ("2.1", 1, "MSD", "", "The way of referral is in the group’s papers of May 2026."),
    ("2.2", 1, "MBIE", "settings/review", ""),
    ("2.2", 2, "MBIE", "settings/in-force", ""),
    ("3.1", 2, "Police", "", "Seen in use by the coordinator in October 2026."),
    ("3.4", 1, "MoJ", "offences/discussion-paper", ""),
    ("4.3", 1, "MFAT", "trade/undertakings", ""),
    ("5.1", 1, "Police", "assessment/summary", "A summary. The assessment itself is not public."),
    ("5.3", 1, "MoJ", "figures/ways-of-counting", ""),
    ("5.3", 2, "MoJ", "figures/first", ""),
)
# What waits for a milestone of Police, whose it is, why, and what Police answers.
WAITS = (
    (
        *(("3.6", 2), "IR", ("3.3", 2), "Tax records lead nowhere until banks trace the money."),
        *("confirmed", ""),
    ),
    (
        *(("3.2", 3), "Customs", ("5.1", 2), "The report takes the risks from the assessment."),
        *("disputed", "The report counts your own checks and needs nothing of the assessment."),
    ),
)
ANSWERS = Path(__file__).parent / "answers.toml"


def play(plan: Plan, today: date) -> None:
    """Add the recent events to a newly loaded plan, up to today."""
    story = CurrentRound(plan, today)
    numbers = Numbers(story)
    numbers.fill()
    demo_meetings.hold(story)
    story.slip_again()
    story.ask_for_changes()
    story.decide_between_meetings()
    story.report_an_action()
    story.look_closer()
    story.show_what_was_done()
    demo_audit.hold(story)
    demo_notes.talk(story)
    story.weigh_risks()
    story.speak_for_others()
    story.wait_for_others()
    story.report(story.open_round(), numbers)
    visits.visit(story.writers["Police"], story.at(-OFFICER_AWAY_DAYS, 9))
    demo_meetings.prepare_next(story)


class CurrentRound(Story):
    """Events between the meetings, and the open round."""

    # --- between rounds --------------------------------------------------------------------

    def slip_again(self) -> None:
        """Move two forecasts that have moved before."""
        for number, milestone, agency, then, days, reason in (
            ("1.1", 2, "MBIE", -33, 62, "Redraft of two chapters following first open meeting."),
            ("1.1", 2, "MBIE", -20, 92, "Legal check of those chapters, approx. one more month."),
            ("3.3", 2, "Police", -18, 59, "Bank has asked for a later mtg."),
        ):
            moved = self.milestone(number, milestone)
            with self.written(then, 10):
                items.move_forecast(
                    milestone=moved,
                    version=moved.version,
                    forecast_due=self.due_day(days),
                    reason=reason,
                    by=self.writers[agency],
                    on=self.day(then),
                )

    def ask_for_changes(self) -> None:
        """Request three variations, and send two of them to the working group."""
        for name in ("guide", "offences", "homes"):
            self.ask(name)

    def decide_between_meetings(self) -> None:
        """Let the agencies decide on a changed wording out of session; four have answered."""
        course = self.ask("course")
        with self.written(-4, 10):
            asked = out_of_session.ask_agencies(
                variation=course,
                due_on=self.day(5),
                on=self.day(-4),
                at=self.at(-4, 10),
                by=self.coordinator,
                message="The ports begin their own training next week, before the group meets.",
            )
        for agency, choice, words in (
            ("Police", "agree", "Supportive. Our trainers at the ports can help."),
            ("MoJ", "agree", ""),
            ("Customs", "no_view", ""),
        ):
            with self.written(-2, 11):
                out_of_session.give_answer(
                    answer=asked.answers.get(agency=self.agencies[agency]),
                    choice=choice,
                    words=words,
                    at=self.at(-2, 11),
                    by=self.approvers[agency],
                )
        with self.written(-1, 16):
            out_of_session.record_answer(
                answer=asked.answers.get(agency=self.agencies["IR"]),
                choice="decline",
                words="Inland Revenue would rather wait for the review of the course.",
                at=self.at(-1, 16),
                by=self.coordinator,
                note=f"Email of the manager, tax crime, {self.day(-1):%-d %B %Y}.",
            )

    def report_an_action(self) -> None:
        """Let Police mark its action of the last meeting as done; the coordinator has not confirmed."""
        action = Decision.objects.get(meeting__plan=self.plan, owner_agency=self.agencies["Police"])
        with self.written(-1, 9):
            actions.finish(
                action=action,
                done_on=self.day(-1),
                note="The assessment can do without the figures on seized cash and on visas.",
                on=self.day(-1),
                by=self.writers["Police"],
                confirms=False,
            )

    def look_closer(self) -> None:
        """Record a reviewer's rating that differs from the agency's."""
        children = self.item("2.5")
        with self.written(-10, 14):
            items.review(
                item=children,
                version=children.version,
                confidence=Confidence.AT_RISK,
                by=self.coordinator,
                reason="No update in the last round, and the training is due in four months.",
            )

    def show_what_was_done(self) -> None:
        """Add evidence on the day that milestones were done: links, and of two only a note. Question one."""
        for number, step, agency, link, note in SHOWN:
            milestone = self.milestone(number, step)
            assert milestone.completed_on is not None
            done = (milestone.completed_on - self.today).days
            with self.written(done, 16):
                evidence.add_to_milestone(
                    milestone=milestone,
                    link=link and f"https://example.org/{link}",
                    note=note,
                    by=self.writers[agency],
                    at=self.at(done, 16),
                )
        questioned = self.milestone("3.3", 1)
        with self.written(-12, 15):
            evidence.flag_missing_evidence(
                milestone=questioned,
                version=questioned.version,
                reason="Nothing here says that the analysts have joined.",
                by=self.coordinator,
            )

    def weigh_risks(self) -> None:
        """Escalate a risk to the Minister; re-rate another and escalate it to the working group."""
        with self.written(-42, 15):
            risks.escalate_risk(
                risk=self.plan.risks.get(item__number="2.3"),
                to=Risk.EscalatedTo.MINISTER,
                on=self.day(-42),
                by=self.coordinator,
                reason="The next budget decides it, and that is for Ministers.",
            )
        called_away = self.plan.risks.get(item__number="3.1")
        with self.written(-12, 10):
            risks.change_risk(
                risk=called_away,
                version=called_away.version,
                likelihood=Risk.Level.HIGH,
                impact=called_away.impact,
                response=f"{called_away.response} The deputies have read the open cases.",
                by=self.writers["Police"],
                reason="2 agencies have recalled their people since the last mtg.",
            )
        with self.written(-9, 9):
            risks.escalate_risk(
                risk=called_away,
                to=Risk.EscalatedTo.GROUP,
                on=self.day(-9),
                by=self.coordinator,
                reason="The agencies that called their members back are in the working group.",
            )

    def speak_for_others(self) -> None:
        """Let Customs propose a status to the lead of an item, and a contributor of Police ask for
        a date, which waits for the approver's release."""
        with self.written(-3, 11):
            status_proposals.propose(
                item=self.item("3.1"),
                agency=self.agencies["Customs"],
                stage=Stage.UNDER_WAY,
                confidence=Confidence.AT_RISK,
                reason="Our rep leaves next month, no replacement as yet.",
                by=self.writers["Customs"],
                at=self.at(-3, 11),
            )
        assessment = self.milestone("5.1", 2)
        with self.written(-1, 14):
            held_entries.hold_date(
                milestone=assessment,
                due_after=assessment.forecast_due,
                reason="Data from two agencies will be a month later than agreed.",
                agency=self.agencies["Police"],
                by=self.writers["Police"],
                at=self.at(-1, 14),
            )

    def wait_for_others(self) -> None:
        """Let two agencies say that they wait for Police, which confirms one and disputes the other."""
        for (number, of), agency, (other, step), why, answer, words in WAITS:
            # Nobody of Inland Revenue has a seat, so the coordinator enters what it says.
            by, entered = self.approvers.get(agency), history.written_for(agency)
            with self.written(-12, 10), nullcontext() if by else entered:
                wait = waits.add(
                    milestone=self.milestone(number, of),
                    waits_for=self.milestone(other, step),
                    days_after=0,
                    why=why,
                    by=by or self.coordinator,
                    on=self.day(-12),
                )
            with self.written(-10, 15):
                waits.answer(
                    wait=wait,
                    version=wait.version,
                    answer=answer,
                    words=words,
                    by=self.approvers["Police"],
                    on=self.day(-10),
                )

    # --- the round -------------------------------------------------------------------------

    def open_round(self) -> Round:
        last = self.plan.rounds.latest("period_end")
        start = last.period_end + timedelta(days=1)
        with self.written(-OPENED_DAYS_AGO, 9):
            return rounds.open_round(
                plan=self.plan,
                name=round_name(start, self.today),
                period_start=start,
                period_end=self.today,
                due_on=self.day(DUE_IN_DAYS),
                message="Please say what was achieved in a sentence or two that a Minister could "
                "read.",
                by=self.coordinator,
                at=self.at(-OPENED_DAYS_AGO, 9),
            )

    def report(self, opened: Round, numbers: Numbers) -> None:
        """Bring returns into every state: accepted, submitted, sent back, ready for approval, in
        progress, not begun."""
        returns = {each.agency.short_name: each for each in opened.returns.select_related("agency")}
        by_agency = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))
        for agency, answers in by_agency.items():
            for number, answer in answers.items():
                self._answer(returns[agency], number, answer)
        numbers.answer_now(returns)
        self._submit(returns["Customs"], days_ago=5)
        with self.written(-2, 14):
            rounds.accept(of_return=returns["Customs"], by=self.coordinator, on=self.day(-2))
        with self.written(-1, 16):
            handover.mark_ready(
                of_return=returns["MFAT"],
                by=self.writers["MFAT"],
                on=self.day(-1),
                at=self.at(-1, 16),
            )
        self._submit(returns["MoJ"], days_ago=1)
        self._submit(returns["MSD"], days_ago=4)
        with self.written(-2, 15):
            rounds.send_back(
                of_return=returns["MSD"],
                on_items={
                    self.item("2.3"): "Please say how many regions have a provider today, so that "
                    "the figure can be compared with last time."
                },
                by=self.coordinator,
                at=self.at(-2, 15),
            )

    def _answer(self, of_return: Return, number: str, answer: dict[str, Any]) -> None:
        about: dict[str, Any] = {"of_return": of_return, "item": self.item(number)}
        by = self.writers[of_return.agency.short_name]
        with self.written(-7, 10):
            if "no_change" in answer:
                rounds.say_no_change(**about, on=self.day(-7), by=by, at=self.at(-7, 10))
            else:
                rounds.write_update(**about, **answer, by=by, at=self.at(-7, 10))

    def _submit(self, of_return: Return, *, days_ago: int) -> None:
        by: User = self.approvers[of_return.agency.short_name]
        at = self.at(-days_ago, 14)
        with self.written(-days_ago, 14):
            rounds.submit(of_return=of_return, by=by, on=self.day(-days_ago), at=at)

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from simple_history.signals import post_create_historical_record


class WorkItemsConfig(AppConfig):
    name = "workitems"
    verbose_name = "Plans and work items"

    def ready(self) -> None:
        from agencies.people import confirming, letters, seating, submitting, succession
        from agencies.people.services import invitations, tokens
        from workitems.audits import desk_lines as audit_lines
        from workitems.audits.news import audit_news
        from workitems.by_email import desk_lines as mail_lines
        from workitems.calendar import owed
        from workitems.desk import seat_lines
        from workitems.desk import to_dos as desk
        from workitems.following.held_follows import FOLLOWS
        from workitems.intake import to_decide
        from workitems.items import date_news
        from workitems.items import desk_lines as item_lines
        from workitems.meetings import action_news as action_notices
        from workitems.meetings import desk_lines as meeting_lines
        from workitems.meetings import meeting_news as meeting_notices
        from workitems.models import HeldEntry, Milestone
        from workitems.models import guards as plan_guards
        from workitems.models import indexes as plan_indexes
        from workitems.notes import desk_lines as note_lines
        from workitems.notes import news as note_news
        from workitems.notes.held_notes import NOTES, QUESTIONS
        from workitems.notices import news
        from workitems.out_of_session import desk_lines as group_lines
        from workitems.out_of_session import news as out_of_session_notices
        from workitems.plan import answering, coordinators, held_work
        from workitems.returns import desk_lines as return_lines
        from workitems.returns import news as return_news
        from workitems.returns import proposal_news as between_agencies
        from workitems.returns.measure_news import set_up_news
        from workitems.returns.services import held_returns, round_levers, rounds
        from workitems.risks import services as risks
        from workitems.variations import desk_lines as variation_lines
        from workitems.variations.services import from_workbook, held_entries
        from workitems.waits import desk_lines as wait_lines
        from workitems.waits import news as wait_news
        from workitems.waits import services as waits

        confirming.OVERSEERS.append(coordinators.coordinators_over)
        confirming.IN_USE.append(coordinators.is_in_use)
        seating.TO_DO.append(desk.names_for)
        letters.INVITED_FOR.append(coordinators.asked_of)
        invitations.JOINED.append(return_news.notify_joined)
        tokens.READ_WITH.append(coordinators.titles_read_with)
        submitting.IN_A_PLAN.append(coordinators.is_in_a_plan)
        submitting.REPORTS.append(answering.asked_anywhere)
        submitting.LET_ALONE.append(round_levers.let_alone)
        succession.HOLDINGS.extend(held_work.HOLDINGS)
        succession.HOLDINGS.append(held_returns.OPEN_RETURNS)
        succession.HOLDINGS.append(FOLLOWS)
        succession.HOLDINGS.extend((NOTES, QUESTIONS))
        news.SOURCES.append(return_news.return_news)
        news.SOURCES.append(out_of_session_notices.due_notices)
        news.SOURCES.append(action_notices.decision_notices)
        news.SOURCES.append(between_agencies.due_news)
        news.SOURCES.append(meeting_notices.called_notices)
        news.SOURCES.append(meeting_notices.minutes_notices)
        news.SOURCES.append(meeting_notices.decided_notices)
        news.SOURCES.append(date_news.date_news)
        news.SOURCES.append(date_news.followed_news)
        news.SOURCES.append(audit_news)
        news.SOURCES.append(set_up_news)
        news.SOURCES.append(wait_news.asked_news)
        news.SOURCES.append(wait_news.chain_news)
        news.SOURCES.append(wait_news.variation_news)
        news.SOURCES.append(note_news.asked_news)
        news.SOURCES.append(note_news.written_news)
        desk.SOURCES.append(seat_lines.lines_for)
        desk.SOURCES.append(return_lines.lines_for)
        desk.SOURCES.append(item_lines.lines_for)
        desk.SOURCES.append(variation_lines.lines_for)
        desk.SOURCES.append(group_lines.lines_for)
        desk.SOURCES.append(meeting_lines.lines_for)
        desk.SOURCES.append(audit_lines.lines_for)
        desk.SOURCES.append(wait_lines.lines_for)
        desk.SOURCES.append(note_lines.lines_for)
        desk.SOURCES.append(mail_lines.lines_for)
        desk.OWED.append(owed.numbers_for)
        to_decide.ASK.append(from_workbook.ask)
        to_decide.OBSTACLES.append(from_workbook.obstacles)
        held_entries.MAKERS[HeldEntry.Kind.RISK] = risks.raise_held
        held_entries.MAKERS[HeldEntry.Kind.WAIT] = waits.add_held
        rounds.WITH_THE_RETURN.append(waits.release_with)
        post_create_historical_record.connect(
            wait_news.milestone_written, sender=Milestone.history.model
        )
        post_migrate.connect(plan_guards.install_after_migrate, sender=self)
        post_migrate.connect(plan_indexes.install_after_migrate, sender=self)

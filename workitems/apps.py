from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkItemsConfig(AppConfig):
    name = "workitems"
    verbose_name = "Plans and work items"

    def ready(self) -> None:
        from agencies import letters
        from workitems import coordinators, group_lines, plan_guards, plan_indexes
        from workitems import desk as desk
        from workitems.notices import (
            action_notices,
            between_agencies,
            meeting_notices,
            out_of_session_notices,
            timetable,
        )

        letters.OVERSEERS.append(coordinators.coordinators_over)
        timetable.SOURCES.append(out_of_session_notices.due_notices)
        timetable.SOURCES.append(action_notices.decision_notices)
        timetable.SOURCES.append(between_agencies.due_news)
        timetable.SOURCES.append(meeting_notices.called_notices)
        timetable.SOURCES.append(meeting_notices.minutes_notices)
        timetable.SOURCES.append(meeting_notices.decided_notices)
        desk.SOURCES.append(group_lines.lines_for)
        post_migrate.connect(plan_guards.install_after_migrate, sender=self)
        post_migrate.connect(plan_indexes.install_after_migrate, sender=self)

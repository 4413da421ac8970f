from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkItemsConfig(AppConfig):
    name = "workitems"
    verbose_name = "Plans and work items"

    def ready(self) -> None:
        from agencies import letters
        from workitems import (
            coordinators,
            group_lines,
            item_lines,
            plan_guards,
            plan_indexes,
            return_lines,
            variation_lines,
        )
        from workitems import desk as desk
        from workitems.models import HeldEntry
        from workitems.notices import (
            action_notices,
            between_agencies,
            meeting_notices,
            news,
            out_of_session_notices,
            return_news,
        )
        from workitems.services import held_entries, risks

        letters.OVERSEERS.append(coordinators.coordinators_over)
        news.SOURCES.append(return_news.return_news)
        news.SOURCES.append(out_of_session_notices.due_notices)
        news.SOURCES.append(action_notices.decision_notices)
        news.SOURCES.append(between_agencies.due_news)
        news.SOURCES.append(meeting_notices.called_notices)
        news.SOURCES.append(meeting_notices.minutes_notices)
        news.SOURCES.append(meeting_notices.decided_notices)
        desk.SOURCES.append(return_lines.lines_for)
        desk.SOURCES.append(item_lines.lines_for)
        desk.SOURCES.append(variation_lines.lines_for)
        desk.SOURCES.append(group_lines.lines_for)
        held_entries.MAKERS[HeldEntry.Kind.RISK] = risks.raise_held
        post_migrate.connect(plan_guards.install_after_migrate, sender=self)
        post_migrate.connect(plan_indexes.install_after_migrate, sender=self)

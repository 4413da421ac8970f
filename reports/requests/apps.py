from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RequestsConfig(AppConfig):
    name = "reports.requests"
    label = "requests"
    verbose_name = "Official information"

    def ready(self) -> None:
        from agencies import rules
        from agencies.people import succession
        from reports.extensions import registry
        from reports.requests import request_guards
        from reports.requests.registered import (
            earlier_papers,
            held_requests,
            menu,
            released_papers,
            request_lines,
            request_notices,
            request_search,
        )
        from reports.search import paper_search
        from workitems.desk import to_dos as desk
        from workitems.notices import news

        post_migrate.connect(request_guards.install_after_migrate, sender=self)
        rules.ADDED_ROLES.extend(rules.OF_REQUESTS)
        succession.HOLDINGS.extend(held_requests.HOLDINGS)
        desk.SOURCES.append(request_lines.lines_for)
        news.SOURCES.append(request_notices.due_notices)
        paper_search.KINDS.append(request_search.REQUESTS)
        paper_search.NUMBERED.append(request_search.with_reference)
        registry.URLS.append(menu.ADDRESSES)
        registry.MENU.append(menu.menu_entry)
        registry.GUARDS.extend(request_guards.GUARDS)
        registry.EARLIER_PAPERS.append(earlier_papers.readable_by)
        registry.KEPT_FILES.append(released_papers.KEPT_FILES)
        registry.JOBS.append("reports.requests.registered.file_checking.check_next")
        registry.RELEASED.append(released_papers.RELEASED)

"""Pages of Help: the list of tasks, which can be searched, and each task."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trafficking_plan.help.tasks import Who, by_slug, matching, tasks


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the tasks by who does them, or those that match `q`."""
    words = request.GET.get("q", "").strip()[:100]
    found = matching(words) if words else tasks()
    groups = [(Who(who).label, list(each)) for who, each in groupby(found, lambda task: task.who)]
    return render(request, "help/index.html", {"groups": groups, "words": words})


@require_safe
def detail(request: HttpRequest, task: str) -> HttpResponse:
    if (found := by_slug(task)) is None:
        raise Http404
    others = [each for each in tasks() if each.who == found.who and each != found]
    return render(request, "help/task.html", {"task": found, "others": others})

"""The briefings of a plan."""

from django.urls import include, path

from reports.views import briefings

briefing_urls = [
    path("", briefings.index, name="list"),
    path("new/", briefings.create, name="create"),
    path("<int:pk>/", briefings.detail, name="detail"),
    path("<int:pk>/cover/", briefings.change_cover, name="change-cover"),
    path("<int:pk>/pdf/", briefings.pdf, name="pdf"),
]

urlpatterns = [
    path("plans/<slug:slug>/briefings/", include((briefing_urls, "briefings"))),
]

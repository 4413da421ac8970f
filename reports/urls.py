"""The briefings of a plan."""

from django.urls import include, path

from reports import views

briefing_urls = [
    path("", views.index, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/cover/", views.change_cover, name="change-cover"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
]

urlpatterns = [
    path("plans/<slug:slug>/briefings/", include((briefing_urls, "briefings"))),
]

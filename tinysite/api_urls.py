"""The API: its first version, put together from the apps that answer it."""

from django.urls import include, path

from results.api.urls import nothing_here

urlpatterns = [
    path("v1/", include("results.api.urls")),
    path("v1/", include("submissions.api.urls")),
    path("v1/", include(nothing_here)),
]

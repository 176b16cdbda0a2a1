"""The API: its first version, put together from the apps that answer it."""

from django.urls import include, path

urlpatterns = [
    path("v1/", include("results.api.urls")),
    path("v1/", include("submissions.api.urls")),
]

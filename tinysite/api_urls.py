"""The API: its first version, put together from the apps that answer it."""

from django.urls import include, path

urlpatterns = [
    # first: models/analyse/ is no model of the catalogue
    path("v1/", include("submissions.api.urls")),
    path("v1/", include("results.api.urls")),
]

"""Every address of the site."""

from django.urls import include, path

from tinysite import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("api/", include("tinysite.api_urls")),
    path("", include("submissions.urls")),
    path("", include("results.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

"""Security headers that Django 5.2 does not set by itself."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class ContentSecurityPolicyMiddleware:
    """Send the one Content-Security-Policy with every response; views made to be embedded allow any frame."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = header_value(settings.CONTENT_SECURITY_POLICY)
        self.embedded_policy = header_value(settings.CONTENT_SECURITY_POLICY | {"frame-ancestors": "*"})

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = self.embedded_policy if _embeddable(request) else self.policy
        response["Permissions-Policy"] = _PERMISSIONS
        return response


def header_value(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _embeddable(request: HttpRequest) -> bool:
    """Whether the view that answered says so of itself: a 304 has to carry the same policy as the page."""
    match = request.resolver_match
    return match is not None and getattr(match.func, "embeddable", False)

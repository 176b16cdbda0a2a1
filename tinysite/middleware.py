"""Security headers that Django 5.2 does not set by itself."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class ContentSecurityPolicyMiddleware:
    """Send the strict Content-Security-Policy, or the one of the longest matching path in
    CONTENT_SECURITY_POLICY_EXCEPTIONS, with every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = header_value(settings.CONTENT_SECURITY_POLICY)
        self.exceptions = sorted(
            (
                (path, header_value(policy))
                for path, policy in settings.CONTENT_SECURITY_POLICY_EXCEPTIONS.items()
            ),
            key=lambda pair: -len(pair[0]),
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Content-Security-Policy"] = self._policy_for(request.path)
        response["Permissions-Policy"] = _PERMISSIONS
        return response

    def _policy_for(self, path: str) -> str:
        return next((policy for prefix, policy in self.exceptions if path.startswith(prefix)), self.policy)


def header_value(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())

"""Who asks the API: ``Authorization: Bearer tiny_…``."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from submissions.models import ApiToken, User
from submissions.services.tokens import token_of

SCHEME = "Bearer"
REALM = 'Bearer realm="TinySite API"'


class TokenAuthentication(BaseAuthentication):
    """An API token. A request without one is left to the next class (the session of the browser).

    A token that is unknown, expired or revoked, or whose account is not active, is answered with 401 and the same
    sentence for each: whoever guesses learns nothing.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = token_of(secret.strip().decode("latin-1"))
        if token is None:
            raise AuthenticationFailed("This token is not valid: unknown, expired or revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of RFC 6750; the error is named when a token was sent."""
        sent = get_authorization_header(request).lower().startswith(SCHEME.lower().encode())
        return f'{REALM}, error="invalid_token"' if sent else REALM


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema of the API names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": SCHEME.lower(), "description": "An API token of your account page."}

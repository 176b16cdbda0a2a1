"""The addresses of accounts and organisations, in the namespace ``submissions``."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from submissions.views import account_pages, accounts, organisations

account_patterns = [
    path("account/", account_pages.account, name="account"),
    path("account/profile/", account_pages.change_profile, name="account-profile"),
    path("account/tokens/", account_pages.new_token, name="token-new"),
    path("account/tokens/<int:pk>/revoke/", account_pages.revoke_token, name="token-revoke"),
    path("account/export/", account_pages.export, name="account-export"),
    path("account/delete/", account_pages.delete, name="account-delete"),
    path("account/sign-up/", accounts.sign_up, name="sign-up"),
    path("account/sign-up/sent/", accounts.sign_up_sent, name="sign-up-sent"),
    path("account/confirm/<str:uidb64>/<str:token>/", accounts.confirm, name="confirm"),
    path("account/log-in/", accounts.LogInView.as_view(), name="log-in"),
    path("account/log-out/", LogoutView.as_view(), name="log-out"),
    path("account/password/", accounts.PasswordChangeView.as_view(), name="password-change"),
    path("account/password/reset/", accounts.password_reset, name="password-reset"),
    path("account/password/reset/sent/", accounts.password_reset_sent, name="password-reset-sent"),
    path(
        "account/password/reset/<str:uidb64>/<str:token>/",
        accounts.PasswordResetConfirmView.as_view(),
        name="password-reset-confirm",
    ),
    path("organisations/new/", organisations.new, name="organisation-new"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:slug>/invitations/", organisations.invite, name="organisation-invite"),
    path(
        "organisations/<slug:slug>/invitations/<int:pk>/revoke/",
        organisations.revoke_invitation,
        name="invitation-revoke",
    ),
    path("organisations/<slug:slug>/members/<int:pk>/", organisations.change_role, name="member-role"),
    path(
        "organisations/<slug:slug>/members/<int:pk>/remove/",
        organisations.remove_member,
        name="member-remove",
    ),
    path("organisations/<slug:slug>/leave/", organisations.leave, name="organisation-leave"),
    path("invitations/<str:token>/", organisations.invitation, name="invitation"),
]

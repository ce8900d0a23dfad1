"""``current_user`` everywhere: in requests, and outside of them."""

from __future__ import annotations

import flask_login

import oneclick
from oneclick.auth import acting_as, current_user
from oneclick.core import OneClick
from oneclick.records import Record
from oneclick.testing import TestApi


def test_a_job_acts_as_somebody(one_click: OneClick, user: Record, superuser: Record) -> None:
    assert oneclick.current() is one_click
    with acting_as(user) as acting:
        assert acting == current_user
        assert flask_login.current_user.id == oneclick.current_user.id == user.id
        assert current_user["name"] == current_user.get("name") == "Ann"
        assert current_user.is_authenticated
        assert not current_user.is_superuser
        assert oneclick.current() is one_click
        with acting_as(superuser):
            assert current_user.is_superuser
        assert current_user.id == user.id
    with acting_as(None):
        assert current_user.is_anonymous
        assert (current_user.id, current_user.get("name", "nobody")) == ("", "nobody")


def test_cookies_of_other_applications_sign_nobody_in(api: TestApi, user: Record) -> None:
    headers = {"Cookie": "remember_token=1|abc; session=xyz"}
    assert api.get("/api/health", headers=headers).status_code == 200
    assert api.acting(user).post("/api/collections/users/auth-refresh", headers=headers).status_code == 200


def test_the_public_names_are_there() -> None:
    for name in oneclick.__all__:
        assert getattr(oneclick, name) is not None

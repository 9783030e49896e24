"""The caller, the scopes a token grants, and what a stranger is told."""

import pytest

from scanlane.auth.caller import Caller, Forbidden, NotAuthenticated, Refusal


class TestCaller:
    def test_a_scope_that_was_not_granted_is_forbidden(self) -> None:
        caller = Caller("clerk", "acme", frozenset({"jobs:read"}))

        caller.require("jobs:read")

        with pytest.raises(Forbidden, match="jobs:write") as caught:
            caller.require("jobs:write")
        assert caught.value.status == 403


class TestNotAuthenticated:
    def test_without_a_token_the_challenge_names_no_error(self) -> None:
        error = NotAuthenticated()

        assert (error.status, dict(error.headers)) == (401, {"WWW-Authenticate": "Bearer"})

    @pytest.mark.parametrize("reason", [reason for reason in Refusal if reason is not Refusal.MISSING])
    def test_a_bad_token_is_named_in_the_challenge_and_the_reason_in_the_sentence(self, reason: Refusal) -> None:
        error = NotAuthenticated(reason)

        assert dict(error.headers) == {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        assert error.message == f"the token is missing or not valid: {reason}"

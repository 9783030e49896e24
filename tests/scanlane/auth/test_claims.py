"""Claims read into a caller. What is refused is listed in forged_tokens; here are any values at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.auth.caller import NotAuthenticated
from scanlane.auth.claims import read_caller
from tests.scanlane.auth.forged_tokens import honest_claims

NAMES = st.sampled_from(["exp", "iat", "nbf", "sub", "tenant", "scope", "jti"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


class TestReadCaller:
    @given(changes=st.dictionaries(NAMES, VALUES, min_size=1))
    def test_whatever_the_claims_say_the_answer_is_a_storable_caller_or_a_refusal(
        self, changes: dict[str, object]
    ) -> None:
        try:
            caller = read_caller({**honest_claims(), **changes})
        except NotAuthenticated:
            return

        assert caller.user_id.isprintable()
        assert caller.user_id.encode()
        assert caller.tenant.isascii()
        assert all(scope.isascii() for scope in caller.scopes)

    def test_scopes_are_parted_by_spaces(self) -> None:
        caller = read_caller({**honest_claims(), "scope": " jobs:read  jobs:write "})

        assert caller.scopes == {"jobs:read", "jobs:write"}

    def test_sixty_four_scopes_are_the_most(self) -> None:
        scopes = [f"s{number}" for number in range(64)]

        assert len(read_caller({**honest_claims(), "scope": " ".join(scopes)}).scopes) == 64
        with pytest.raises(NotAuthenticated):
            read_caller({**honest_claims(), "scope": " ".join([*scopes, "more"])})

"""Dates of sitemaps and feeds as moments."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.sitemap_dates import moment

SECOND_OF_MAY = datetime(2024, 5, 2, tzinfo=UTC)
EIGHT = datetime(2024, 5, 2, 8, 9, 10, tzinfo=UTC)


class TestMoment:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
            ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
            ("2024-05-02", SECOND_OF_MAY),
            ("2024-05-02T08:09Z", EIGHT.replace(second=0)),
            ("2024-05-02T08:09:10Z", EIGHT),
            ("2024-05-02T08:09:10.5Z", EIGHT.replace(microsecond=500_000)),
            ("2024-05-02T08:09:10.123456789Z", EIGHT.replace(microsecond=123_456)),
            ("2024-05-02T10:09:10+02:00", EIGHT),
            ("2024-05-02T10:09:10+0200", EIGHT),
            ("2024-05-02T10:09:10+02", EIGHT),
            ("2024-05-01T23:09:10-09:00", EIGHT),
            ("2024-05-02T08:09:10", EIGHT),
            ("2024-05-02 08:09:10", EIGHT),
            ("2024-05-02 08:09:10 UTC", EIGHT),
            ("2024-05-02 10:09:10 +0200", EIGHT),
            ("2024-05-02t08:09:10z", EIGHT),
            ("2024-5-2", SECOND_OF_MAY),
            ("2024/05/02", SECOND_OF_MAY),
            ("2024-05-02T8:09:10Z", EIGHT),
            ("20240502", SECOND_OF_MAY),
            ("Thu, 02 May 2024 08:09:10 GMT", EIGHT),
            ("Thu, 02 May 2024 10:09:10 +0200", EIGHT),
            ("Thu, 02 May 2024 04:09:10 EDT", EIGHT),
            ("2 May 2024 08:09:10 -0000", EIGHT),
            ("2024-12-31T23:59:60Z", datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ],
    )
    def test_dates_of_every_precision_are_read(self, text: str, expected: datetime) -> None:
        found = moment(text)

        assert found == expected
        assert found is not None
        assert found.tzinfo is UTC

    @pytest.mark.parametrize(
        "text",
        ["", "yesterday", "0000-00-00", "0001-01-01T00:00:00+00:00", "2024-13-01", "2024-02-30", "2024-05-02T25:00:00Z",
         "12:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1" * 5000, "2024-05-02T08:09:10+99:99"],
    )  # fmt: skip
    def test_what_is_no_date_is_none(self, text: str) -> None:
        assert moment(text) is None

    @given(st.one_of(st.text(max_size=80), st.text("0123456789-:TZ+. ,MonJan", max_size=80)))
    def test_any_text_is_a_moment_in_utc_or_none(self, text: str) -> None:
        found = moment(text)

        assert found is None or found.tzinfo is UTC

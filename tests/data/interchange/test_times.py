"""Times as other programs write them: read where there is one meaning, refused where there are two."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.interchange.times import time_of

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SECONDS = int(AT.timestamp())


@pytest.mark.parametrize(
    "written",
    [
        *(SECONDS, float(SECONDS), SECONDS * 10**3, SECONDS * 10**6, SECONDS * 10**9),
        *(str(SECONDS), f"{SECONDS}.0", str(SECONDS * 1000)),
        *("2026-11-02T08:00:00Z", "2026-11-02 08:00:00", "2026-11-02 08:00:00 UTC", "2026-11-02T08:00:00GMT"),
        *("2026-11-02T09:00:00 +01:00", "2026-11-02 09:00:00+0100", "20261102T080000Z", "2026-11-02 08:00:00.000 UTC"),
        *("Mon, 02 Nov 2026 08:00:00 GMT", "Mon, 02 Nov 2026 09:00:00 +0100", "2 Nov 2026 08:00:00 +0000"),
        datetime(2026, 11, 2, 8),
    ],
)
def test_a_time_has_many_spellings(written):
    assert time_of(written) == AT


@pytest.mark.parametrize("written", ["02/11/2026", "soon", "", None, True, 5, -1, float("nan"), 1e300, []])
def test_what_is_no_time_or_has_two_meanings_is_refused(written):
    with pytest.raises(InputError):
        time_of(written)


@given(st.integers(10**8, 4 * 10**9))
def test_seconds_and_all_their_parts_are_one_time(seconds):
    found = {time_of(seconds * unit) for unit in (1, 10**3, 10**6, 10**9)}
    assert found == {datetime.fromtimestamp(seconds, UTC)}

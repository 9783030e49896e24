"""Which page of a list is wanted."""

from typing import Annotated

from fastapi import Query

from scanlane.stores.keyset import LONGEST_PAGE

USUAL_PAGE = 50
LONGEST_CURSOR = 200

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="so many rows at most")]
CursorText = Annotated[str, Query(max_length=LONGEST_CURSOR, description="`next_cursor` of the page before")]

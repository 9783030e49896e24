"""Signs that open no tag. A parser keeps a piece of memory for each, and a page of nothing else is an attack."""

import re

# A page of 1 MB that somebody wrote has some 20,000 tags.
USUAL_MOST = 100_000

_STRAY = re.compile(r"<(?![A-Za-z/!?])")


def without_stray_marks(markup: str) -> str:
    """The markup; where it has more `<` than any page, those that open no tag are spaces."""
    return _STRAY.sub(" ", markup) if markup.count("<") > USUAL_MOST else markup

"""The signs that a browser does not show an element, or shows its letters from right to left.

Decoy addresses for harvesters are planted in elements that no visitor sees; only what the markup itself says is read:
attributes, inline styles and the simplest rules of inline style sheets. External style sheets are not fetched.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_NOT_SHOWN = re.compile(r"display\s{0,5}:\s{0,5}none|font-size\s{0,5}:\s{0,5}0(?![.\d]*[1-9])", re.I)
_RIGHT_TO_LEFT = re.compile(r"direction\s{0,5}:\s{0,5}rtl", re.I)
_SIMPLE_RULE = re.compile(r"\A\s*[a-z]*\.([A-Za-z_][\w-]{0,60})\s*\Z")
_LONGEST_SHEET = 200_000
_LONGEST_REMEMBERED = 40_000


def hides(attributes: Mapping[str, str | None], hidden_classes: frozenset[str] | set[str]) -> bool:
    """Whether an element with these attributes is not shown. Transparent ones are, for animations start so.

    What only screen readers skip (aria-hidden) is shown as well.
    """
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style and _is_not_shown(style):
        return True
    classes = attributes.get("class") if hidden_classes else None
    return classes is not None and not hidden_classes.isdisjoint(classes.split())


@lru_cache(maxsize=512)
def _is_not_shown(style: str) -> bool:
    # Pages say the same few styles over and over.
    return _NOT_SHOWN.search(style) is not None


def reverses(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether the letters inside are written backwards and turned round by the browser."""
    if tag == "bdo":
        return (attributes.get("dir") or "").lower() == "rtl"
    style = attributes.get("style") or ""
    return "bidi-override" in style and _RIGHT_TO_LEFT.search(style) is not None


def hidden_classes(sheet: str) -> frozenset[str]:
    """Class names that a style sheet hides for every visitor, by a rule of its own: `.name { display: none }`.

    A class that the sheet names twice is one that a script or a screen width turns on and off: it is left out.
    """
    # The pages of a site share their sheets.
    return _remembered(sheet) if len(sheet) <= _LONGEST_REMEMBERED else _hidden_classes(sheet[:_LONGEST_SHEET])


def _hidden_classes(sheet: str) -> frozenset[str]:
    found: set[str] = set()
    if _NOT_SHOWN.search(sheet) is None:
        return frozenset()
    depth = 0
    selector = ""
    for part in re.split(r"([{}])", sheet):
        if part in "{}":
            depth = max(0, depth + (1 if part == "{" else -1))
        elif depth == 0:
            selector = part
        elif depth == 1 and _NOT_SHOWN.search(part) and (simple := _SIMPLE_RULE.match(selector)):
            found.add(simple.group(1))
    return frozenset(name for name in list(found)[:50] if sheet.count(f".{name}") == 1)


_remembered = lru_cache(maxsize=128)(_hidden_classes)

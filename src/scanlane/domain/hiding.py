"""The signs that a browser does not show an element, or shows its letters from right to left.

Decoy addresses for harvesters are planted in elements that no visitor sees; only what the markup itself says is read:
attributes, inline styles and the simplest rules of inline style sheets. External style sheets are not fetched.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_NOT_SHOWN = re.compile(r"display\s{0,5}:\s{0,5}none|font-size\s{0,5}:\s{0,5}0(?![.\d]*[1-9])", re.I)
# What a style sheet says of whole classes before an animation, but hides one element for good. Far off the screen, too.
_OUT_OF_SIGHT = re.compile(
    rf"{_NOT_SHOWN.pattern}|visibility\s{{0,5}}:\s{{0,5}}(?:hidden|collapse)"
    r"|(?<![\w-])(?:left|top|right)\s{0,5}:\s{0,5}-\d{4,6}(?:px|em|rem|pt)?\b",
    re.I,
)
_RIGHT_TO_LEFT = re.compile(r"direction\s{0,5}:\s{0,5}rtl", re.I)
_SIMPLE_RULE = re.compile(r"\A\s*[a-z]*\.?((?:(?<=\.)|#)[A-Za-z_][\w-]{0,60})\s*\Z")
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
    if not hidden_classes:
        return False
    classes = attributes.get("class") or ""
    return not hidden_classes.isdisjoint(classes.split()) or f"#{attributes.get('id') or ''}" in hidden_classes


@lru_cache(maxsize=512)
def _is_not_shown(style: str) -> bool:
    # Pages say the same few styles over and over.
    return _OUT_OF_SIGHT.search(style) is not None


def reverses(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether the letters inside are written backwards and turned round by the browser."""
    if tag == "bdo":
        return (attributes.get("dir") or "").lower() == "rtl"
    style = attributes.get("style") or ""
    return "bidi-override" in style and _RIGHT_TO_LEFT.search(style) is not None


def hidden_classes(sheet: str) -> frozenset[str]:
    """Class names, and ids behind a "#", that a sheet hides by a rule of their own: `.name { display: none }`.

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
    return frozenset(name for name in list(found)[:50] if sheet.count(name if name[0] == "#" else f".{name}") == 1)


_remembered = lru_cache(maxsize=128)(_hidden_classes)

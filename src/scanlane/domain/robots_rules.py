"""What a robots.txt says to one agent (RFC 9309, 2.2): the rules of its groups, and which of them decides. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanlane.domain.robots_lines import Key, records

Rule = tuple[str, bool]

_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)
_EVERYBODY = re.compile(r"\*(?:\s|\Z)")
_ESCAPABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\x80-\xff]")
# Before the path: two slashes or a scheme, and the host. A fragment is no part of it.
_TARGET = re.compile(r"(?://|[^/?;#]*://)?[^/?;#]*(?P<target>[/?;][^#]*)?", re.DOTALL)
_INDEX = re.compile(r"(?P<folder>.*/)index\.htm[^/]*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one agent: pattern, and whether it allows. The first that matches decides."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: float | None = None

    def allow(self, url: str) -> bool:
        """Whether the URL may be fetched; what no rule is about may."""
        target = target_of(url)
        return next((allows for pattern, allows in self.rules if matches(pattern, target)), True)


@dataclass(slots=True, eq=False)
class _Said:
    """What all groups that name an agent say, taken together."""

    rules: list[Rule] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    is_named: bool = False

    def take(self, key: Key, value: str) -> None:
        if key is Key.CRAWL_DELAY:
            self.delays += _seconds(value)
        elif value:
            pattern = escaped(value)
            self.rules.append((pattern, key is Key.ALLOW))
            index = _INDEX.match(pattern) if key is Key.ALLOW else None
            if index is not None:
                self.rules.append((f"{index['folder']}$", True))


def rules_for(robots: bytes, agent: str) -> Rules:
    """The rules for the agent: those of the groups that name it, or else of the groups for everybody.

    `agent` is a product token; the case does not matter. A group begins with its user-agent lines and ends at the next
    such line after a rule: records of other kinds do not end it (section 2.2.4).
    """
    said = _said(robots, agent.lower())
    rules = sorted(dict.fromkeys(said.rules), key=_precedence)
    return Rules(tuple(rules), max(said.delays, default=None))


def _said(robots: bytes, agent: str) -> _Said:
    ours, everybody = _Said(), _Said()
    concerned: list[_Said] = []
    is_over = False
    for key, value in records(robots):
        if key is Key.USER_AGENT:
            concerned = [] if is_over else concerned
            is_over = False
            whom = everybody if _EVERYBODY.match(value) else ours if _token(value) == agent and agent else None
            if whom is not None and whom not in concerned:
                whom.is_named = True
                concerned.append(whom)
        elif key is not Key.SITEMAP:
            is_over = is_over or key is not Key.CRAWL_DELAY
            for one in concerned:
                one.take(key, value)
    return ours if ours.is_named else everybody


def _token(value: str) -> str:
    match = _TOKEN.match(value)
    return match[0].lower() if match else ""


def _precedence(rule: Rule) -> tuple[int, bool]:
    """The longest pattern first; among equals, the one that allows (section 2.2.2)."""
    pattern, allows = rule
    return -len(pattern), not allows


def matches(pattern: str, target: str) -> bool:
    """Whether the pattern fits the beginning of the target. `*`: any characters; `$` at the end: the target ends here.

    Each piece is sought behind the one before it, so the work is one pass over both, however many stars there are.
    """
    ends = pattern.endswith("$")
    first, *pieces = (pattern[:-1] if ends else pattern).split("*")
    if not target.startswith(first):
        return False
    at, end = len(first), len(target)
    if ends:
        last = pieces.pop() if pieces else None
        if last is None:
            return at == end
        if not target.endswith(last):
            return False
        end -= len(last)
    return at <= end and _holds(target, pieces, at, end)


def _holds(target: str, pieces: Iterable[str], at: int, end: int) -> bool:
    """Whether the pieces stand in this order in that stretch of the target."""
    for piece in filter(None, pieces):
        found = target.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def target_of(url: str) -> str:
    """Path and query of a URL, from the first slash on; "/" when it has none, or is no URL."""
    match = _TARGET.match(url)
    target = match["target"] if match else None
    if not target:
        return "/"
    return target if target.startswith("/") else f"/{target}"


def escaped(pattern: str) -> str:
    """The pattern with octets outside ASCII percent-encoded, and with upper-case escapes (section 2.2.2)."""
    if pattern.isascii() and "%" not in pattern:
        return pattern
    return _ESCAPABLE.sub(lambda found: found[0].upper() if len(found[0]) == 3 else f"%{ord(found[0]):02X}", pattern)


def _seconds(value: str) -> list[float]:
    try:
        seconds = float(value)
    except ValueError:
        return []
    return [seconds] if 0 <= seconds < float("inf") else []

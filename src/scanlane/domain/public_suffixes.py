"""The Public Suffix List (publicsuffix.org), as the tldextract package carries it: where a registered domain begins.

That package's own reader keeps an object for each label of each rule and brings an HTTP client along: 6 MB and a tenth
of a second for each of its lists. Here a list is one set of texts, shared by all that ask.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import idna

_RULE = re.compile(r"^([.*!]*\w\S*)", re.MULTILINE)
_PRIVATE = "// ===BEGIN PRIVATE DOMAINS==="
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})


class NoSuffixList(RuntimeError):
    """The package that carries the list is not installed as a folder of files."""


@dataclass(frozen=True, slots=True)
class Suffixes:
    """Rules such as `com`, `co.uk`, `*.ck` and `!www.ck`."""

    rules: frozenset[str]

    def split(self, host: str) -> tuple[str, str]:
        """The label that somebody registered, and the suffix below which; both empty when no rule fits.

        `shop.example.co.uk` -> (`example`, `co.uk`); the label is empty when the host is a suffix itself.
        """
        labels = _host_only(host).split(".")
        begin = self._suffix_begins([readable_label(label) for label in labels])
        if begin == len(labels):
            return "", ""
        return labels[begin - 1] if begin else "", ".".join(labels[begin:])

    def _suffix_begins(self, labels: list[str]) -> int:
        """The index of the first label of the longest suffix; the number of labels when there is none."""
        best, rest = len(labels), ""
        for index in range(len(labels) - 1, -1, -1):
            whole = f"{labels[index]}.{rest}" if rest else labels[index]
            if f"!{whole}" in self.rules:
                return index + 1
            if whole in self.rules or (rest and f"*.{rest}" in self.rules):
                best = index
            rest = whole
        return best


@cache
def registry_suffixes() -> Suffixes:
    """The suffixes of registries: `com`, `co.uk`."""
    return Suffixes(_rules(_list_text().partition(_PRIVATE)[0]))


@cache
def owners_suffixes(*more: str) -> Suffixes:
    """The same with those below which a company gives names to its customers, `github.io`, and `more` of them."""
    return Suffixes(_rules(_list_text()) | frozenset(more))


def _rules(text: str) -> frozenset[str]:
    return frozenset(_RULE.findall(text))


def _list_text() -> str:
    # Found without being imported.
    package = find_spec("tldextract")
    if package is None or not package.submodule_search_locations:
        raise NoSuffixList
    return (Path(package.submodule_search_locations[0]) / ".tld_set_snapshot").read_text(encoding="utf-8")


def _host_only(text: str) -> str:
    """The host of what may be an authority with a user name, a port and a path."""
    after_scheme = text.partition("//")[2] if "://" in text or text.startswith("//") else text
    authority = re.split(r"[/?#]", after_scheme, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0].strip().translate(_DOTS).rstrip(".")


def readable_label(label: str) -> str:
    """One label of a host name as people read it, lower case: the letters behind "xn--"."""
    lowered = label.lower()
    if not lowered.startswith("xn--"):
        return lowered
    try:
        return idna.decode(lowered)
    except (UnicodeError, IndexError):
        return lowered

"""The public suffix list, read as the package that carries it reads it."""

import pytest
import tldextract

from scanlane.domain.public_suffixes import Suffixes, owners_suffixes, registry_suffixes

MORE = ("wordpress.com", "webnode.de")
REGISTRY = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
OWNERS = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=MORE
)

ODD = (
    "",
    ".",
    "com",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "bakery.test",
    "bakery.unknownsuffix",
    "a..com",
    "a.com.",
    "a.com:8080",
    "user@a.com",
    "https://user:pass@shop.a.co.uk:80/x?y#z",
    "//a.de/x",
    "A.CO.UK",
    "bäckerei.de",
    "xn--bckerei-5wa.de",
    "a。co。uk",
    "xn--.com",
    "food.公司.cn",
    "food.xn--55qx5d.cn",
    " a.com ",
    "a b.com",
)


def hosts(suffixes: Suffixes) -> list[str]:
    """Hosts at, below and far below every rule."""
    rules = sorted(rule.lstrip("!").replace("*", "w") for rule in suffixes.rules)
    return [host for rule in rules for host in (rule, f"a.{rule}", f"c.b.a.{rule}")]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(registry_suffixes(), REGISTRY), (owners_suffixes(*MORE), OWNERS)], ids=["registry", "owners"]
)
def test_every_rule_means_what_the_package_says(ours: Suffixes, theirs: tldextract.TLDExtract) -> None:
    wrong = [host for host in (*hosts(ours), *ODD) if ours.split(host) != expected(theirs, host)]

    assert wrong == []


def expected(theirs: tldextract.TLDExtract, host: str) -> tuple[str, str]:
    """What the package answers; nothing where no rule fits."""
    parts = theirs(host)
    return (parts.domain, parts.suffix) if parts.suffix else ("", "")

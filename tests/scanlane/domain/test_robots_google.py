"""The verdicts of Google's open-source matcher (google/robotstxt, robots_test.cc), one by one.

The facts are theirs: which robots.txt lets which agent fetch what. A case that its authors marked as theirs alone
(misspellings, index.html, the longest line) is obeyed as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from scanlane.domain.robots import allowed, sitemaps
from scanlane.domain.robots_rules import escaped, target_of

LONGEST = 2083 * 8


@dataclass(frozen=True, slots=True)
class Case:
    """One robots.txt and what it means: for each agent, the URLs that it may fetch and those that it may not."""

    name: str
    robots: str | bytes
    may: Mapping[str, tuple[str, ...]]
    may_not: Mapping[str, tuple[str, ...]]

    @property
    def body(self) -> bytes:
        """The file."""
        return self.robots if isinstance(self.robots, bytes) else self.robots.encode()

    def verdicts(self) -> Iterator[tuple[str, str, bool]]:
        """Agent, URL, and whether the one may fetch the other."""
        for agent, urls in self.may.items():
            yield from ((agent, url, True) for url in urls)
        for agent, urls in self.may_not.items():
            yield from ((agent, url, False) for url in urls)


def site(*paths: str, host: str = "http://foo.bar") -> tuple[str, ...]:
    """URLs of one host."""
    return tuple(host + path for path in paths)


def foo(
    name: str, *rules: str, may: tuple[str, ...] = (), may_not: tuple[str, ...] = (), host: str = "http://foo.bar"
) -> Case:
    """A case with one group, for FooBot; paths of one host."""
    robots = "".join(f"{line}\n" for line in ("user-agent: FooBot", *rules))
    return Case(name, robots, {"FooBot": site(*may, host=host)}, {"FooBot": site(*may_not, host=host)})


FOO_ONLY = "user-agent: FooBot\ndisallow: /\n"
GROUPS = (
    "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\nallow: /y/\n\n\n"
    "allow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n"
)
XY = site("/x/y")
HIRAGANA = "/foo/bar/\u30c4"
HIRAGANA_ESCAPED = "/foo/bar/%E3%83%84"
FISH = ("/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fishheads/yummy.html", "/fish.html?id=anything")
PHP = (
    "/filename.php",
    "/folder/filename.php",
    "/folder/filename.php?parameters",
    "//folder/any.php.file.html",
    "/filename.php/",
    "/index?f=filename.php/",
)
NO_PHP_AT_THE_END = (
    "/bar",
    "/filename.php?parameters",
    "/filename.php/",
    "/filename.php5",
    "/php/",
    "/filename?php",
    "/aaaphpaaa",
    "//windows.PHP",
)
LONG = "/x/".ljust(LONGEST - len("/x/") - len("disallow: ") + 1, "a")
LONG_A = "/x/".ljust(LONGEST - len("/x/") - len("allow: ") + 1, "a")
LONG_B = LONG_A.replace("a", "b")

SYNTAX = (
    Case("an empty file", "", {"FooBot": ("",), "": ("",)}, {}),
    Case("no agent, and no URL", FOO_ONLY, {"": ("",)}, {"FooBot": ("",)}),
    Case("plain keys", FOO_ONLY, {}, {"FooBot": XY}),
    Case("unknown keys", "foo: FooBot\nbar: /\n", {"FooBot": XY}, {}),
    Case("no colons", "user-agent FooBot\ndisallow /\n", {}, {"FooBot": XY}),
    Case(
        "groups",
        GROUPS,
        {"FooBot": site("/x/b", "/z/d"), "BarBot": site("/y/c", "/w/a"), "BazBot": site("/z/d")},
        {"FooBot": site("/y/c", "/foo/bar/"), "BarBot": site("/z/d", "/foo/bar/"), "BazBot": site("/foo/bar/")},
    ),
    Case(
        "a sitemap line ends no group",
        "User-agent: BarBot\nSitemap: https://foo.bar/sitemap\nUser-agent: *\nDisallow: /\n",
        {},
        {"FooBot": site("/"), "BarBot": site("/")},
    ),
    Case(
        "an unknown line ends no group",
        "User-agent: FooBot\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n",
        {},
        {"FooBot": site("/"), "BarBot": site("/")},
    ),
    *(
        Case(f"keys in any case: {keys[:10]}", robots, {"FooBot": XY}, {"FooBot": site("/a/b")})
        for keys, robots in (
            (keys, keys.format("FooBot", "/x/", "/"))
            for keys in ("USER-AGENT: {}\nALLOW: {}\nDISALLOW: {}\n", "user-agent: {}\nallow: {}\ndisallow: {}\n",
                         "uSeR-aGeNt: {}\nAlLoW: {}\ndIsAlLoW: {}\n")
        )
    ),
)  # fmt: skip
AGENTS = (
    *(
        Case(
            f"agents in any case, up to the space: {name}",
            f"User-Agent: {name}\nAllow: /x/\nDisallow: /\n",
            {"Foo": XY, "foo": XY},
            {"Foo": site("/a/b"), "foo": site("/a/b")},
        )
        for name in ("FOO BAR", "foo bar", "FoO bAr")
    ),
    Case(
        "the agent's name ends at the space",
        "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
        {"Foo": XY},
        {"Foo Bar": XY},
    ),
    Case("nobody is spoken to", "", {"FooBot": XY}, {}),
    Case(
        "everybody, and one",
        "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n",
        {"BarBot": XY},
        {"FooBot": XY},
    ),
    Case(
        "only some",
        "user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\nuser-agent: BazBot\ndisallow: /\n",
        {"QuxBot": XY},
        {},
    ),
    Case(
        "one's own group, not everybody's",
        "User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n",
        {"FooBot": site("/x/page")},
        {"FooBot": site("/y/page")},
    ),
)
PRECEDENCE = (
    foo("paths in lower case", "disallow: /x/", may_not=("/x/y",)),
    foo("paths in upper case", "disallow: /X/", may=("/x/y",)),
    foo("the longer forbids", "disallow: /x/page.html", "allow: /x/", may_not=("/x/page.html",)),
    foo("the longer allows", "allow: /x/page.html", "disallow: /x/", may=("/x/page.html",), may_not=("/x/",)),
    foo("both empty", "disallow: ", "allow: ", may=("/x/page.html",)),
    foo("both alike", "disallow: /", "allow: /", may=("/x/page.html",)),
    foo("the folder is longer", "disallow: /x", "allow: /x/", may=("/x/",), may_not=("/x",)),
    foo("both the page", "disallow: /x/page.html", "allow: /x/page.html", may=("/x/page.html",)),
    foo("a longer wildcard", "allow: /page", "disallow: /*.html", may=("/page",), may_not=("/page.html",)),
    foo("a shorter wildcard", "allow: /x/page.", "disallow: /*.html", may=("/x/page.html",), may_not=("/x/y.html",)),
    foo("a page over all", "allow: /p", "disallow: /", may=("/page",), host="http://example.com"),
    foo("a folder twice", "allow: /folder", "disallow: /folder", may=("/folder/page",), host="http://example.com"),
    foo("a type over a page", "allow: /page", "disallow: /*.htm", may_not=("/page.htm",), host="http://example.com"),
    foo("home only", "allow: /$", "disallow: /", may=("/",), may_not=("/page.html",), host="http://example.com"),
)
SPELLING = (
    foo(
        "a URL in the query",
        "Disallow: /",
        "Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par",
        may=("/foo/bar?qux=taz&baz=http://foo.bar?tar&par",),
    ),
    foo("a raw sign", "Disallow: /", f"Allow: {HIRAGANA}", may=(HIRAGANA_ESCAPED,), may_not=(HIRAGANA,)),
    foo("an escaped sign", "Disallow: /", f"Allow: {HIRAGANA_ESCAPED}", may=(HIRAGANA_ESCAPED,), may_not=(HIRAGANA,)),
    foo(
        "needless escapes",
        "Disallow: /",
        "Allow: /foo/bar/%62%61%7A",
        may=("/foo/bar/%62%61%7A",),
        may_not=("/foo/bar/baz",),
    ),
    foo(
        "a star in the middle",
        "Disallow: /foo/bar/quz",
        "Allow: /foo/*/qux",
        may=("/foo/quz", "/foo//quz", "/foo/bax/quz"),
        may_not=("/foo/bar/quz",),
    ),
    foo(
        "the end",
        "Disallow: /foo/bar$",
        "Allow: /foo/bar/qux",
        may=("/foo/bar/qux", "/foo/bar/", "/foo/bar/baz"),
        may_not=("/foo/bar",),
    ),
    foo("comments", "# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /", may=("/foo/bar",), may_not=("/foo/quz",)),
    Case(
        "index.html is its folder",
        "User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n",
        {"foobot": site("/allowed-slash/", "/allowed-slash/index.html", host="http://foo.com")},
        {"foobot": site("/allowed-slash/index.htm", "/anyother-url", host="http://foo.com")},
    ),
    foo("a long line", f"disallow: {LONG}/qux", may=("/fux",), may_not=(f"{LONG}/fux",)),
    foo(
        "two long lines",
        "disallow: /",
        f"allow: {LONG_A}/qux",
        f"allow: {LONG_B}/qux",
        may=(f"{LONG_A}/qux", f"{LONG_B}/fux"),
        may_not=("/",),
    ),
)
DOCUMENTED = (
    foo("/fish", "disallow: /", "allow: /fish", may=FISH, may_not=("/bar", "/Fish.asp", "/catfish", "/?id=fish")),
    foo("/fish*", "disallow: /", "allow: /fish*", may=FISH, may_not=("/bar", "/Fish.bar", "/catfish", "/?id=fish")),
    foo(
        "/fish/",
        "disallow: /",
        "allow: /fish/",
        may=("/fish/", "/fish/salmon", "/fish/?salmon", "/fish/salmon.html", "/fish/?id=anything"),
        may_not=("/bar", "/fish", "/fish.html", "/Fish/Salmon.html"),
    ),
    foo("/*.php", "disallow: /", "allow: /*.php", may=PHP, may_not=("/bar", "/php/", "/index?php", "/windows.PHP")),
    foo("/*.php$", "disallow: /", "allow: /*.php$", may=PHP[:2], may_not=NO_PHP_AT_THE_END),
    foo(
        "/fish*.php",
        "disallow: /",
        "allow: /fish*.php",
        may=("/fish.php", "/fishheads/catfish.php?parameters"),
        may_not=("/bar", "/Fish.PHP"),
    ),
)
# Theirs count the lines that were understood; here the lines are understood when they have their effect.
LINE_ENDS = tuple(
    Case(
        f"lines end with {name}",
        f"User-Agent: foo{one}Allow: /some/path{two}User-Agent: bar{one}{two}{one}Disallow: /{last}",
        {"foo": site("/some/path")},
        {"bar": site("/some/path")},
    )
    for name, one, two, last in (
        ("LF", "\n", "\n", "\n"),
        ("CRLF", "\r\n", "\r\n", "\r\n"),
        ("CR", "\r", "\r", "\r"),
        ("nothing at last", "\n", "\n", ""),
        ("a mixture", "\n", "\r\n", ""),
    )
)
MARKED = b"User-Agent: foo\nDisallow: /AnyValue\n"
MARKS = (
    *(
        Case(f"a byte order mark of {len(mark)}", mark + MARKED, {}, {"foo": site("/AnyValue")})
        for mark in (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef")
    ),
    Case("a broken byte order mark", b"\xef\x11\xbf" + MARKED, {"foo": site("/AnyValue")}, {}),
    Case(
        "a byte order mark in the middle",
        MARKED.replace(b"Dis", b"\xef\xbb\xbfDis"),
        {"foo": site("/AnyValue")},
        {},
    ),
)
STATED = (*SYNTAX, *AGENTS, *PRECEDENCE, *SPELLING, *DOCUMENTED)
CASES = (*STATED, *LINE_ENDS, *MARKS)
VERDICTS = [
    pytest.param(case.body, agent, url, may, id=f"{case.name}: {agent} {url[:60]}")
    for case in CASES
    for agent, url, may in case.verdicts()
]
TARGETS = {
    "": "/",
    "http://www.example.com": "/",
    "http://www.example.com/": "/",
    "http://www.example.com/a": "/a",
    "http://www.example.com/a/": "/a/",
    "http://www.example.com/a/b?c=http://d.e/": "/a/b?c=http://d.e/",
    "http://www.example.com/a/b?c=d&e=f#fragment": "/a/b?c=d&e=f",
    "example.com": "/",
    "example.com/": "/",
    "example.com/a": "/a",
    "example.com/a/": "/a/",
    "example.com/a/b?c=d&e=f#fragment": "/a/b?c=d&e=f",
    "a": "/",
    "a/": "/",
    "/a": "/a",
    "a/b": "/b",
    "example.com?a": "/?a",
    "example.com/a;b#c": "/a;b",
    "//a/b/c": "/b/c",
}
ESCAPES = {"http://www.example.com": "http://www.example.com", "/a/b/c": "/a/b/c", "%aa": "%AA", "\u00e1": "%C3%A1"}


class TestGooglesVerdicts:
    @pytest.mark.parametrize(("robots", "agent", "url", "may"), VERDICTS)
    def test_each_is_ours(self, robots: bytes, agent: str, url: str, may: bool) -> None:
        assert allowed(robots, agent, url) is may

    @pytest.mark.parametrize(("url", "target"), TARGETS.items())
    def test_the_target_of_a_url_begins_with_its_path(self, url: str, target: str) -> None:
        assert target_of(url) == target

    @pytest.mark.parametrize(("pattern", "spelled"), ESCAPES.items())
    def test_patterns_are_percent_encoded(self, pattern: str, spelled: str) -> None:
        assert escaped(pattern.encode().decode("latin-1")) == spelled

    @pytest.mark.parametrize("place", ["{map}{groups}", "{groups}{map}"])
    def test_a_sitemap_stands_anywhere(self, place: str) -> None:
        groups = "User-Agent: foo\nAllow: /some/path\nUser-Agent: bar\n\n\n"
        robots = place.format(map="Sitemap: http://foo.bar/sitemap.xml\n", groups=groups)

        assert sitemaps(robots.encode(), "http://foo.bar/") == ["http://foo.bar/sitemap.xml"]

    def test_none_is_missing(self) -> None:
        assert sum(1 for case in STATED for _ in case.verdicts()) == 145
        assert len(VERDICTS) + len(TARGETS) + len(ESCAPES) == 183

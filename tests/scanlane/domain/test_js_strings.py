"""What a script's strings come to, without running it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanlane.domain.flow import BREAK
from scanlane.domain.js_strings import StringReader
from scanlane.domain.js_tokens import tokens


def last(code: str, **known: str) -> str:
    return [built.text for built in StringReader(tokens(code), known).strings()][-1]


class TestStrings:
    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("'a' + \"b\" + `c`", "abc"),
            ("x = 'a'; x += 'b'; x = x + 'c'", "abc"),
            (r"'\x61\u0062\u{63}\/\n'", "abc/\n"),
            ("['a', 'b'].join('-')", "a-b"),
            ("'cba'.split('').reverse().join('')", "abc"),
            ("'aXc'.replace('X', 'b')", "abc"),
            ("('a' + 'b').concat('c')", "abc"),
            ("/* 'x' */ 'a' // 'y'", "a"),
            ("x.replace(/'/g, ''); 'abc'", "abc"),
            ("String.fromCharCode(97, 0x62, 99)", "abc"),
            ("String.fromCodePoint(97, 0x62, 99)", "abc"),
            ("Buffer.from('YWJj', 'base64').toString()", "abc"),
            ("Buffer.from('616263', 'hex').toString()", "abc"),
        ],
    )
    def test_expressions_over_literals(self, code: str, text: str) -> None:
        assert last(code) == text

    def test_a_value_that_is_known_from_outside(self) -> None:
        assert last("'at ' + this.title", title="home") == "at home"

    def test_what_cannot_be_known_leaves_a_gap(self) -> None:
        texts = [built.text for built in StringReader(tokens("'a' + secret() + 'b'"), {}).strings()]

        assert texts == [f"a{BREAK}", f"{BREAK}b"]

    def test_a_variable_that_became_unknown_is_forgotten(self) -> None:
        assert BREAK in last("x = 'a'; x = secret; y = x + 'b'")

    def test_values_cannot_grow_without_end(self) -> None:
        assert len(last("a = 'aaaaaaaaaa';" + "a = a + a;" * 100)) < 10_000


WORDS = r"""
    String.fromCharCode( ) [ ] , + += = ; . split( join( reverse() replace( toString( concat( unescape( atob( 'a' '0x'
    '0x\0' '007' '²²²²²²' '|²' x 010 0x 0xzz 1e9 97 64 { } /x/g `y` "z" eval( decodeURIComponent( '%' '%E0%A4%A'
""".split()


class TestAnything:
    @pytest.mark.parametrize(
        ("code", "texts"),
        [
            ("String.fromCharCode('0x\\0', '²', '010', 0x, 97)", ["\na"]),
            ("['²', '²', '²', '²', '²', '²']", ["²"] * 6),
            ("l[0] = '|²'; l[1] = '|97'", ["a|²", "|²a"]),
            ("x[²] = 'a'", ["a"]),
        ],
    )
    def test_what_only_looks_like_a_number_is_none(self, code: str, texts: list[str]) -> None:
        assert [built.text for built in StringReader(tokens(code), {}).strings()] == texts

    @settings(max_examples=500, deadline=None)
    @given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=3)), max_size=30))
    def test_no_script_is_too_strange(self, pieces: list[str]) -> None:
        for built in StringReader(tokens(" ".join(pieces)), {}).strings():
            assert isinstance(built.text, str)

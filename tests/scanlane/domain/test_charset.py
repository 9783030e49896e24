"""The order in which the encoding of a page is decided, and which codecs a stranger may choose."""

import time

import pytest

from scanlane.domain import charset


class TestDecode:
    def test_the_header_decides_first(self) -> None:
        assert charset.decode("Bäckerei".encode("iso-8859-2"), "text/html; charset=ISO-8859-2") == "Bäckerei"
        assert charset.decode("хлеб".encode("koi8-r"), 'text/html; charset="koi8-r"') == "хлеб"

    @pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
    def test_then_the_byte_order_mark(self, codec: str) -> None:
        assert charset.decode("Bäckerei".encode(codec)) == "Bäckerei"

    def test_then_the_meta_element(self) -> None:
        body = '<meta charset="windows-1251"><p>хлеб'.encode("cp1251")

        assert charset.decode(body).endswith("хлеб")

    def test_then_utf_8(self) -> None:
        assert charset.decode("Bäckerei".encode()) == "Bäckerei"

    def test_and_windows_1252_at_last(self) -> None:
        assert charset.decode("Bäckerei – Brot".encode("cp1252")) == "Bäckerei – Brot"

    def test_a_page_that_wrongly_declares_utf_8_is_still_read(self) -> None:
        assert charset.decode("Bäckerei".encode("cp1252"), "text/html; charset=utf-8") == "Bäckerei"

    def test_one_broken_character_does_not_spoil_the_others(self) -> None:
        body = "äöüß".encode() * 20 + b"\xff" + "äöüß".encode()

        assert charset.decode(body).startswith("äöüß")

    @pytest.mark.parametrize(
        "name", ["punycode", "idna", "unicode_escape", "base64", "zlib", "rot13", "undefined", "utf-7"]
    )
    def test_a_codec_outside_the_list_is_not_used(self, name: str) -> None:
        body = b"plain-" * 200_000

        started = time.process_time()
        text = charset.decode(body, f"text/html; charset={name}")

        assert text == body.decode()
        assert time.process_time() - started < 1

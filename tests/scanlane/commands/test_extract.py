"""`scanlane extract`, as a person runs it: no network, no database."""

from pathlib import Path

import pytest

from scanlane.commands.extract import extract
from scanlane.domain import pdf_text
from scanlane.errors import BadInput
from tests.scanlane.domain.sample_pdfs import pdf
from tests.scanlane.processes import documents, environment, scanlane

PAGE = """<!doctype html><html lang="en"><head><title>Harbour Bakery</title></head><body>
<a href="mailto:info@bakery.example">Write to us</a> <a href="tel:+493012345678">Call</a>
<a href="https://www.facebook.com/harbourbakery">Facebook</a></body></html>"""
URL = "https://www.bakery.example/contact"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment whose database does not answer."""
    return environment(tmp_path, SCANLANE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page that was saved."""
    file = tmp_path / "contact.html"
    file.write_text(PAGE)
    return str(file)


class TestExtract:
    async def test_a_table_as_scan_prints_it(self, env: dict[str, str], page: str) -> None:
        status, out, err = await scanlane("extract", page, "--url", URL, env=env)

        assert (status, err) == (0, "")
        for word in ("3 contacts", "info@bakery.example", "+493012345678", "email, role", "Score", URL):
            assert word in out

    async def test_names_have_a_column_of_their_own(self, env: dict[str, str]) -> None:
        card = b"<div><h3>Dr. Ada Example</h3><p>Head Baker</p><p>ada@bakery.example</p></div>"

        _, out, _ = await scanlane("extract", "-", "--url", URL, env=env, stdin=card)

        words = " ".join(out.replace("|", " ").split())
        assert "Name" in words
        assert "Ada" in words
        assert "Baker" in words

    async def test_json_is_one_document_with_scores(self, env: dict[str, str], page: str) -> None:
        status, out, _ = await scanlane("extract", page, "--url", URL, "--json", env=env)

        (document,) = documents(out)
        assert status == 0
        assert (document["url"], document["title"]) == (URL, "Harbour Bakery")
        (email,) = document["emails"]  # type: ignore[misc]
        assert (email["value"], email["type"], email["relation"]) == ("info@bakery.example", "role", "own")
        assert email["generic"] is True
        assert email["score"] >= 90
        ((source,), known) = email["sources"], {"url": URL, "method": "mailto", "context": "Write to us"}
        assert {**source, **known} == source
        assert [one["network"] for one in document["socials"]] == ["facebook"]  # type: ignore[attr-defined]

    async def test_a_page_may_come_from_a_pipe(self, env: dict[str, str]) -> None:
        arguments = ("extract", "-", "--url", "bakery.example", "--json")
        _, out, _ = await scanlane(*arguments, env=env, stdin=PAGE.encode("utf-16"))

        assert documents(out)[0]["url"] == "https://bakery.example/"
        assert [one["value"] for one in documents(out)[0]["phones"]] == ["+493012345678"]  # type: ignore[attr-defined]

    async def test_a_page_without_contacts_says_so(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("extract", "-", "--url", URL, env=env, stdin=b"%PDF-1.7 \x00\xff")

        assert (status, out) == (0, f"{URL}: no contacts\n")

    @pytest.mark.parametrize("name", ["team.pdf", "team.vcf"])
    async def test_documents_are_read_too(self, env: dict[str, str], tmp_path: Path, name: str) -> None:
        card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Harbour Bakery\r\nEMAIL:info@bakery.example\r\nEND:VCARD\r\n"
        (tmp_path / name).write_bytes(card if name.endswith("vcf") else pdf(["Harbour Bakery", "info@bakery.example"]))

        status, out, _ = await scanlane("extract", str(tmp_path / name), "--url", URL, "--json", env=env)

        assert status == 0
        assert [one["value"] for one in documents(out)[0]["emails"]] == ["info@bakery.example"]  # type: ignore[attr-defined]

    async def test_a_pdf_without_the_extra_says_what_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(pdf_text, "is_installed", lambda: False)
        (tmp_path / "team.pdf").write_bytes(pdf(["info@bakery.example"]))

        with pytest.raises(BadInput, match=r"install scanlane\[pdf\]"):
            await extract(str(tmp_path / "team.pdf"), url=URL, as_json=False)

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["/nowhere/x.html", "--url", URL], "/nowhere/x.html"),
            (["/tmp", "--url", URL], "/tmp"),
            (["-", "--url", "not a url"], "not a url"),
            (["-", "--url", "file:///etc/passwd"], "file"),
            (["-"], "--url"),
        ],
    )
    async def test_bad_input_is_one_line_and_status_2(
        self, env: dict[str, str], arguments: list[str], named: str
    ) -> None:
        status, out, err = await scanlane("extract", *arguments, env=env)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1

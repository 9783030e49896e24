"""The ways in which websites hide an address from harvesters, one test for each, and what it takes to read it.

Every page here hides info@harbour-bakery.example unless it says otherwise. `shown` is the whole way of a scan: the page
is read, what was seen is assessed, and the addresses worth showing are returned.
"""

import base64
import codecs
import html
from collections.abc import Callable
from urllib.parse import quote

import pytest

from scanlane.domain import contacts as page_contacts
from scanlane.domain.sightings import Method
from tests.scanlane.domain.sample_pages import URL, contacts, page, reading, shown
from tests.scanlane.domain.sample_pdfs import pdf

ADDRESS = "info@harbour-bakery.example"
ONLY = {ADDRESS}


def entities(text: str, form: str = "&#{};") -> str:
    """Every character as a character reference."""
    return "".join(form.format(ord(letter)) for letter in text)


def cloudflare(text: str, key: int = 0x5A) -> str:
    """The text as Cloudflare protects it: the key, then every byte XORed with it."""
    return bytes([key, *(byte ^ key for byte in text.encode())]).hex()


def along_the_table(text: str, offset: int) -> str:
    """The text with every character code moved."""
    return "".join(chr(ord(letter) + offset) for letter in text)


def typo3(text: str, offset: int) -> str:
    """The text as TYPO3 encrypts it: rotated within three ranges of character codes."""

    def moved(letter: str) -> str:
        for first, last in ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A)):
            if first <= ord(letter) <= last:
                return chr((ord(letter) - first + offset) % (last - first + 1) + first)
        return letter

    return "".join(map(moved, text))


class TestCharacterReferences:
    """Cases 1 to 3: browsers turn references into characters, and so does the parser."""

    def test_case_01_every_letter_is_a_reference(self) -> None:
        assert shown(f"<p>{entities(ADDRESS)}</p>") == ONLY

    def test_case_01_only_the_sign_is_a_reference(self) -> None:
        assert shown("<p>info&#64;harbour-bakery.example</p>") == ONLY
        assert shown("<p>info&commat;harbour-bakery&period;example</p>") == ONLY
        assert shown("<p>info&#x40;harbour-bakery&#x2e;example</p>") == ONLY

    def test_case_02_references_without_semicolon(self) -> None:
        assert shown("<p>info&#64harbour-bakery.example</p>") == ONLY

    def test_case_03_references_and_percent_signs_mixed_in_a_link(self) -> None:
        assert shown('<a href="m&#97;ilto&#58;%69nfo&#64;harb%6Fur-bakery.example">write</a>') == ONLY


class TestMailtoLinks:
    """Cases 4 to 8: RFC 6068 allows more than most readers expect."""

    def test_case_04_the_host_is_percent_encoded(self) -> None:
        assert shown(f'<a href="mailto:info%40{quote("harbour-bakery")}%2eexample">write</a>') == ONLY

    def test_case_05_a_space_stands_before_the_address(self) -> None:
        assert shown('<a href="mailto:%20info@harbour-bakery.example">write</a>') == ONLY

    def test_case_06_capitals_and_a_space_after_the_colon(self) -> None:
        assert shown('<a href="MAILTO: info@harbour-bakery.example">write</a>') == ONLY

    @pytest.mark.parametrize(
        "before", ["https://harbour-bakery.example/", "https://archive.example/web/2020/", "http://"]
    )
    def test_case_07_the_link_is_buried_in_another_url(self, before: str) -> None:
        assert shown(f'<a href="{before}mailto:info@harbour-bakery.example">write</a>') == ONLY

    def test_case_08_several_recipients_and_copies(self) -> None:
        href = (
            "mailto:info@harbour-bakery.example,shop@harbour-bakery.example;press@harbour-bakery.example"
            "?subject=Hello&cc=orders@harbour-bakery.example&amp;bcc=jobs%40harbour-bakery.example"
        )

        names = {address.partition("@")[0] for address in shown(f'<a href="{href}">write</a>')}

        assert names == {"info", "shop", "press", "orders", "jobs"}

    def test_the_subject_is_no_recipient(self) -> None:
        assert (
            shown('<a href="mailto:info@harbour-bakery.example?subject=to shop@harbour-bakery.example">x</a>') == ONLY
        )


class TestCloudflare:
    """Cases 9 to 14: one byte of key, then the text XORed with it. What comes out need not be an address."""

    def test_case_09_the_payload_is_an_attribute(self) -> None:
        markup = f'<a class="__cf_email__" data-cfemail="{cloudflare(ADDRESS)}">[email&#160;protected]</a>'

        assert shown(markup) == ONLY

    def test_case_10_the_payload_is_the_fragment_of_a_link(self) -> None:
        assert (
            shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(ADDRESS + "?subject=Bread")}">write</a>') == ONLY
        )

    def test_case_11_the_payload_holds_encoded_text_itself(self) -> None:
        assert shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(entities(ADDRESS))}">write</a>') == ONLY
        assert shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(quote(entities(ADDRESS)))}">write</a>') == ONLY

    def test_case_12_an_empty_payload_stands_beside_plain_text(self) -> None:
        assert shown('<span data-cfemail="">info@harbour-bakery.example</span>') == ONLY

    @pytest.mark.parametrize("text", ["STARGAZ@R", "ssh://git@host", "two @ signs @ home", "x@1.2.3"])
    def test_case_13_protected_text_that_is_no_address_stays_unseen(self, text: str) -> None:
        assert shown(f'<span data-cfemail="{cloudflare(text)}">[email protected]</span>') == set()

    def test_case_14_a_broken_payload_is_read_as_the_plain_text_it_is(self) -> None:
        assert shown('<span data-cfemail="info@harbour-bakery.example">[email protected]</span>') == ONLY

    @pytest.mark.parametrize("payload", ["5", "zz", "5a", "5a3", "not hex at all", "ff" * 5000])
    def test_a_payload_that_is_no_hexadecimal_is_harmless(self, payload: str) -> None:
        assert shown(f'<a href="/cdn-cgi/l/email-protection#{payload}" data-cfemail="{payload}">x</a>') == set()


class TestSpelledSigns:
    """Cases 15 to 22: the signs as words, in brackets, between lines, in the languages of the web."""

    @pytest.mark.parametrize(
        "text",
        [
            "info[at]harbour-bakery.example",
            "info [at] harbour-bakery [dot] example",
            "info (at) harbour-bakery (dot) example",
            "info{at}harbour-bakery{dot}example",
            "info&lt;at&gt;harbour-bakery&lt;dot&gt;example",
            "info&#91;at&#93;harbour-bakery&#46;example",
            "info [@] harbour-bakery.example",
            "info(@)harbour-bakery.example",
            "info(a)harbour-bakery.example",
            "info-(at)-harbour-bakery-(dot)-example",
        ],
    )
    def test_case_15_brackets(self, text: str) -> None:
        assert shown(f"<p>Write to {text} today.</p>") == ONLY

    def test_case_16_bare_words_when_both_signs_are_spelled(self) -> None:
        assert shown("<p>Write to info at harbour-bakery dot example please.</p>") == ONLY

    @pytest.mark.parametrize(
        "prose",
        [
            "Found at www.harbour-bakery.example",
            "Available at harbour-bakery.example",
            "We meet at eight. The dot on the map is us",
            "Look at the dot",
            "Bread is at harbour-bakery.example. The dot on the map is us",
        ],
    )
    def test_case_16_prose_is_left_alone(self, prose: str) -> None:
        assert shown(f"<p>{prose}.</p>") == set()

    def test_case_17_a_dot_in_the_name_is_spelled_too(self) -> None:
        assert shown("<p>head dot baker at harbour-bakery dot example</p>") == {"head.baker@harbour-bakery.example"}

    def test_case_18_plus_is_spelled(self) -> None:
        assert shown("<p>info &lt;plus&gt; bread [at] harbour-bakery.example</p>") == {
            "info+bread@harbour-bakery.example"
        }

    @pytest.mark.parametrize("sign", ["_AT_", "_at_", "-at-", "*at*", " [putthe@here] ", "[put@here]"])
    def test_case_19_other_marks_around_the_word(self, sign: str) -> None:
        assert shown(f"<p>info{sign}harbour-bakery.example</p>") == ONLY

    def test_case_20_the_german_habit(self) -> None:
        assert shown("<p>E-Mail: info(at)harbour-bakery.example</p>") == ONLY

    @pytest.mark.parametrize(
        ("at", "dot"),
        [
            ("[arroba]", "[punto]"),
            ("(arroba)", "(ponto)"),
            ("(chiocciola)", "(punto)"),
            ("[arobase]", "[point]"),
            ("(Klammeraffe)", "(Punkt)"),
            ("(apenstaartje)", "(punt)"),
            ("[małpa]", "[kropka]"),
            ("(zavináč)", "(tečka)"),
            ("(собака)", "(точка)"),
            ("[sobaka]", "[tochka]"),
            ("(kukac)", "(pont)"),
            ("(snabel-a)", "(punktum)"),
            ("(παπάκι)", "(τελεία)"),
            (" arroba ", " punto "),
            (" chiocciola ", " punto "),
            (" arobase ", " point "),
        ],
    )
    def test_case_21_other_languages(self, at: str, dot: str) -> None:
        assert shown(f"<p>info{at}harbour-bakery{dot}example</p>") == ONLY

    @pytest.mark.parametrize("extra", ["NOSPAM", "REMOVETHIS", "nospam."])
    def test_case_22_words_to_be_removed_by_hand_score_low(self, extra: str) -> None:
        assert shown(f"<p>info@{extra}harbour-bakery.example</p>") <= ONLY
        assert shown(f"<p>{extra}info@harbour-bakery.example</p>") <= ONLY


class TestSplitByMarkup:
    """Cases 23 to 28: what stands between the letters in the source is not what a visitor sees."""

    def test_case_23_comments_split_the_address(self) -> None:
        assert shown("<p>info<!-- > @ . -->@<!-- -->harbour-bakery<!-- x@y.z -->.example</p>") == ONLY

    def test_case_24_tags_split_the_address(self) -> None:
        assert shown("<p>info<span>@</span>harbour-bakery<b>.</b>example</p>") == ONLY
        assert shown("<p>info<span>(</span>@<span>)</span>harbour-bakery.example</p>") == ONLY

    def test_case_25_the_halves_stand_in_different_links(self) -> None:
        markup = '<p><a href="/team">Head baker</a> <a href="/a">info@</a><a href="/b">harbour-bakery.example</a></p>'

        assert shown(markup) == ONLY

    @pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "&shy;", "&#8203;", "\u2060", "\ufeff", "<wbr>"])
    def test_case_26_invisible_characters(self, unseen: str) -> None:
        assert shown(f"<p>in{unseen}fo@{unseen}harbour{unseen}-bakery.example</p>") == ONLY

    @pytest.mark.parametrize("sign", ["\uff20", "\ufe6b"])
    def test_case_27_wide_and_small_signs(self, sign: str) -> None:
        assert shown(f"<p>info{sign}harbour-bakery．example</p>") == ONLY

    def test_case_28_letters_written_backwards_and_turned_by_the_style(self) -> None:
        style = "unicode-bidi: bidi-override; direction: rtl"

        assert shown(f'<span style="{style}">{ADDRESS[::-1]}</span>') == ONLY
        assert shown(f'<bdo dir="rtl">{ADDRESS[::-1]}</bdo>') == ONLY


class TestScripts:
    """Cases 28 to 41: the address is an expression over strings; it is worked out, never run."""

    @pytest.mark.parametrize(
        "code",
        [
            f'document.write("{ADDRESS[::-1]}".split("").reverse().join(""))',
            "document.write('info' + '@' + 'harbour-bakery' + '.example');",
            "var a = 'info'; var b = 'harbour-bakery'; var c = 'example'; x.href = 'mailto:' + a + '@' + b + '.' + c",
            "let m = 'in'; m += 'fo'; m += '\\x40harbour-bakery\\u002eexample'; show(m)",
            "document.write('info'); document.write('@'); document.write('harbour-bakery.example');",
            "el.innerHTML = ['info', 'harbour-bakery.example'].join('@')",
            "el.innerHTML = 'info#harbour-bakery.example'.replace('#', '@')",
            "el.innerHTML = 'infoXXharbour-bakery.example'.replace(/XX/, '@')",
            "el.innerHTML = unescape('info%40harbour-bakery.example')",
            f"el.innerHTML = decodeURIComponent('{quote(ADDRESS, safe='')}')",
            f"var m = atob('{base64.b64encode(ADDRESS.encode()).decode()}')",
            f"var m = String.fromCharCode({','.join(str(ord(letter)) for letter in ADDRESS)})",
            f"c = [{','.join(str(ord(letter)) for letter in ADDRESS)}]; for (i in c) s += String.fromCharCode(c[i])",
            f"s = '{codecs.encode(ADDRESS, 'rot13')}'.replace(/[a-zA-Z]/g, function (c) {{ return c }})",
            "a.href = 'mailto:info@' + location.hostname",
            "var contact = { user: 'info', domain: 'harbour-bakery.example' };",
            'var contact = {"name": "info", "domain": "harbour-bakery", "tld": "example"};',
        ],
    )
    def test_cases_28_to_44_the_expression_is_worked_out(self, code: str) -> None:
        assert shown(f"<script>{code}</script>") == ONLY

    def test_case_31_the_cloak_of_joomla_first_generation(self) -> None:
        code = """
            var prefix = '&#109;a' + 'i&#108;' + '&#116;o'; var path = 'hr' + 'ef' + '=';
            var addy7 = '&#105;nf&#111;' + '&#64;';
            addy7 = addy7 + 'h&#97;rbour-bakery' + '&#46;' + '&#101;xample';
            document.write('<a ' + path + '\\'' + prefix + ':' + addy7 + '\\'>'); document.write(addy7);
        """

        assert shown(f"<p>Write: <script>{code}</script></p>") == ONLY

    def test_case_31_the_cloak_of_joomla_second_generation(self) -> None:
        code = """
            document.getElementById('cloak0f').innerHTML = '';
            var addy0f = '&#105;nf&#111;' + '&#64;'; addy0f = addy0f + 'harbour-bakery' + '&#46;' + 'example';
            var addy_text0f = 'info' + '&#64;' + 'harbour-bakery' + '&#46;' + 'example';
            document.getElementById('cloak0f').innerHTML += '<a ' + path + '\\'' + prefix + ':' + addy0f + '\\'>'
                + addy_text0f + '<\\/a>';
        """

        assert shown(f'<span id="cloak0f">Protected.</span><script>{code}</script>') == ONLY

    def test_case_34_the_table_of_the_email_encoder_bundle(self) -> None:
        alphabet = "".join(dict.fromkeys(ADDRESS))
        positions = "".join(chr(48 + alphabet.index(letter)) for letter in ADDRESS)
        code = f'var ml="{alphabet}",mi="{positions.replace(chr(92), chr(92) * 2)}",o="";' + (
            "for(var j=0,l=mi.length;j<l;j++){o+=ml.charAt(mi.charCodeAt(j)-48);}el.innerHTML=decodeURIComponent(o);"
        )

        assert shown(f"<script>{code}</script>") == ONLY

    def test_case_35_the_arrays_of_expression_engine(self) -> None:
        items = "".join(f"l[{place}]='|{ord(letter)}';" for place, letter in enumerate(reversed(ADDRESS)))
        code = f"var l=new Array();{items}for (var i = l.length-1; i >= 0; i=i-1) document.write(unescape(l[i]));"

        assert shown(f"<script>{code} // atob(</script>") == ONLY

    def test_case_37_rot13_in_a_link(self) -> None:
        assert shown(f'<a href="{codecs.encode("mailto:" + ADDRESS, "rot13")}">write</a>') == ONLY

    @pytest.mark.parametrize("offset", [5, -1, 3, -7])
    def test_case_38_caesar_with_any_shift_in_a_link(self, offset: int) -> None:
        href = html.escape(along_the_table("mailto:" + ADDRESS, offset))

        assert shown(f'<a href="{href}">write</a>') == ONLY

    @pytest.mark.parametrize("offset", [2, 1, -3, 13, 25, -25])
    def test_case_39_the_encryption_of_typo3_with_any_offset(self, offset: int) -> None:
        encrypted = typo3("mailto:" + ADDRESS, offset).replace("\\", "\\\\")
        plain_quotes = f"javascript:linkTo_UnCryptMailto('{encrypted}');"
        encoded_quotes = f"javascript:linkTo_UnCryptMailto(%27{quote(encrypted, safe='')}%27);"

        assert shown(f'<a href="{html.escape(plain_quotes)}">write</a>') == ONLY
        assert shown(f'<a href="#" onclick="{html.escape(plain_quotes)}">write</a>') == ONLY
        assert shown(f'<a href="{encoded_quotes}">write</a>') == ONLY

    def test_case_39_the_newer_attributes_of_typo3(self) -> None:
        token = html.escape(typo3("mailto:" + ADDRESS, 4))

        assert shown(f'<a href="#" data-mailto-token="{token}" data-mailto-vector="4">write</a>') == ONLY

    def test_case_40_a_function_with_the_halves_and_a_picture_of_the_sign(self) -> None:
        link = """<a href="javascript:mailto('info','harbour-bakery.example')">write</a>"""
        picture = '<p>info<img src="at.gif" alt="@">harbour-bakery.example</p>'

        assert shown(link) == ONLY
        assert shown(picture) == ONLY
        assert shown("""<a href="javascript:sendMail('info','harbour-bakery','example')">write</a>""") == ONLY

    def test_a_name_that_cannot_be_known_glues_nothing_together(self) -> None:
        assert shown("<script>el.innerHTML = 'info' + secret + '@harbour-bakery.example'</script>") == set()

    def test_the_author_named_in_a_script_comment_is_no_contact(self) -> None:
        code = "/*! slider 2.1 (c) author@library.test */ // or author@library.test\nvar x = 'mailto:';"

        assert shown(f"<script>{code}</script>") == set()


class TestAttributes:
    """Cases 42 to 46: addresses and their halves in attributes and in data for scripts."""

    @pytest.mark.parametrize(
        "attributes",
        [
            'data-u="info" data-d="harbour-bakery.example"',
            'data-user="info" data-domain="harbour-bakery.example"',
            'data-name="info" data-domain="harbour-bakery" data-tld="example"',
        ],
    )
    def test_case_42_halves_in_data_attributes(self, attributes: str) -> None:
        assert shown(f"<span class=mail {attributes}></span>") == ONLY

    def test_case_43_an_event_handler_joins_other_attributes(self) -> None:
        handler = "this.href='mailto:'+this.title+'@'+this.rel"
        markup = f'<a href="#" title="info" rel="harbour-bakery.example" onclick="{handler}">write</a>'

        assert shown(markup) == ONLY
        assert shown(markup.replace("this.title", "this.getAttribute('title')")) == ONLY

    @pytest.mark.parametrize(
        "markup",
        [
            f'<select><option value="{ADDRESS}">Shop</option></select>',
            f'<meta name="reply-to" content="{ADDRESS}">',
            f'<article data-author-email="{ADDRESS}"></article>',
            f'<span title="Write to {ADDRESS}">i</span>',
            f'<form><input type="hidden" name="recipient" value="{ADDRESS}"></form>',
            f'<div data-settings=\'{{"to":"{ADDRESS.replace("@", chr(92) + "u0040")}"}}\' class="@"></div>',
        ],
    )
    def test_case_45_addresses_that_stand_in_attributes_only(self, markup: str) -> None:
        assert shown(markup) == ONLY

    def test_case_46_data_for_scripts(self) -> None:
        stores = ",".join(
            f'{{"city":"Harbour {number}","email":"shop{number}@harbour-bakery.example"}}' for number in range(60)
        )

        assert len(shown(f"<script>var stores = [{stores}];</script>")) == 60
        assert len(shown(f'<script type="application/json">[{stores}]</script>')) == 60


class TestStructuredData:
    """Case 47: what is written for search engines."""

    @pytest.mark.parametrize("escaped", [ADDRESS, "mailto:" + ADDRESS, "info\\u0040harbour-bakery.example"])
    def test_case_47_json_ld(self, escaped: str) -> None:
        block = f'{{"@context":"https:\\/\\/schema.org","@type":"Bakery","contactPoint":[{{"email":"{escaped}"}}]}}'

        assert shown(f'<script type="application/ld+json">{block}</script>') == ONLY

    def test_case_47_json_ld_that_is_slightly_broken(self) -> None:
        block = f'<!-- {{"@type":"Bakery","description":"Bread\nand more","email":"{ADDRESS}",}} -->'

        assert shown(f'<script type="application/ld+json">{block}</script>') == ONLY

    def test_microdata_is_taken_from_the_element_itself(self) -> None:
        markup = f"<p><b>Phone</b><span itemprop=email>{ADDRESS}</span><span>Fax</span></p>"

        found = contacts(markup)

        assert [contact.value for contact in found] == [ADDRESS]
        assert Method.MICRODATA in {source.method for source in found[0].sources}


class TestOtherFiles:
    """Cases 48, 49 and 52: addresses that are not in the page itself."""

    def test_case_48_a_fragment_that_a_script_would_fetch(self) -> None:
        found = page_contacts.extract(f"<footer>{ADDRESS}</footer>".encode(), URL, "text/html")

        assert [sighting.value for sighting in found.emails] == [ADDRESS]

    def test_case_49_a_script_file(self) -> None:
        code = b"document.write('info' + '@' + 'harbour-bakery.example')"

        found = page_contacts.extract(code, URL, "application/javascript")

        assert [sighting.value for sighting in found.emails] == [ADDRESS]

    def test_case_52_a_pdf(self) -> None:
        pytest.importorskip("pypdf")

        found = page_contacts.extract(pdf(["Harbour Bakery", f"Mail {ADDRESS}"]), URL, "application/pdf")

        assert [sighting.value for sighting in found.emails] == [ADDRESS]

    def test_case_52_a_pdf_is_not_read_as_if_it_were_a_page(self) -> None:
        found = page_contacts.extract(b"%PDF-1.7\n<p>info@harbour-bakery.example</p>", URL, "text/html")

        assert found.emails == ()


class TestTraps:
    """Cases 53 and 54: what must not be found."""

    @pytest.mark.parametrize(
        "markup",
        [
            '<p style="display: none">trap@harbour-bakery.example</p>',
            "<p hidden>trap@harbour-bakery.example</p>",
            '<a style="display:none" href="mailto:trap@harbour-bakery.example">x</a>',
            "<style>.pot { display: none }</style><i class=pot>trap@harbour-bakery.example</i>",
            "<!-- trap@harbour-bakery.example -->",
            "<template>trap@harbour-bakery.example</template>",
        ],
    )
    def test_case_53_decoys_that_no_visitor_sees_score_low(self, markup: str) -> None:
        assert shown(markup) == set()

    def test_case_53_a_decoy_inside_an_address_is_left_out(self) -> None:
        assert shown('<p>info<span style="display:none">NOSPAM</span>@harbour-bakery.example</p>') == ONLY

    def test_case_53_long_text_that_a_click_unfolds_is_no_decoy(self) -> None:
        story = "All about our bread, how it rises and when. " * 10

        assert shown(f'<div style="display:none"><p>{story}</p><p>{ADDRESS}</p></div>') == ONLY

    @pytest.mark.parametrize(
        "markup",
        [
            f"<p>Fax 462769<b>{ADDRESS}</b></p>",
            f"<p><span>Fax</span><span>{ADDRESS}</span><span>Phone</span></p>",
            f"<table><tr><td>462769</td><td>{ADDRESS}</td><td>post</td></tr></table>",
            f"<p>462769<br>{ADDRESS}<br>Post</p>",
            f"<p>{ADDRESS}Telefon 1</p>",
            f"<p>{ADDRESS}.Welcome to us</p>",
        ],
    )
    def test_case_54_neighbours_are_not_glued_to_the_address(self, markup: str) -> None:
        assert shown(markup) == ONLY

    def test_case_54_an_address_glued_in_the_source_gives_way_to_the_clean_one(self) -> None:
        markup = "<p>info@harbour.company</p><p>info@harbour.com</p>"

        assert shown(markup) == {"info@harbour.com"}


class TestMarking:
    """What was hidden on purpose is marked, so that an operator can leave it out."""

    @pytest.mark.parametrize(
        ("hide", "method"),
        [
            (lambda: f'<i data-cfemail="{cloudflare(ADDRESS)}"></i>', Method.CLOUDFLARE),
            (lambda: "<p>info [at] harbour-bakery.example</p>", Method.AT_WORDS),
            (lambda: "<script>x = 'info' + '@harbour-bakery.example'</script>", Method.SCRIPT),
        ],
    )
    def test_obfuscated_addresses_say_so(self, hide: Callable[[], str], method: Method) -> None:
        found = reading(hide()).findings.emails

        assert [(sighting.method, sighting.obfuscated) for sighting in found] == [(method, True)]

    def test_a_plain_address_is_not_called_obfuscated(self) -> None:
        found = page_contacts.extract(page(f"<p>{ADDRESS}</p>"), URL).emails

        assert [sighting.obfuscated for sighting in found] == [False]

"""The ways in which websites hide an address from harvesters, one test for each, and what it takes to read it.

Every page here hides info@harbour-bakery.example unless it says otherwise. `shown` is the whole way of a scan: the page
is read, what was seen is assessed, and the addresses worth showing are returned.

Out of scope, because no text holds the address:
case 50, addresses drawn in images, in SVG paths or by `content` in style sheets, which need a renderer and OCR;
case 51, addresses that are encrypted (AES) or appear only after a visitor's click or key, which need a real browser.
"""

import base64
import codecs
import html
import re
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
        """Every letter as `&#105;`: PHP helpers and WordPress's `antispambot`."""
        assert shown(f"<p>{entities(ADDRESS)}</p>") == ONLY

    def test_case_01_only_the_sign_is_a_reference(self) -> None:
        """Only `@` and `.` as `&#64;`, `&commat;` or `&#x40;`: people who write HTML by hand."""
        assert shown("<p>info&#64;harbour-bakery.example</p>") == ONLY
        assert shown("<p>info&commat;harbour-bakery&period;example</p>") == ONLY
        assert shown("<p>info&#x40;harbour-bakery&#x2e;example</p>") == ONLY

    def test_case_02_references_without_semicolon(self) -> None:
        """References without `;`, which browsers read all the same: old generators, sloppy editors."""
        assert shown("<p>info&#64harbour-bakery.example</p>") == ONLY

    def test_case_03_references_and_percent_signs_mixed_in_a_link(self) -> None:
        """References and percent signs by turns in one `href`: Markdown processors."""
        assert shown('<a href="m&#97;ilto&#58;%69nfo&#64;harb%6Fur-bakery.example">write</a>') == ONLY


class TestMailtoLinks:
    """Cases 4 to 8: RFC 6068 allows more than most readers expect."""

    def test_case_04_the_host_is_percent_encoded(self) -> None:
        """`%40` and `%2e` in the link: programs that encode the whole address as if it were a path."""
        assert shown(f'<a href="mailto:info%40{quote("harbour-bakery")}%2eexample">write</a>') == ONLY

    def test_case_05_a_space_stands_before_the_address(self) -> None:
        """`mailto:%20info@...`: an address pasted with its space into an editor's link field."""
        assert shown('<a href="mailto:%20info@harbour-bakery.example">write</a>') == ONLY

    def test_case_06_capitals_and_a_space_after_the_colon(self) -> None:
        """`MAILTO: info@...`: hand-written links."""
        assert shown('<a href="MAILTO: info@harbour-bakery.example">write</a>') == ONLY

    @pytest.mark.parametrize(
        "before", ["https://harbour-bakery.example/", "https://archive.example/web/2020/", "http://"]
    )
    def test_case_07_the_link_is_buried_in_another_url(self, before: str) -> None:
        """`https://host/mailto:info@...`: editors that put a scheme before every link, and web archives."""
        assert shown(f'<a href="{before}mailto:info@harbour-bakery.example">write</a>') == ONLY

    def test_case_08_several_recipients_and_copies(self) -> None:
        """Several recipients, `cc` and `bcc` in one link (RFC 6068): boards and committees."""
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
        """`data-cfemail`: Cloudflare replaces every address on the pages it serves."""
        markup = f'<a class="__cf_email__" data-cfemail="{cloudflare(ADDRESS)}">[email&#160;protected]</a>'

        assert shown(markup) == ONLY

    def test_case_10_the_payload_is_the_fragment_of_a_link(self) -> None:
        """`/cdn-cgi/l/email-protection#...`: Cloudflare's form for links."""
        assert (
            shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(ADDRESS + "?subject=Bread")}">write</a>') == ONLY
        )

    def test_case_11_the_payload_holds_encoded_text_itself(self) -> None:
        """A protected address that was written in references or percent signs already."""
        assert shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(entities(ADDRESS))}">write</a>') == ONLY
        assert shown(f'<a href="/cdn-cgi/l/email-protection#{cloudflare(quote(entities(ADDRESS)))}">write</a>') == ONLY

    def test_case_12_an_empty_payload_stands_beside_plain_text(self) -> None:
        """An empty payload beside the plain address: pages saved after the script had run."""
        assert shown('<span data-cfemail="">info@harbour-bakery.example</span>') == ONLY

    @pytest.mark.parametrize("text", ["STARGAZ@R", "ssh://git@host", "two @ signs @ home", "x@1.2.3"])
    def test_case_13_protected_text_that_is_no_address_stays_unseen(self, text: str) -> None:
        """Cloudflare protects whatever has an `@`: titles of songs, remotes of git, prices."""
        assert shown(f'<span data-cfemail="{cloudflare(text)}">[email protected]</span>') == set()

    def test_case_14_a_broken_payload_is_read_as_the_plain_text_it_is(self) -> None:
        """Plain text where the payload should be: templates that were copied with the attribute."""
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
        """`[at]`, `(at)`, `{at}`, `<at>`, with and without `[dot]`: by hand, the world over."""
        assert shown(f"<p>Write to {text} today.</p>") == ONLY

    def test_case_16_bare_words_when_both_signs_are_spelled(self) -> None:
        """`info at host dot org`: scientists and programmers."""
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
        """The word "at" before a host is prose unless "dot" is spelled too."""
        assert shown(f"<p>{prose}.</p>") == set()

    def test_case_17_a_dot_in_the_name_is_spelled_too(self) -> None:
        """`head dot baker at ...`: who spells signs spells them all."""
        assert shown("<p>head dot baker at harbour-bakery dot example</p>") == {"head.baker@harbour-bakery.example"}

    def test_case_18_plus_is_spelled(self) -> None:
        """`info <plus> bread [at] ...`: people with tagged addresses."""
        assert shown("<p>info &lt;plus&gt; bread [at] harbour-bakery.example</p>") == {
            "info+bread@harbour-bakery.example"
        }

    @pytest.mark.parametrize("sign", ["_AT_", "_at_", "-at-", "*at*", " [putthe@here] ", "[put@here]"])
    def test_case_19_other_marks_around_the_word(self, sign: str) -> None:
        """`_AT_`, `-at-`, `*at*`, `[putthe@here]`: home-made riddles."""
        assert shown(f"<p>info{sign}harbour-bakery.example</p>") == ONLY

    def test_case_20_the_german_habit(self) -> None:
        """`info(at)host.de`: half of all German-speaking clubs."""
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
            (" apenstaartje ", " punt "),
            (" snabel-a ", " punktum "),
            (" собака ", " точка "),
            (" et ", " nokta "),
            (" アットマーク ", " ドット "),
        ],
    )
    def test_case_21_other_languages(self, at: str, dot: str) -> None:
        """arroba, chiocciola, arobase, Klammeraffe, zavináč, собака ...: each language has its word for the sign."""
        assert shown(f"<p>info{at}harbour-bakery{dot}example</p>") == ONLY

    @pytest.mark.parametrize("extra", ["NOSPAM", "REMOVETHIS", "nospam."])
    def test_case_22_words_to_be_removed_by_hand_score_low(self, extra: str) -> None:
        """`NOSPAM` in the middle, to be taken out by hand: a habit from newsgroups."""
        markup = f"<p>info@{extra}harbour-bakery.co.uk {extra}info@harbour-bakery.example</p>"

        assert {contact.value.lower(): contact.score for contact in contacts(markup)} == {
            f"info@{extra.lower()}harbour-bakery.co.uk": 30,
            f"{extra.lower()}info@harbour-bakery.example": 30,
        }


class TestSplitByMarkup:
    """Cases 23 to 28: what stands between the letters in the source is not what a visitor sees."""

    def test_case_23_comments_split_the_address(self) -> None:
        """Comments between the letters, with decoy signs inside; React leaves empty ones too."""
        assert shown("<p>info<!-- > @ . -->@<!-- -->harbour-bakery<!-- x@y.z -->.example</p>") == ONLY

    def test_case_24_tags_split_the_address(self) -> None:
        """Tags between the letters: style sheets that hide the joints, and editors that leave debris."""
        assert shown("<p>info<span>@</span>harbour-bakery<b>.</b>example</p>") == ONLY
        assert shown("<p>info<span>(</span>@<span>)</span>harbour-bakery.example</p>") == ONLY

    @pytest.mark.parametrize("decoy", ['<i style="display:none">NOSPAM</i>', "<b hidden>x</b>", "<b class=trap>x</b>"])
    def test_case_24_hidden_decoys_between_the_letters(self, decoy: str) -> None:
        """Words that no visitor sees between the letters: what is left is the address, and nothing shorter."""
        markup = f"<style>.trap{{display:none}}</style><p>in{decoy}fo@harbour-bakery.example</p>"

        assert shown(markup) == ONLY

    def test_case_25_the_halves_stand_in_different_links(self) -> None:
        """One half in a link to something else: editors that stretch a link over its neighbour."""
        markup = '<p><a href="/team">Head baker</a> <a href="/a">info@</a><a href="/b">harbour-bakery.example</a></p>'

        assert shown(markup) == ONLY

    @pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "&shy;", "&#8203;", "\u2060", "\ufeff", "<wbr>"])
    def test_case_26_invisible_characters(self, unseen: str) -> None:
        """Zero-width characters, soft hyphens, `<wbr>`: for line breaks as much as against harvesters."""
        assert shown(f"<p>in{unseen}fo@{unseen}harbour{unseen}-bakery.example</p>") == ONLY

    @pytest.mark.parametrize("sign", ["\uff20", "\ufe6b"])
    def test_case_27_wide_and_small_signs(self, sign: str) -> None:
        """The full-width ＠ of East Asian keyboards, and its small form."""
        assert shown(f"<p>info{sign}harbour-bakery．example</p>") == ONLY

    def test_case_28_letters_written_backwards_and_turned_by_the_style(self) -> None:
        """Letters backwards in the source, turned round by the style sheet or `<bdo>`."""
        style = "unicode-bidi: bidi-override; direction: rtl"

        assert shown(f'<span style="{style}">{ADDRESS[::-1]}</span>') == ONLY
        assert shown(f'<bdo dir="rtl">{ADDRESS[::-1]}</bdo>') == ONLY


class TestScripts:
    """Cases 28 to 44: the address is an expression over strings; it is worked out, never run."""

    @pytest.mark.parametrize(
        "code",
        [
            'document.write("{0}".split("").reverse().join(""))',
            "var e = '{0}'; el.textContent = e.split('').reverse().join('');",
            "el.href = [...'{0}'].reverse().join('')",
            "el.href = Array.from('{0}').reverse().join('')",
        ],
    )
    def test_case_28_letters_written_backwards_and_turned_by_a_script(self, code: str) -> None:
        """`split`, `reverse`, `join`: the first answer of every forum."""
        assert shown(f"<script>{code.format(ADDRESS[::-1])}</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            "document.write('info' + '@' + 'harbour-bakery' + '.example');",
            "location.href = 'mai' + 'lto:' + 'in' + 'fo' + String.fromCharCode(64) + 'harbour-bakery.example'",
            'document.write("info" + "&#64;" + "harbour-bakery" + "&#46;" + "example")',
            "show(`info` + `@` + `harbour-bakery.example`)",
            "el.innerHTML = ['info', 'harbour-bakery.example'].join('@')",
            "el.innerHTML = 'info'.concat('@').concat('harbour-bakery.example')",
            "el.innerHTML = 'info' + /* the sign */ '@' + // and the host\n 'harbour-bakery.example'",
            "el.innerHTML = 'info#harbour-bakery.example'.replace('#', '@')",
            "el.innerHTML = 'infoXXharbour-bakery.example'.replace(/XX/, '@')",
            "el.innerHTML = unescape('info%40harbour-bakery.example')",
            "el.innerHTML = decodeURIComponent('%69nfo%40harbour-bakery%2Eexample')",
        ],
    )
    def test_case_29_an_expression_over_strings(self, code: str) -> None:
        """`'info' + '@' + 'host'` and its variations: snippets that have been copied since there are scripts."""
        assert shown(f"<script>{code}</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            'var logn="info"; var domen="harbour-bakery"; var ennd="example"; document.write(logn+"@"+domen+"."+ennd)',
            "show('info\\u{40}harbour-bakery.example')",
            "let m = 'in'; m += 'fo'; m += '\\x40harbour-bakery\\u002eexample'; show(m)",
            "var a = 'info'; a = a + '@'; a = a + 'harbour-bakery'; a += '.example'; show(a)",
            "const user = 'info', host = 'harbour-bakery.example'; el.textContent = `${user}@${ host }`",
            "function mail() { var n = 'info'; var d = 'harbour-bakery.example'; return n + '@' + d; }",
            "this.user = 'info'; this.host = 'harbour-bakery.example'; show(this.user + '@' + this.host)",
            "var p = {}; p.a = 'info'; p.b = 'harbour-bakery.example'; el.href = 'mailto:' + p.a + '@' + p.b",
            "var parts = ['info', 'harbour-bakery', 'example']; show(parts[0] + '@' + parts[1] + '.' + parts[2])",
            "var user = 'info', host = 'harbour-bakery.example'; show('mailto:'.concat(user, '@', host))",
        ],
    )
    def test_case_30_an_expression_over_variables(self, code: str) -> None:
        """`logn+"@"+domen+"."+ennd`: the halves have names, misspelled on purpose or not."""
        assert shown(f"<script>{code}</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            "document.write('info'); document.write('@'); document.write('harbour-bakery.example');",
            "document.write('<a href=\"mailto:');document.write('info&#64;harbour-bakery.example\">');",
            "document.writeln('<a href=\"mailto:info'); document.writeln('@harbour-bakery.example\">')",
            "with (document) { write('info'); write('@'); write('harbour-bakery.example') }",
            "var out = ''; out += 'info'; out += '@'; out += 'harbour-bakery.example'; document.write(out)",
        ],
    )
    def test_case_32_written_piece_by_piece(self, code: str) -> None:
        """One `document.write` for each piece: generators of the early web."""
        assert shown(f"<script>{code}</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            "var m = String.fromCharCode({0})",
            "c = [{0}]; for (i in c) s += String.fromCharCode(c[i])",
            "var emailriddlerarray=[{0}]\nvar encryptedemail_id65=''\nfor (var i=0; i<emailriddlerarray.length; i++)\n"
            " encryptedemail_id65+=String.fromCharCode(emailriddlerarray[i])\n"
            "document.write('<a href=\"mailto:'+encryptedemail_id65+'\">Contact</a>')",
            "var c = new Array({0}); for (i = 0; i < c.length; i++) s += String.fromCharCode(c[i])",
            "show(String.fromCharCode.apply(null, [{0}]))",
            "show(String.fromCharCode(...[{1}]))",
            "show(String.fromCodePoint({0}))",
            "[{1}].forEach(c => s += String.fromCodePoint(c))",
            "show([{0}].map(function (c) {{ return String.fromCharCode(c) }}).join(''))",
            "'{2}'.split('-').map(c => String.fromCharCode(c))",
        ],
    )
    def test_case_33_the_numbers_of_the_letters(self, code: str) -> None:
        """`fromCharCode` over numbers: the Email Riddler's generator, and plug-ins that pack whole scripts so."""
        codes = [ord(letter) for letter in ADDRESS]
        numbers, hexadecimal = ",".join(map(str, codes)), ", ".join(map(hex, codes))

        assert shown(f"<script>{code.format(numbers, hexadecimal, numbers.replace(',', '-'))}</script>") == ONLY

    @pytest.mark.parametrize(("operator", "offset"), [("-", 3), ("+", -5), ("^", 7), ("-", 0x10)])
    def test_case_33_numbers_that_a_loop_shifts(self, operator: str, offset: int) -> None:
        """The same with each number changed: generators of forms."""
        codes = [ord(letter) ^ offset if operator == "^" else ord(letter) + offset for letter in ADDRESS]
        loop = f"for (i = 0; i < a.length; i++) s += String.fromCharCode(a[i] {operator} {abs(offset)})"

        assert shown(f"<script>var a = {codes}, s = ''; {loop}; show(s)</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            "var m = atob('{0}')",
            "show(Buffer.from('{0}', 'base64').toString())",
            "var packed = '{0}'; el.href = 'mailto:' + window.atob(packed)",
            "el.innerHTML = decodeURIComponent(escape(atob('{1}')))",
            "document.write(atob('{2}'))",
        ],
    )
    def test_case_36_base64_in_a_script(self, code: str) -> None:
        """`atob('...')`: page builders and their plug-ins."""
        plain = base64.b64encode(ADDRESS.encode()).decode()
        link = base64.b64encode(f'<a href="mailto:{ADDRESS}">write</a>'.encode()).decode()

        assert shown(f"<script>{code.format(plain, plain.rstrip('='), link)}</script>") == ONLY

    def test_case_36_base64_in_a_handler_or_an_attribute(self) -> None:
        """The same where the link is: a handler that decodes it, or an attribute for a script elsewhere."""
        packed = base64.b64encode(f"mailto:{ADDRESS}".encode()).decode()

        assert shown(f"""<a href="#" onclick="this.href=atob('{packed}')">write</a>""") == ONLY
        assert shown(f"""<a href="javascript:location.href=atob('{packed}')">write</a>""") == ONLY
        assert shown(f"""<a href="#" data-email="{packed}">write</a>""") == ONLY
        assert shown(f"""<span data-encoded="{packed}"></span>""") == ONLY

    def test_case_37_rot13_in_a_script(self) -> None:
        """ROT13 in a string, turned letter by letter: mail plug-ins of content systems."""
        turned = codecs.encode(ADDRESS, "rot13")
        by_a_function = f"s = '{turned}'.replace(/[a-zA-Z]/g, function (c) {{ return c }})"

        assert shown(f"<script>{by_a_function}</script>") == ONLY
        assert shown(f"<script>decode('{codecs.encode('mailto:' + ADDRESS, 'rot13')}')</script>") == ONLY

    @pytest.mark.parametrize(
        "host",
        [
            "location.hostname",
            "window.location.hostname.replace('www.', '')",
            "document.location.host",
            "document.domain",
        ],
    )
    def test_case_41_the_host_of_the_page(self, host: str) -> None:
        """`'info@' + location.hostname`: one snippet for many sites of an agency."""
        assert shown(f"<script>a.href = 'mailto:info@' + {host}</script>") == ONLY
        assert shown(f"<script>var host = {host}; show(`info@${{host}}`)</script>") == ONLY

    @pytest.mark.parametrize(
        "code",
        [
            "var contact = { user: 'info', domain: 'harbour-bakery.example' };",
            'var contact = {"domain": "harbour-bakery.example", "user": "info"};',
            'var contact = {"name": "info", "domain": "harbour-bakery", "tld": "example"};',
            "show({ id: 7, mail: { user: 'info', domain: 'harbour-bakery.example' } })",
        ],
    )
    def test_case_44_an_object_with_the_halves(self, code: str) -> None:
        """`{user: ..., domain: ...}`: settings that a component puts together."""
        assert shown(f"<script>{code}</script>") == ONLY

    def test_case_31_the_cloak_of_joomla_third_generation(self) -> None:
        """Joomla 3.5: the shown text holds an address too, which is cloaked by a script inside the script."""
        inner = (
            "var addy2b = \\'&#105;nf&#111;\\' + \\'&#64;\\'; addy2b = addy2b + \\'harbour-bakery\\' + \\'&#46;\\' + "
            "\\'example\\'; document.getElementById(\\'cloak2b\\').innerHTML += addy2b;"
        )
        code = (
            "document.getElementById('cloak1a').innerHTML = ''; var addy1a = 'shop' + '&#64;';"
            "addy1a = addy1a + 'harbour-bakery' + '&#46;' + 'example';"
            f'var addy_text1a = \'Write: <span id="cloak2b">Protected.</span><script type="text/javascript">{inner}'
            "<\\/script>'; document.getElementById('cloak1a').innerHTML += '<a href=\"mailto:' + addy1a + '\">' + "
            "addy_text1a + '<\\/a>';"
        )

        assert shown(f'<span id="cloak1a">Protected.</span><script>{code}</script>') == {
            ADDRESS,
            "shop@harbour-bakery.example",
        }

    def test_case_31_the_element_of_joomla_today(self) -> None:
        """Joomla 4 and later: `<joomla-hidden-mail>` with both halves in base64."""
        first, last = (base64.b64encode(half.encode()).decode() for half in ADDRESS.split("@"))

        markup = (
            f'<joomla-hidden-mail is-link="1" first="{first}" last="{last}" text="">Protected.</joomla-hidden-mail>'
        )

        assert shown(markup) == ONLY

    def test_case_31_the_cloak_of_joomla_first_generation(self) -> None:
        """Joomla 1.5: `addyNNN` is put together and written on the spot."""
        code = """
            var prefix = '&#109;a' + 'i&#108;' + '&#116;o'; var path = 'hr' + 'ef' + '=';
            var addy7 = '&#105;nf&#111;' + '&#64;';
            addy7 = addy7 + 'h&#97;rbour-bakery' + '&#46;' + '&#101;xample';
            document.write('<a ' + path + '\\'' + prefix + ':' + addy7 + '\\'>'); document.write(addy7);
        """

        assert shown(f"<p>Write: <script>{code}</script></p>") == ONLY

    def test_case_31_the_cloak_of_joomla_second_generation(self) -> None:
        """Joomla 2.5 and 3: `cloak...` is an element that the script fills."""
        code = """
            document.getElementById('cloak0f').innerHTML = '';
            var addy0f = '&#105;nf&#111;' + '&#64;'; addy0f = addy0f + 'harbour-bakery' + '&#46;' + 'example';
            var addy_text0f = 'info' + '&#64;' + 'harbour-bakery' + '&#46;' + 'example';
            document.getElementById('cloak0f').innerHTML += '<a ' + path + '\\'' + prefix + ':' + addy0f + '\\'>'
                + addy_text0f + '<\\/a>';
        """

        assert shown(f'<span id="cloak0f">Protected.</span><script>{code}</script>') == ONLY

    def test_case_34_the_table_of_the_email_encoder_bundle(self) -> None:
        """WordPress Email Encoder Bundle: positions in an alphabet of the address's own letters."""
        alphabet = "".join(dict.fromkeys(ADDRESS))
        positions = "".join(chr(48 + alphabet.index(letter)) for letter in ADDRESS)
        code = f'var ml="{alphabet}",mi="{positions.replace(chr(92), chr(92) * 2)}",o="";' + (
            "for(var j=0,l=mi.length;j<l;j++){o+=ml.charAt(mi.charCodeAt(j)-48);}el.innerHTML=decodeURIComponent(o);"
        )

        assert shown(f"<script>{code}</script>") == ONLY

    def test_case_35_the_arrays_of_expression_engine(self) -> None:
        """ExpressionEngine and Hivelogic: an array filled backwards, each item a letter or a code behind a bar."""
        items = "".join(f"l[{place}]='|{ord(letter)}';" for place, letter in enumerate(reversed(ADDRESS)))
        code = f"var l=new Array();{items}for (var i = l.length-1; i >= 0; i=i-1) document.write(unescape(l[i]));"

        assert shown(f"<script>{code} // atob(</script>") == ONLY

    def test_case_37_rot13_in_a_link(self) -> None:
        """ROT13 in the link, turned by a script: themes of blogs."""
        assert shown(f'<a href="{codecs.encode("mailto:" + ADDRESS, "rot13")}">write</a>') == ONLY
        assert shown(f'<span data-rot13="{codecs.encode(ADDRESS, "rot13")}"></span>') == ONLY
        assert shown(f'<span data-rot13="{codecs.encode("info@bakery-fixture.se", "rot13")}"></span>') == {
            "info@bakery-fixture.se"
        }

    @pytest.mark.parametrize("offset", [5, -1, 3, -7])
    def test_case_38_caesar_with_any_shift_in_a_link(self, offset: int) -> None:
        """Every character moved by a few codes: home-made, the shift is anybody's guess."""
        href = html.escape(along_the_table("mailto:" + ADDRESS, offset))

        assert shown(f'<a href="{href}">write</a>') == ONLY

    @pytest.mark.parametrize("offset", [2, 1, -3, 13, 25, -25])
    def test_case_39_the_encryption_of_typo3_with_any_offset(self, offset: int) -> None:
        """`linkTo_UnCryptMailto`: TYPO3, whose offset each site chooses; quotes may be `%27`."""
        encrypted = typo3("mailto:" + ADDRESS, offset).replace("\\", "\\\\")
        plain_quotes = f"javascript:linkTo_UnCryptMailto('{encrypted}');"
        encoded_quotes = f"javascript:linkTo_UnCryptMailto(%27{quote(encrypted, safe='')}%27);"

        assert shown(f'<a href="{html.escape(plain_quotes)}">write</a>') == ONLY
        assert shown(f'<a href="#" onclick="{html.escape(plain_quotes)}">write</a>') == ONLY
        assert shown(f'<a href="{encoded_quotes}">write</a>') == ONLY

    def test_case_39_the_newer_attributes_of_typo3(self) -> None:
        """`data-mailto-token`: TYPO3 from version 12 on."""
        token = html.escape(typo3("mailto:" + ADDRESS, 4))

        assert shown(f'<a href="#" data-mailto-token="{token}" data-mailto-vector="4">write</a>') == ONLY

    def test_case_40_a_function_with_the_halves_and_a_picture_of_the_sign(self) -> None:
        """`javascript:mailto('u', 'd')`, or a picture for the sign: pages of the nineties that still stand."""
        link = """<a href="javascript:mailto('info','harbour-bakery.example')">write</a>"""
        picture = '<p>info<img src="at.gif" alt="@">harbour-bakery.example</p>'

        assert shown(link) == ONLY
        assert shown(picture) == ONLY
        assert shown("""<a href="javascript:sendMail('info','harbour-bakery','example')">write</a>""") == ONLY
        assert shown("""<a href="#" onclick="mailTo('info', 'harbour-bakery.example')">write</a>""") == ONLY
        assert shown("""<a href="#" onclick="sendmail('harbour-bakery.example', 'info')">write</a>""") == ONLY

    def test_a_name_that_cannot_be_known_glues_nothing_together(self) -> None:
        assert shown("<script>el.innerHTML = 'info' + secret + '@harbour-bakery.example'</script>") == set()

    def test_the_author_named_in_a_script_comment_is_no_contact(self) -> None:
        code = "/*! slider 2.1 (c) author@library.test */ // or author@library.test\nvar x = 'mailto:';"

        assert shown(f"<script>{code}</script>") == set()


class TestAttributes:
    """Cases 42, 43, 45 and 46: addresses and their halves in attributes and in data for scripts."""

    @pytest.mark.parametrize(
        "attributes",
        [
            'data-u="info" data-d="harbour-bakery.example"',
            'data-user="info" data-domain="harbour-bakery.example"',
            'data-name="info" data-domain="harbour-bakery" data-tld="example"',
            'data-email-user="info" data-email-domain="harbour-bakery.example"',
            'data-part1="info" data-part2="harbour-bakery" data-part3="example"',
            f'data-email="{ADDRESS[::-1]}"',
            'data-n="info" data-d="harbour-bakery.example"',
            f'data-user="ofni" data-website="{"harbour-bakery.example"[::-1]}"',
        ],
    )
    def test_case_42_halves_in_data_attributes(self, attributes: str) -> None:
        """`data-user` and `data-domain`, joined by a script: themes of agencies."""
        assert shown(f"<span class=mail {attributes}></span>") == ONLY

    def test_case_43_an_event_handler_joins_other_attributes(self) -> None:
        """A handler puts the link together from `title` and `rel` when the mouse comes near."""
        handler = "this.href='mailto:'+this.title+'@'+this.rel"
        markup = f'<a href="#" title="info" rel="harbour-bakery.example" onclick="{handler}">write</a>'

        assert shown(markup) == ONLY
        assert shown(markup.replace("this.title", "this.getAttribute('title')")) == ONLY
        assert shown(markup.replace("this.", "")) == ONLY
        assert (
            shown(markup.replace("title", "data-mail-box").replace("this.data-mail-box", "this.dataset.mailBox"))
            == ONLY
        )
        assert (
            shown("""<a href="#" onmouseover="this.href='mai'+'lto:info'+'@harbour-bakery.example'">write</a>""")
            == ONLY
        )

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
        """Options, meta elements, tooltips, hidden fields: nobody hides it, and text readers miss it."""
        assert shown(markup) == ONLY

    def test_case_46_data_for_scripts(self) -> None:
        """Store locators and front-end frameworks: all addresses of a company in one script."""
        stores = ",".join(
            f'{{"city":"Harbour {number}","email":"shop{number}@harbour-bakery.example"}}' for number in range(60)
        )

        assert len(shown(f"<script>var stores = [{stores}];</script>")) == 60
        assert len(shown(f'<script type="application/json">[{stores}]</script>')) == 60

    @pytest.mark.parametrize(
        "markup",
        [
            f"""<script>window.__DATA__ = {{"shop": {{"email": "{ADDRESS}"}}}};</script>""",
            f"""<script>var shop = JSON.parse("{{\\"email\\":\\"{ADDRESS}\\"}}");</script>""",
            """<script type="application/json">{"email":"info\\u0040harbour-bakery.example"}</script>""",
            f"""<script type="application/json">{{"html":"\\u003ca href=mailto:{ADDRESS}\\u003e"}}</script>""",
            f"""<script>self.push([1,"5:[\\"a\\",{{\\"href\\":\\"mailto:{ADDRESS}\\"}}]"])</script>""",
            f"""<div data-page="{{&quot;email&quot;:&quot;{ADDRESS}&quot;}}"></div>""",
        ],
    )
    def test_case_46_the_state_of_a_page(self, markup: str) -> None:
        """The state that a front-end framework starts from, as JSON in a script, in a string, or in an attribute."""
        assert shown(markup) == ONLY


class TestStructuredData:
    """Case 47: what is written for search engines."""

    @pytest.mark.parametrize("escaped", [ADDRESS, "mailto:" + ADDRESS, "info\\u0040harbour-bakery.example"])
    def test_case_47_json_ld(self, escaped: str) -> None:
        """JSON-LD for search engines, with `\\/` and `\\u0040`: search plug-ins of every shop and blog."""
        block = f'{{"@context":"https:\\/\\/schema.org","@type":"Bakery","contactPoint":[{{"email":"{escaped}"}}]}}'

        assert shown(f'<script type="application/ld+json">{block}</script>') == ONLY

    def test_case_47_json_ld_that_is_slightly_broken(self) -> None:
        """The same by hand: raw line breaks, trailing commas, comment marks."""
        block = f'<!-- {{"@type":"Bakery","description":"Bread\nand more","email":"{ADDRESS}",}} -->'

        assert shown(f'<script type="application/ld+json">{block}</script>') == ONLY

    def test_microdata_is_taken_from_the_element_itself(self) -> None:
        markup = f"<p><b>Phone</b><span itemprop=email>{ADDRESS}</span><span>Fax</span></p>"

        found = contacts(markup)

        assert [contact.value for contact in found] == [ADDRESS]
        assert Method.MICRODATA in {source.method for source in found[0].sources}


class TestOtherFiles:
    """Cases 48, 49 and 52: addresses that are not in the page itself."""

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (f"<footer>{ADDRESS}</footer>", "text/html"),
            ("<footer>info [at] harbour-bakery.example</footer>", "text/html; charset=utf-8"),
            (f'{{"success":true,"data":"<p><a href=\\"mailto:{ADDRESS}\\">write<\\/a><\\/p>"}}', "application/json"),
            ('{"html":"\\u003Cp\\u003Einfo\\u0040harbour-bakery.example\\u003C/p\\u003E"}', "application/json"),
            (f"Write to {ADDRESS}", "text/plain"),
        ],
    )
    def test_case_48_a_fragment_that_a_script_would_fetch(self, body: str, content_type: str) -> None:
        """Footers and team lists that a script fetches: half a page, or JSON with half a page inside."""
        found = page_contacts.extract(body.encode(), URL, content_type)

        assert {sighting.value for sighting in found.emails} == ONLY

    @pytest.mark.parametrize("content_type", ["application/javascript", "text/javascript; charset=utf-8"])
    def test_case_49_a_script_file(self, content_type: str) -> None:
        """The snippet of case 29 or 30 in a file of its own; who wrote the file is no contact."""
        code = b"/*! (c) author@library.test */ var u = 'info'; document.write(u + '@' + 'harbour-bakery.example')"

        found = page_contacts.extract(code, URL, content_type)

        assert {sighting.value for sighting in found.emails} == ONLY

    def test_case_52_a_pdf(self) -> None:
        """Price lists, programmes and minutes of clubs: the address stands in a file that is no page."""
        pytest.importorskip("pypdf")

        found = page_contacts.extract(pdf(["Harbour Bakery", f"Mail {ADDRESS}"]), URL, "application/pdf")

        assert [sighting.value for sighting in found.emails] == [ADDRESS]

    def test_case_52_a_pdf_is_not_read_as_if_it_were_a_page(self) -> None:
        """Only in a PDF: its bytes are no text of a page, whatever looks like an address in them."""
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
        """Honeypots: addresses planted for harvesters where no visitor sees them."""
        assert shown(markup) == set()

    def test_case_53_a_decoy_inside_an_address_is_left_out(self) -> None:
        """A hidden word in the middle of a real address."""
        assert shown('<p>info<span style="display:none">NOSPAM</span>@harbour-bakery.example</p>') == ONLY

    def test_case_53_long_text_that_a_click_unfolds_is_no_decoy(self) -> None:
        """Tabs and accordions hide real contacts until a click."""
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
        """Numbers and words right before or behind, parted only by tags."""
        assert shown(markup) == ONLY

    def test_case_54_an_address_glued_in_the_source_gives_way_to_the_clean_one(self) -> None:
        """`.company` for `.com` where a word follows without a space."""
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


class TestTheCatalogue:
    def test_every_case_in_scope_has_a_test_that_says_who_writes_so(self) -> None:
        told: dict[int, list[str]] = {}
        for shelf in list(globals().values()):
            for name, test in vars(shelf).items() if isinstance(shelf, type) else ():
                if (number := re.match(r"test_case_(\d\d)_", name)) is not None:
                    told.setdefault(int(number[1]), []).append(test.__doc__ or "")

        assert set(told) == set(range(1, 55)) - {50, 51}
        assert all(all(sentences) for sentences in told.values())

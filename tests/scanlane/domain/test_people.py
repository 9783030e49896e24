"""Whose an address is: the ties that pages make between names and addresses, and those that are none."""

import pytest

from scanlane.domain import contacts
from scanlane.domain.sightings import Findings, Holder, NamedBy
from tests.scanlane.domain.sample_pages import HOST, URL, page, reading

ADA = f"ada.example@{HOST}"
NUMBER = "+442079460123"


def holders(markup: str) -> dict[str, Holder]:
    """The holders of the addresses and numbers of a page, by those."""
    return {holder.email or holder.phone or "": holder for holder in reading(markup).findings.holders}


def names(markup: str) -> dict[str, str | None]:
    """The same, names only."""
    return {value: holder.name for value, holder in holders(markup).items()}


class TestStructuredData:
    def test_json_ld_names_the_person_the_position_and_the_organisation(self) -> None:
        block = (
            f'{{"@type":"Organization","name":"Harbour Bakery","email":"info@{HOST}","telephone":"{NUMBER}","employee":'
            f'[{{"@type":"Person","name":"Dr. Ada Example","jobTitle":"Head Baker","email":"mailto:{ADA}"}}]}}'
        )

        found = holders(f'<script type="application/ld+json">{block}</script>')

        ada = found[ADA]
        assert (ada.name, ada.title, ada.position) == ("Ada Example", "Dr.", "Head Baker")
        assert (ada.organisation, ada.named_by) == ("Harbour Bakery", NamedBy.JSON_LD)
        assert (found[f"info@{HOST}"].name, found[f"info@{HOST}"].organisation) == (None, "Harbour Bakery")
        assert found[NUMBER].organisation == "Harbour Bakery"

    def test_the_contact_point_of_an_organisation_is_its_own(self) -> None:
        point = f'{{"@type":"ContactPoint","contactType":"sales","email":"sales@{HOST}"}}'
        block = f'{{"@graph":[{{"@type":"LocalBusiness","name":"Harbour Bakery","contactPoint":[{point}]}}]}}'

        found = holders(f'<script type="application/ld+json">{block}</script>')

        assert found[f"sales@{HOST}"].organisation == "Harbour Bakery"

    @pytest.mark.parametrize("name", ["Ада Пример", "Άντα Παράδειγμα", "例文太郎", "예제 아다", "עדה דוגמה"])
    def test_names_of_any_script_are_taken_where_the_page_calls_them_names(self, name: str) -> None:
        block = f'{{"@type":"Person","name":"{name}","email":"a.p@{HOST}"}}'

        assert names(f'<script type="application/ld+json">{block}</script>') == {f"a.p@{HOST}": name}

    def test_microdata(self) -> None:
        markup = (
            '<div itemscope itemtype="https://schema.org/Person"><b itemprop=name>Ada Example</b>'
            f'<i itemprop=jobTitle>Head Baker</i> <a itemprop=email href="mailto:ada@{HOST}">write</a></div>'
        )

        ada = holders(markup)[f"ada@{HOST}"]

        assert (ada.name, ada.position, ada.named_by) == ("Ada Example", "Head Baker", NamedBy.MICRODATA)

    @pytest.mark.parametrize("prefix", ["", "schema:"])
    def test_rdfa(self, prefix: str) -> None:
        markup = (
            f'<div vocab="https://schema.org/" typeof="{prefix}Person"><b property="{prefix}name">Ada Example</b>'
            f'<span property="{prefix}jobTitle">Head Baker</span><span property="{prefix}email">ada@{HOST}</span></div>'
        )

        ada = holders(markup)[f"ada@{HOST}"]

        assert (ada.name, ada.position, ada.named_by) == ("Ada Example", "Head Baker", NamedBy.RDFA)

    @pytest.mark.parametrize(
        "markup",
        [
            f'<div class="vcard"><b class="fn">Ada Example</b><i class="org">Harbour Bakery</i>'
            f'<i class="role">Head Baker</i><a class="email" href="mailto:ada@{HOST}">write</a>'
            f'<span class="tel">Phone <span class="value">{NUMBER}</span></span></div>',
            f'<div class="team h-card"><b class="p-name">Ada Example</b><i class="p-org">Harbour Bakery</i>'
            f'<i class="p-job-title">Head Baker</i><span class="u-email">ada@{HOST}</span>'
            f'<a class="p-tel" href="tel:{NUMBER}">call</a></div>',
            f'<p class="vcard"><i class="given-name">Ada</i> <i class="family-name">Example</i>'
            f'<i class="title">Head Baker</i>, <i class="org">Harbour Bakery</i> <i class="email">ada [at] {HOST}</i>'
            f'<i class="tel">{NUMBER}</i></p>',
        ],
    )
    def test_business_cards_of_both_microformats(self, markup: str) -> None:
        found = holders(markup)

        for value in (f"ada@{HOST}", NUMBER):
            told = (found[value].name, found[value].position, found[value].organisation)
            assert told == ("Ada Example", "Head Baker", "Harbour Bakery")

    def test_a_card_is_a_source_of_its_own(self) -> None:
        found = reading(
            f"<p class=vcard><b class=fn>Ada Example</b><i class=email>ada@{HOST}</i><i class=tel>{NUMBER}</i></p>"
        ).findings

        assert contacts.Method.HCARD in {sighting.method for sighting in found.emails}
        assert contacts.Method.HCARD in {sighting.method for sighting in found.phones}

    def test_a_vcard_names_its_holder(self) -> None:
        lines = ("BEGIN:VCARD", "VERSION:3.0", "FN:Dr. Ada Example", "ORG:Harbour Bakery", "TITLE:Head Baker")
        card = "\r\n".join((*lines, f"EMAIL:ada@{HOST}", "END:VCARD")).encode()

        (ada,) = contacts.extract(card, URL, "text/vcard").people

        assert (ada.name, ada.title, ada.position) == ("Ada Example", "Dr.", "Head Baker")
        assert (ada.organisation, ada.named_by) == ("Harbour Bakery", NamedBy.VCARD)

    def test_cards_inside_cards_are_not_read_over_and_over(self) -> None:
        inside = '<div class="vcard">' * 300 + f"<b class=fn>Ada Example</b><i class=email>{ADA}</i>"
        inside += "<p>more</p>" * 300

        assert contacts.open_page(page(inside), URL).business_cards == ()

    def test_a_card_of_an_organisation_names_no_person(self) -> None:
        markup = f'<p class=vcard><b class="fn org">Harbour Bakery</b> <i class=email>info@{HOST}</i></p>'

        found = holders(markup)[f"info@{HOST}"]

        assert (found.name, found.organisation) == (None, "Harbour Bakery")


class TestLinks:
    def test_the_text_of_a_link_that_is_a_name(self) -> None:
        markup = f'<p>Ask <a href="mailto:{ADA}">Mag. Ada Example</a></p>'

        ada = holders(markup)[ADA]

        assert (ada.name, ada.title, ada.named_by) == ("Ada Example", "Mag.", NamedBy.LINK)

    @pytest.mark.parametrize(
        "text", ["Contact us", "Write To Us", "E-Mail", "Harbour Bakery", "Monday Morning", "click"]
    )
    def test_the_text_of_a_link_that_is_none(self, text: str) -> None:
        assert names(f'<a href="mailto:oven@{HOST}">{text}</a>') == {}

    def test_an_address_that_spells_another_name_contradicts(self) -> None:
        assert names(f'<a href="mailto:bob.sample@{HOST}">Ada Example</a>') == {}
        assert names(f"<p>Ada Example &lt;bob.sample@{HOST}&gt;</p>") == {}

    def test_a_name_before_an_address_in_angle_brackets(self) -> None:
        assert names(f"<p>Write to</p><p>“Ada Example” &lt;bread4@{HOST}&gt;</p>") == {f"bread4@{HOST}": "Ada Example"}
        link = f'<a href="mailto:%22Ada%20Example%22%20%3Cbread4@{HOST}%3E">write</a>'
        assert names(link) == {f"bread4@{HOST}": "Ada Example"}


class TestCards:
    """The layouts of team pages: two people each, and nobody takes the other's address."""

    @pytest.mark.parametrize(
        "markup",
        [
            "<div><div><h3>{0}</h3><p>Head of Sales</p><ul><li>Tel. 1</li><li>{1}</li></ul></div>"
            "<div><h3>{2}</h3><p>Treasurer</p><ul><li>Tel. 2</li><li>{3}</li></ul></div></div>",
            "<table><tr><td>{0}</td><td>Head of Sales</td><td>{1}</td></tr>"
            "<tr><td>{2}</td><td>Treasurer</td><td>{3}</td></tr></table>",
            "<table><tr><td>{0}<br>Head of Sales<br>{1}</td><td>{2}<br>Treasurer<br>{3}</td></tr></table>",
            "<h3>{0}</h3><p>Head of Sales</p><p>{1}</p><h3>{2}</h3><p>Treasurer</p><p>{3}</p>",
            "<dl><dt>{0}</dt><dd>Head of Sales</dd><dd>{1}</dd><dt>{2}</dt><dd>Treasurer</dd><dd>{3}</dd></dl>",
            "<ul><li>{0}, Head of Sales, {1}</li><li>{2}, Treasurer, {3}</li></ul>",
            "<ul><li>Head of Sales: {0} ({1})</li><li>Treasurer: {2} ({3})</li></ul>",
            "<div><div><i>Head of Sales</i><b>{0}</b> {1}</div><div><i>Treasurer</i><b>{2}</b> {3}</div></div>",
        ],
    )
    @pytest.mark.parametrize("way", ["{0}", '<a href="mailto:{0}">E-Mail</a>', '<a href="mailto:{0}">{0}</a>', "[at]"])
    def test_name_and_position_stand_beside_the_address(self, markup: str, way: str) -> None:
        emails = [f"a.example@{HOST}", f"sample@{HOST}"]
        written = [one.replace("@", "[at]") if way == "[at]" else way.format(one) for one in emails]

        found = holders(markup.format("Dr. Ada Example", written[0], "Bob Sample", written[1]))

        assert {value: holder.name for value, holder in found.items()} == {
            emails[0]: "Ada Example",
            emails[1]: "Bob Sample",
        }
        assert (found[emails[0]].position, found[emails[1]].position) == ("Head of Sales", "Treasurer")
        assert (found[emails[0]].title, found[emails[1]].title) == ("Dr.", None)

    def test_a_name_in_a_sentence_counts_when_the_address_spells_it(self) -> None:
        assert names(f"<p>Our baker Ada Example ({ADA}) will answer.</p>") == {ADA: "Ada Example"}
        assert names(f"<p>Our baker Ada Example (oven77@{HOST}) will answer.</p>") == {}

    def test_a_number_on_one_card_only_belongs_to_its_person(self) -> None:
        card = '<div><h3>{0}</h3><a href="tel:{1}">call</a> <a href="mailto:{2}@' + HOST + '">write</a></div>'
        central = '<p><a href="tel:+442079460100">central</a></p>'
        markup = card.format("Ada Example", NUMBER, "ada") + card.format("Bob Sample", "+442079460124", "bob")

        found = names(f"<main>{central}{markup}</main>")

        assert found[NUMBER] == "Ada Example"
        assert found["+442079460124"] == "Bob Sample"
        assert "+442079460100" not in found

    def test_a_post_is_held_by_the_person_whose_card_names_it(self) -> None:
        row = "<tr><td>{0}</td><td>{1}</td><td>{2}@" + HOST + "</td></tr>"
        table = row.format("Club secretary", "Ada Example", "secretary") + row.format("Oven", "Bob Sample", "president")

        assert names(f"<table>{table}</table>") == {f"secretary@{HOST}": "Ada Example"}

    @pytest.mark.parametrize(
        "markup",
        [
            f"<h3>Bob Sample</h3><p>{ADA}</p>",
            f"<h3>Harbour Bakery</h3><p>oven1@{HOST}</p>",
            f"<div><h3>Ada Example</h3><p>info@{HOST}</p></div>",
            f"<h3>Ada Example</h3><h3>Bob Sample</h3><p>x77@{HOST}</p>",
            f"<h3>Summer Bread Festival</h3><p>x77@{HOST}</p>",
            f"<h3>write to us</h3><p>x77@{HOST}</p>",
            f"<h3>Questions?</h3><p>x77@{HOST}</p>",
            f"<h3>New York</h3><p>x77@{HOST}</p>",
            f"<p>Ada Example sample@{HOST}</p>",
        ],
    )
    def test_no_name_is_better_than_a_wrong_one(self, markup: str) -> None:
        assert names(markup) == {}


class TestFindings:
    def test_each_sighting_names_its_holder(self) -> None:
        found = reading(f'<div><h3>Ada Example</h3><a href="mailto:{ADA}">{ADA}</a></div>').findings

        assert {sighting.holder.name for sighting in found.emails if sighting.holder} == {"Ada Example"}
        assert [holder.name for holder in found.people] == ["Ada Example"]
        assert all(sighting.holder for sighting in found.emails)

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe<", page("<p>no address</p>"), page(f"<p>info@{HOST}</p>")])
    def test_a_page_that_shows_no_personal_address_is_not_looked_at_closely(self, body: bytes) -> None:
        opened = contacts.open_page(body, URL)

        found = contacts.find(opened)

        assert found.holders == Findings().holders
        assert "tree" not in vars(opened)

    @pytest.mark.parametrize(
        "shape", ["<div>", "<b>", "<table><tr><td>", "<i class=vcard>", "<p itemscope itemprop=a>"]
    )
    def test_deep_nesting_is_harmless(self, shape: str) -> None:
        markup = shape * 5000 + f"<i class=email itemprop=email>{ADA}</i> vcard"

        assert len(reading(markup).findings.emails) >= 1

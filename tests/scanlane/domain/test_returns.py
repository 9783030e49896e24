"""When a crawl has seen enough."""

from scanlane.domain.returns import FEWEST_BARREN, MOST_BARREN, WAYS_BORNE, Returns


def noted(returns: Returns, *answers: tuple[int, bool]) -> Returns:
    """The returns after so many barren pages, and then one with something new if so."""
    for barren, is_new in answers:
        for _ in range(barren):
            returns.note(is_new=False, is_promising=False)
        if is_new:
            returns.note(is_new=True, is_promising=False)
    return returns


class TestReturns:
    def test_a_site_without_addresses_is_left_soon(self) -> None:
        assert noted(Returns(), (FEWEST_BARREN, False)).left == 0

    def test_an_address_begins_the_count_again(self) -> None:
        assert noted(Returns(), (FEWEST_BARREN - 1, True)).left == FEWEST_BARREN

    def test_promising_pages_do_not_count(self) -> None:
        returns = Returns()
        for _ in range(FEWEST_BARREN * 2):
            returns.note(is_new=False, is_promising=True)

        assert returns.left == FEWEST_BARREN

    def test_links_that_lead_nowhere_count_for_a_quarter(self) -> None:
        returns = Returns()
        for _ in range(FEWEST_BARREN):
            returns.note(is_new=False, is_promising=False, is_alive=False)

        assert returns.left == FEWEST_BARREN * 0.75

    def test_where_addresses_are_far_apart_more_is_borne_within_reason(self) -> None:
        assert noted(Returns(), (0, True), (19, True)).patience == WAYS_BORNE * 20
        assert noted(Returns(), (0, True), (500, True)).patience == MOST_BARREN

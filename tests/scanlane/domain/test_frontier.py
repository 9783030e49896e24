"""The queue of pages that a crawl knows of."""

from scanlane.domain.frontier import Frontier, QueuedUrl, template_of

HOME = "https://bakery.example/"


def page(path: str, priority: int = 50, depth: int = 1) -> QueuedUrl:
    """A page of the bakery."""
    return QueuedUrl(url=HOME + path, priority=priority, depth=depth)


def drained(frontier: Frontier) -> list[str]:
    """The paths of everything that waits, in the order it is handed out."""
    taken = []
    while (next_page := frontier.take()) is not None:
        taken.append(next_page.url.removeprefix(HOME))
    return taken


class TestFrontier:
    def test_the_best_page_comes_first_then_the_shallowest_then_the_oldest(self) -> None:
        frontier = Frontier()
        frontier.add([page("d", 10), page("c", 50, 2), page("a", 50), page("b", 50), page("contact", 95, 3)])

        assert drained(frontier) == ["contact", "a", "b", "c", "d"]

    def test_a_page_is_queued_once_and_handed_out_once(self) -> None:
        frontier = Frontier()

        assert frontier.add([page("a"), page("a", 90)]) == (page("a"),)
        assert drained(frontier) == ["a"]
        assert frontier.add([page("a")]) == ()
        assert drained(frontier) == []

    def test_a_marked_page_is_not_handed_out(self) -> None:
        frontier = Frontier()
        frontier.add([page("a"), page("b")])

        assert frontier.mark(HOME + "a") is True
        assert frontier.mark(HOME + "a") is False
        assert drained(frontier) == ["b"]

    def test_it_goes_on_from_saved_pages(self) -> None:
        frontier = Frontier.resumed([HOME, HOME + "a"], [page("a"), page("b", 10), page("contact", 95)])

        assert frontier.known == 4
        assert frontier.waiting == 2
        assert drained(frontier) == ["contact", "b"]
        assert frontier.add([page("a"), page("b")]) == ()

    def test_it_knows_only_so_many_pages(self) -> None:
        frontier = Frontier(most_known=3)

        assert len(frontier.add(page(str(number)) for number in range(10))) == 3

    def test_pages_of_one_kind_get_their_share_and_then_wait_for_the_others(self) -> None:
        frontier = Frontier(pages_a_template=2)
        frontier.add([page(f"shop/{number}", 40) for number in range(4)])
        frontier.add([page("blog/a/b", 20), page("tag/rye/x", 10)])

        assert drained(frontier) == ["shop/0", "shop/1", "blog/a/b", "tag/rye/x", "shop/2", "shop/3"]

    def test_a_kind_that_yields_contacts_keeps_its_place(self) -> None:
        frontier = Frontier(pages_a_template=1)
        frontier.add([page("shop/0", 40), page("shop/1", 40), page("blog/a/b", 20)])
        first = frontier.take()
        assert first is not None

        frontier.credit(first.url)

        assert drained(frontier) == ["shop/1", "blog/a/b"]

    def test_promising_pages_have_a_larger_share_and_pages_of_the_root_are_of_no_template(self) -> None:
        frontier = Frontier(pages_a_template=1)
        frontier.add([page(f"team/{number}", 84) for number in range(4)])
        frontier.add([page("a", 45), page("b", 45), page("x/y/z", 20)])

        assert drained(frontier) == ["team/0", "team/1", "team/2", "a", "b", "x/y/z", "team/3"]

    def test_a_kind_that_yielded_twice_comes_before_pages_of_which_nothing_is_known(self) -> None:
        frontier = Frontier()
        frontier.add([page(f"shop/{number}", 40) for number in range(4)])
        frontier.add([page("a", 45)])
        for number in range(2):
            frontier.credit(f"{HOME}shop/{number}")

        assert drained(frontier)[:3] == ["shop/0", "shop/1", "shop/2"]

    def test_a_kind_that_yields_again_after_its_share_comes_back(self) -> None:
        frontier = Frontier(pages_a_template=2)
        frontier.add([page(f"shop/{number}", 40) for number in range(5)])
        frontier.add([page("x/y/z", 20)])
        assert [frontier.take() for _ in range(2)]
        assert frontier.best_worth() == 20

        frontier.credit(HOME + "shop/1")

        assert drained(frontier)[0] == "shop/2"


class TestDeadLinks:
    def test_where_new_kinds_are_mostly_dead_pages_of_living_kinds_come_first(self) -> None:
        frontier = Frontier()
        kinds = [f"kind{letter}/page" for letter in "abcdefghijklmnopqrst"]
        frontier.add(map(page, kinds))
        frontier.add([page("news/a", 20), page("news/b", 20)])
        frontier.answer(page("news/z"), is_alive=True)

        for _ in range(11):
            taken = frontier.take()
            assert taken is not None
            frontier.answer(taken, is_alive=False)

        assert drained(frontier)[:2] == ["news/a", "news/b"]

    def test_a_promising_page_is_tried_however_many_others_are_dead(self) -> None:
        frontier = Frontier()
        frontier.add(map(page, [f"kind{letter}/page" for letter in "abcdefghijklmnopqrst"]))
        for _ in range(12):
            taken = frontier.take()
            assert taken is not None
            frontier.answer(taken, is_alive=False)
        frontier.add([page("info/contact", 95)])

        assert drained(frontier)[0] == "info/contact"


class TestTemplateOf:
    def test_numbers_slugs_and_values_do_not_make_another_kind(self) -> None:
        assert template_of(HOME + "shop/12/rye") == template_of(HOME + "shop/7/oat")
        assert template_of(HOME + "view?id=1&lang=en") == template_of(HOME + "view?lang=de&id=2")

    def test_folders_and_parameters_make_another_kind(self) -> None:
        assert template_of(HOME + "shop/rye") != template_of(HOME + "blog/rye")
        assert template_of(HOME + "view?id=1") != template_of(HOME + "view?tag=1")

    def test_the_combinations_of_many_parameters_are_one_kind(self) -> None:
        assert template_of(HOME + "shop?a=1&b=2&c=3") == template_of(HOME + "shop?b=2&c=3&d=4")

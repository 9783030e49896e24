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

        frontier.forgive(first.url)

        assert drained(frontier) == ["shop/1", "blog/a/b"]

    def test_promising_pages_and_pages_of_the_root_never_lose_their_place(self) -> None:
        frontier = Frontier(pages_a_template=1)
        frontier.add([page("team/a", 84), page("team/b", 84), page("a", 45), page("b", 45), page("x/y/z", 20)])

        assert drained(frontier) == ["team/a", "team/b", "a", "b", "x/y/z"]


class TestTemplateOf:
    def test_numbers_slugs_and_values_do_not_make_another_kind(self) -> None:
        assert template_of(HOME + "shop/12/rye") == template_of(HOME + "shop/7/oat")
        assert template_of(HOME + "view?id=1&lang=en") == template_of(HOME + "view?lang=de&id=2")

    def test_folders_and_parameters_make_another_kind(self) -> None:
        assert template_of(HOME + "shop/rye") != template_of(HOME + "blog/rye")
        assert template_of(HOME + "view?id=1") != template_of(HOME + "view?tag=1")

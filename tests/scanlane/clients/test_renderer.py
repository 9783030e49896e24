"""Pages in a real browser, which reaches nothing but what it is given."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

import scanlane
from scanlane.clients.renderer.browser import Renderer, RenderLimits
from scanlane.clients.renderer.errors import RendererMissing, RenderFailed
from scanlane.clients.renderer.launch import find_chromium, launched
from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed
from tests.scanlane.clients.browsers import browsers, chromium_or_skip, have_ended
from tests.scanlane.clients.raw_server import RawServer, answer, sending, serving

HOME = "http://bakery.example/"
LIMITS = RenderLimits(seconds=2.5, quiet_seconds=0.3, reading_seconds=1.5, requests=8, longest_markup=50_000)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    """The browser of this module."""
    chromium_or_skip()
    renderer = Renderer(user_agent="Scanlane/0.1", limits=LIMITS)
    async with renderer.held():
        yield renderer


@pytest_asyncio.fixture(loop_scope="module")
async def inside() -> AsyncIterator[RawServer]:
    """A server that no page may reach, on every address of this machine."""
    async with serving(sending(answer(body=b"inside")), host="::") as server:
        yield server


def page(markup: str, url: str = HOME) -> Fetched:
    """A page as it was fetched."""
    return Fetched(url=url, status=200, content_type="text/html", body=markup.encode())


class Files:
    """Files of the site; `asked` lists what pages asked for."""

    def __init__(self, **files: str) -> None:
        self._files = {HOME + name.replace("_", "."): body for name, body in files.items()}
        self.asked: list[str] = []

    async def answer(self, url: str, _: str) -> Fetched:
        """One request of a page."""
        self.asked.append(url)
        if url not in self._files:
            raise FetchFailed
        return Fetched(url=url, status=200, content_type="text/javascript", body=self._files[url].encode())


class TestRendering:
    async def test_what_only_a_script_writes_is_in_the_markup(self, renderer: Renderer) -> None:
        files = Files(
            main_js="fetch('/data.json').then(r => r.text()).then(t => root.textContent = t)", data_json="hi@b"
        )

        markup = await renderer.render(page("<div id=root></div><script src=/main.js></script>"), files.answer)

        assert '<div id="root">hi@b</div>' in markup
        assert files.asked == [HOME + "main.js", HOME + "data.json"]

    async def test_a_page_cannot_lead_away_from_itself(self, renderer: Renderer) -> None:
        files = Files()

        markup = await renderer.render(page("<p>here</p><script>location = '/elsewhere'</script>"), files.answer)

        assert "<p>here</p>" in markup
        assert files.asked == []

    async def test_only_reading_requests_of_scripts_are_answered(self, renderer: Renderer) -> None:
        files = Files(ok_js="ok")
        markup = """<link rel=stylesheet href=/a.css><img src=/a.png><video src=/a.mp4></video>
            <iframe src=/a.html></iframe><script>fetch('/post', {method: 'POST', body: 'x'});
            navigator.sendBeacon('/beacon', 'x'); new EventSource('/events'); fetch('/ok.js')</script>"""

        await renderer.render(page(markup), files.answer)

        assert files.asked == [HOME + "ok.js"]

    async def test_requests_are_counted(self, renderer: Renderer) -> None:
        files = Files()

        await renderer.render(page("<script>for (let i = 0; i < 50; i++) fetch('/' + i)</script>"), files.answer)

        assert len(files.asked) == LIMITS.requests

    async def test_markup_is_cut_in_the_browser_whatever_the_page_did_to_its_functions(
        self, renderer: Renderer
    ) -> None:
        tricks = "String.prototype.slice = () => 'tricked'; document.body.append('x'.repeat(1000000))"

        markup = await renderer.render(page(f"<body><p>here</p><script>{tricks}</script>"), Files().answer)

        assert "<p>here</p>" in markup
        assert len(markup) == LIMITS.longest_markup

    async def test_a_page_cannot_call_anybody(self, renderer: Renderer) -> None:
        look = "document.body.title = typeof RTCPeerConnection + typeof frames[0].RTCPeerConnection"

        markup = await renderer.render(page(f"<body><iframe></iframe><script>{look}</script>"), Files().answer)

        assert 'title="undefinedundefined"' in markup


class TestDeadline:
    async def test_a_page_that_loops_forever_ends_at_its_deadline(self, renderer: Renderer) -> None:
        with pytest.raises(RenderFailed, match=r"not done with its scripts after 2\.5 seconds"):
            await renderer.render(page("<script>while (true) {}</script>"), Files().answer)

        assert "<p>next</p>" in await renderer.render(page("<p>next</p>"), Files().answer)

    async def test_a_page_that_asks_forever_shows_what_it_has(self, renderer: Renderer) -> None:
        script = "const again = () => fetch('/x').catch(again); again()"

        assert "<p>here</p>" in await renderer.render(page(f"<p>here</p><script>{script}</script>"), Files().answer)


CALL = """<script>
const call = new RTCPeerConnection({iceServers: [{urls: 'stun:STUN'}]})
call.createDataChannel('x')
call.createOffer().then(offer => call.setLocalDescription(offer))
</script>"""


def attempts(address: str, stun: str) -> str:
    """A page that tries every way to an address."""
    markup = (Path(__file__).parent / "attempts.html").read_text()
    return markup.replace("ADDRESS", address).replace("STUN", stun)


def own_address() -> str:
    """An address of this machine from which datagrams to elsewhere would leave: calls avoid loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def stun_of(datagrams: socket.socket) -> str:
    """Where it listens."""
    host, port = datagrams.getsockname()
    return f"{host}:{port}"


@pytest.fixture
def datagrams() -> Iterator[socket.socket]:
    """A socket that no page may send to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((own_address(), 0))
        listening.setblocking(False)
        yield listening


class TestWalls:
    async def _reached(self, inside: RawServer, datagrams: socket.socket) -> int:
        """How many came inside; a control shows that the way is open for others."""
        accepted = inside.accepted
        _, writer = await asyncio.open_connection("127.0.0.1", inside.port)
        writer.close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            control.sendto(b"control", datagrams.getsockname())
        first = await asyncio.get_running_loop().sock_recv(datagrams, 100)
        assert first == b"control"
        return accepted

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    async def test_no_attempt_of_a_page_reaches_the_inside(
        self, renderer: Renderer, inside: RawServer, datagrams: socket.socket, host: str
    ) -> None:
        files = Files()
        hostile = attempts(f"{host}:{inside.port}", stun_of(datagrams))

        markup = await renderer.render(page(hostile), files.answer)

        assert "made 1" in markup
        assert await self._reached(inside, datagrams) == 0
        assert {url.rpartition("/")[2] for url in files.asked} >= {"1", "5", "o"}

    async def test_the_walls_hold_even_for_requests_that_nobody_intercepts(
        self, inside: RawServer, datagrams: socket.socket
    ) -> None:
        hostile = attempts(f"127.0.0.1:{inside.port}", stun_of(datagrams))

        async with launched(chromium_or_skip()) as browser:
            opened = await browser.new_page()
            await opened.set_content(CALL.replace("STUN", stun_of(datagrams)))
            await opened.wait_for_function("call.iceGatheringState === 'complete'", timeout=15_000)
            await opened.set_content(hostile, wait_until="commit")
            with pytest.raises(Exception, match="ERR_"):
                await opened.goto(f"http://127.0.0.1:{inside.port}/", timeout=5000)

        assert await self._reached(inside, datagrams) == 0

    async def test_a_page_of_the_inside_itself_comes_from_us_only(self, renderer: Renderer, inside: RawServer) -> None:
        own = f"http://127.0.0.1:{inside.port}/"

        markup = await renderer.render(page("<p>ours</p><script>fetch('/x')</script>", own), Files().answer)

        assert "<p>ours</p>" in markup
        assert inside.accepted == 0


class TestProcesses:
    async def test_a_browser_that_died_is_started_again(self, renderer: Renderer) -> None:
        await renderer.render(page("<p>first</p>"), Files().answer)
        before = browsers(os.getpid())

        os.kill(min(before), signal.SIGKILL)
        have_ended({min(before)})

        assert "<p>again</p>" in await renderer.render(page("<p>again</p>"), Files().answer)
        assert not before & browsers(os.getpid())

    async def test_the_last_user_ends_the_browser(self) -> None:
        chromium_or_skip()
        known = browsers(os.getpid())
        renderer = Renderer(user_agent="Scanlane/0.1", limits=LIMITS)

        async with renderer.held():
            assert browsers(os.getpid()) == known
            async with renderer.held():
                await renderer.render(page("<p>x</p>"), Files().answer)
            started = browsers(os.getpid()) - known

        assert started
        assert have_ended(started)

    async def test_nothing_is_left_when_the_process_is_killed(self) -> None:
        chromium_or_skip()
        command = [sys.executable, "-m", "tests.scanlane.clients.holding_a_browser"]
        roots = [str(Path(scanlane.__file__).parents[1]), str(Path(__file__).parents[3])]
        env = {"PYTHONPATH": os.pathsep.join(roots), "PATH": os.environ["PATH"]}
        holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=env)
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"rendered\n"
        started = browsers(holder.pid)

        holder.kill()
        await holder.wait()

        assert started
        assert have_ended(started)


class TestMissing:
    async def test_a_browser_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(RendererMissing, match="SCANLANE_CHROMIUM"):
            find_chromium(tmp_path / "none")

    async def test_without_playwright_the_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "playwright", None)

        with pytest.raises(RendererMissing, match=r"scanlane\[render\]"):
            find_chromium()

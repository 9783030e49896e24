"""`scanlane serve` and `scanlane work`: processes that run until they are told to stop."""

import asyncio
import contextlib
import gc
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import typer
import uvicorn
from fastapi import FastAPI

from scanlane.auth.caller import Caller
from scanlane.auth.token_signing import SCOPES
from scanlane.clients.address_guard import parse_networks
from scanlane.commands.terminal import err, run, tell_if_anonymous
from scanlane.crew import Crew, make_quarantined
from scanlane.errors import AppError, BadInput
from scanlane.main import create_app, wind_down
from scanlane.services.metrics import count
from scanlane.services.web_sessions import issue_code
from scanlane.settings import Settings
from scanlane.wiring import Wiring, wired
from worklane.nursery import Nursery
from worklane.quarantine import until_the_parent_is_gone

WHO, OWN_TENANT = "cli", "local"
ALL_SCOPES = (*SCOPES, "operate")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class CannotServe(AppError):
    """The server cannot listen there."""


class _Server(uvicorn.Server):
    """A server whose signals are ours: the house winds down first, so that waiting clients do not keep it open."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with stopped_by_signals(self._stop):
            yield

    def _stop(self, again: bool) -> None:
        if isinstance(self.config.app, FastAPI):
            wind_down(self.config.app, at_once=again)
        self.force_exit = again
        self.should_exit = True


async def serve(
    settings: Settings, *, host: str, port: int, works: bool, allow_remote: bool, nursery: Nursery | None = None
) -> None:
    """Serve the HTTP API until SIGTERM or Ctrl-C."""
    if not (allow_remote or is_loopback(host)):
        raise BadInput(f"{host} can be reached from other machines; say --allow-remote if that is wanted", field="host")
    parse_networks(settings.allow_networks)
    with _listening(host, port) as listening:
        async with wired(settings, nursery=nursery) as wiring:
            hosts = None if allow_remote else ("localhost", "127.0.0.1", "[::1]", host)
            app = create_app(settings, works=works, allowed_hosts=hosts, wiring=wiring)
            tell_if_anonymous(settings)
            server = _Server(_config(app, settings))
            err.print(f"Serving on http://{host}:{port} (documentation at /docs). A token: scanlane token create")
            if sys.stderr.isatty():
                await _print_link(wiring, f"http://{host}:{port}")
            await server.serve(sockets=[listening])


async def print_sign_in_link(settings: Settings, address: str, caller: Caller) -> None:
    """Make a link that signs this caller in at a server of that address, once, and print it."""
    async with wired(settings) as wiring:
        async with wiring.sessions.begin() as session:
            code = await issue_code(session, caller)
        print(_link(address, code))  # noqa: T201 - the output itself


async def _print_link(wiring: Wiring, address: str) -> None:
    """The way in for who sits at the terminal. Only there: a log must not hold a key."""
    async with wiring.sessions.begin() as session:
        code = await issue_code(session, Caller(WHO, OWN_TENANT, frozenset(ALL_SCOPES)))
    err.print(f"Sign in (works once, for ten minutes): {_link(address, code)}", soft_wrap=True)


def _link(address: str, code: str) -> str:
    # The fragment stays in the browser: no server and no proxy on the way logs it.
    return f"{address.rstrip('/')}/sign-in#code={code}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def work(settings: Settings, *, concurrency: int | None, nursery: Nursery | None = None) -> None:
    """Run a worker until SIGTERM or Ctrl-C; a second signal stops at once."""
    parse_networks(settings.allow_networks)
    async with wired(settings, nursery=nursery) as wiring:
        crew = Crew.of(wiring, concurrency=concurrency, listener=count)
        # What was imported lives as long as the process: the garbage collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        with stopped_by_signals(lambda again: crew.stop(at_once=again)):
            tell_if_anonymous(settings)
            err.print("Working. Stop with Ctrl-C: unfinished jobs are handed back.")
            await crew.run()


def quarantines(settings: Settings) -> Nursery:
    """Where quarantines are forked, each told its lane. To be made before anything else, and closed at the end."""

    def program(lane: str) -> None:
        try:
            run(quarantine(settings, lane))
        except typer.Exit as end:
            raise SystemExit(end.exit_code) from None

    return Nursery(program)


async def quarantine(settings: Settings, lane: str) -> None:
    """Run suspects of this lane one after the other until none is left, or the worker that wanted it is gone."""
    async with wired(settings, migrate=False) as wiring:
        worker = make_quarantined(wiring, lane, listener=count)
        orphaned = asyncio.create_task(until_the_parent_is_gone())
        orphaned.add_done_callback(lambda _: worker.stop(at_once=True))
        with stopped_by_signals(lambda again: worker.stop(at_once=again)):
            await worker.run()
        orphaned.cancel()


@contextlib.contextmanager
def stopped_by_signals(stop: Callable[[bool], None]) -> Iterator[None]:
    """Call `stop` at SIGINT and SIGTERM while the block runs; from the second signal on with True."""
    loop, told = asyncio.get_running_loop(), False

    def on_signal() -> None:
        nonlocal told
        stop(told)
        told = True

    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}: {error.strerror}") from error
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}") from error
        yield listening


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, int(settings.grace_seconds) - 1),
        h11_max_incomplete_event_size=64 * 1024,
    )

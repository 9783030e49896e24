"""`scanlane serve` and `scanlane work`: processes that run until they are told to stop."""

import asyncio
import ipaddress
import signal
from types import FrameType

import uvicorn
from fastapi import FastAPI

from scanlane.commands.terminal import err
from scanlane.crew import Crew
from scanlane.errors import AppError, BadInput
from scanlane.main import create_app, wind_down
from scanlane.services.metrics import count
from scanlane.settings import Settings
from scanlane.wiring import wired


class CannotServe(AppError):
    """The server cannot listen there."""


class _Server(uvicorn.Server):
    """Winds the house down at the first signal, so that waiting clients do not keep it from stopping."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        app = self.config.app
        if isinstance(app, FastAPI):
            wind_down(app, at_once=self.should_exit)
        super().handle_exit(sig, frame)


def serve(settings: Settings, *, host: str, port: int, works: bool, allow_remote: bool) -> None:
    """Serve the HTTP API until SIGTERM or Ctrl-C."""
    if not (allow_remote or is_loopback(host)):
        raise BadInput(f"{host} can be reached from other machines; say --allow-remote if that is wanted", field="host")
    hosts = None if allow_remote else ("localhost", "127.0.0.1", "[::1]", host)
    app = create_app(settings, works=works, allowed_hosts=hosts)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.grace_seconds) + 5,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = _Server(config)
    try:
        asyncio.run(server.serve())
    except KeyboardInterrupt:
        return
    except SystemExit:
        raise CannotServe(f"cannot listen on {host}:{port}; is the port in use?") from None
    if not server.started:
        raise CannotServe("the server did not start; the log says why")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def work(settings: Settings, *, concurrency: int | None) -> None:
    """Run a worker until SIGTERM or Ctrl-C; a second signal stops at once."""
    async with wired(settings) as wiring:
        crew = Crew.of(wiring, concurrency=concurrency, listener=count)
        _stop_on_signals(crew)
        err.print("Working. Stop with Ctrl-C: unfinished jobs are handed back.")
        await crew.run()


def _stop_on_signals(crew: Crew) -> None:
    loop = asyncio.get_running_loop()
    told = False

    def stop() -> None:
        nonlocal told
        crew.stop(at_once=told)
        told = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)

"""How PostgreSQL's programs are started: by direct execution, in a clean environment, and never outliving us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scanlane.session.embedded.binaries import Binaries
from scanlane.session.embedded.place import Place
from scanlane.session.embedded.protocol import PORT

PR_SET_PDEATHSIG = 1
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def clean_environment() -> dict[str, str]:
    """What the programs see: no PG* variable and no locale of the caller's."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def dies_with_its_parent(by: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes the program: ask the kernel for this signal when its parent is gone.

    Only Linux knows this. Elsewhere a server whose supervisor was killed goes on; the next supervisor stops it.
    """
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return ask_the_kernel


def start_server(place: Place, binaries: Binaries, socket_dir: Path, *, held: int) -> "subprocess.Popen[bytes]":
    """Start the server as our own child, holding the server lock. Its first words go to the supervisor's log."""
    command = [str(binaries.postgres), "-D", str(place.pgdata), *_arguments(place, socket_dir)]
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        command,
        stdin=subprocess.DEVNULL,
        env=clean_environment(),
        pass_fds=(held,),
        preexec_fn=dies_with_its_parent(signal.SIGINT),
    )


def _arguments(place: Place, socket_dir: Path) -> list[str]:
    """No network, no other user, no values of ours in the log, a week of logs, and short crash recoveries.

    What makes commits durable (fsync, full_page_writes, synchronous_commit, checksums) keeps its default: on.
    """
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{socket_dir}"',
        "unix_socket_permissions": "0700",
        "cluster_name": "scanlane",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "max_wal_size": "512MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_destination": "stderr",
        "log_directory": str(place.log),
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_file_mode": "0600",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
    }
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _load_prctl() -> "Callable[..., int] | None":
    if not sys.platform.startswith("linux"):
        return None
    return ctypes.CDLL(None, use_errno=True).prctl


# Loaded before any fork, so that the child calls nothing but what is ready.
_prctl = _load_prctl()

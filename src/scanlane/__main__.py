"""The way in: `scanlane`, or `python -m scanlane`. Imports nothing that takes time before Ctrl-C ends it quietly."""

import signal


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scanlane import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()

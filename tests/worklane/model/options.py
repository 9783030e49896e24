"""How many stories the machine plays: `python -m pytest -p tests.worklane.model.options --stories 10000 ...`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --stories."""
    parser.addoption("--stories", type=int, default=600, help="how many stories the state machines play")

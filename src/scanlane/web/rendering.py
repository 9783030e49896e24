"""Pages made of templates. Every value is escaped; what was crawled is a stranger's text and is shown as text only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from worklane.clock import now

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NOTHING: Mapping[str, object] = MappingProxyType({})
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def web_link(url: object) -> str | None:
    """The URL, if a browser may be sent there: http and https only."""
    text = str(url or "")
    return text if text.lower().startswith(("http://", "https://")) else None


def ago(moment: datetime | None) -> str:
    """How long ago a moment was, roughly."""
    if moment is None:
        return ""
    span = max(now() - moment, timedelta())
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def span(seconds: float) -> str:
    """A length of time, roughly."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def grouped(number: int | None) -> str:
    """A number with a thin space between thousands."""
    return "" if number is None else f"{number:,}".replace(",", "\u2009")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(web_link=web_link, ago=ago, grouped=grouped, span=span)
    return environment


_TEMPLATES = _environment()


def fragment(name: str, values: Mapping[str, object]) -> str:
    """A piece of a page."""
    return _TEMPLATES.get_template(name).render(values)


def page(request: Request, name: str, values: Mapping[str, object] = NOTHING, *, status: int = 200) -> HTMLResponse:
    """A whole page. `caller`, if the request was let in, is known to every template."""
    known = {"path": request.url.path, "caller": getattr(request.state, "caller", None), **values}
    return HTMLResponse(fragment(name, known), status_code=status, headers=HEADERS)

"""The pages for people, as an application of their own inside the API's: errors are pages here, not documents."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from scanlane.errors import AppError
from scanlane.web import contacts, domains, jobs, pipeline, places, scans, settings_page, sign_in
from scanlane.web.gate import NotSignedIn
from scanlane.web.rendering import page

STATIC = Path(__file__).parent / "static"
NOT_PAGES = ("/api", "/docs", "/health", "/metrics", "/openapi.json", "/bot")
SECTIONS = (sign_in, scans, jobs, domains, contacts, places, pipeline, settings_page)


class _Pages(Mount):
    """The pages take every path but those of the API, which answers for its own: 404 and 405 are documents there."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the pages answer this request."""
        path = scope["path"]
        is_theirs = any(path == name or path.startswith(f"{name}/") for name in NOT_PAGES)
        return (Match.NONE, {}) if is_theirs else super().matches(scope)


def install(app: FastAPI) -> None:
    """Serve the pages at every path that the API does not have. They share the application's state."""
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    site.state = app.state
    site.mount("/static", StaticFiles(directory=STATIC), name="static")
    for section in SECTIONS:
        site.include_router(section.router)
    site.add_exception_handler(NotSignedIn, _to_the_gate)
    site.add_exception_handler(AppError, _told)
    site.add_exception_handler(RequestValidationError, _unusable)
    site.add_exception_handler(HTTPException, _http)
    app.router.routes.append(_Pages("/", app=site, name="pages"))


async def _to_the_gate(request: Request, error: Exception) -> Response:
    del error
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse("/sign-in", status_code=303)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return _problem(request, error.status, error.message)


async def _unusable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = " ".join(str(part) for part in first["loc"][1:]) or "the request"
    return _problem(request, 422, f"{name}: {first['msg'].removeprefix('Value error, ')}")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code, str(error.detail))


def _problem(request: Request, status: int, sentence: str) -> Response:
    name = "_problem.html" if "hx-request" in request.headers else "problem.html"
    return page(request, name, {"sentence": sentence, "code": status}, status=status)

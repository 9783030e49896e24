"""Errors as problem+json (RFC 9457): one sentence, and the field that is wrong."""

import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from scanlane.errors import AppError, BadInput, Unavailable
from scanlane.session.async_session import passes_by_itself

# Where in a request a value stands: the first part of its location, which is no part of its name.
PLACES = ("body", "path", "query", "header")

log = logging.getLogger("scanlane")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """One problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json", headers=headers)


async def _app_error(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, AppError)
    headers = dict(getattr(error, "headers", {}) or {})
    if isinstance(error, Unavailable):
        headers.setdefault("Retry-After", "2")
    if isinstance(error, BadInput) and error.field:
        return problem(error.status, error.message, headers=headers, errors=[_named(error.field, error.message)])
    return problem(error.status, error.message, headers=headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, RequestValidationError)
    errors = [_named(_field(one), one["msg"].removeprefix("Value error, ")) for one in error.errors()[:20]]
    first = errors[0] if errors else _named("body", "cannot be read")
    return problem(422, f"{first['field']}: {first['message']}", errors=errors)


async def _http(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, HTTPException)
    detail, headers = str(error.detail), dict(error.headers or {})
    if error.status_code in (400, 408, 413):
        message = detail.removeprefix("body: ")
        return problem(error.status_code, f"body: {message}", headers=headers, errors=[_named("body", message)])
    return problem(error.status_code, detail, headers=headers)


async def _database(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, PoolTimeout | OSError) or passes_by_itself(error):
        return await _app_error(request, Unavailable())
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    if state.startswith("22"):
        return problem(422, "a value cannot be stored")
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    request_id = uuid4().hex
    log.error("unexpected error request=%s path=%s", request_id, request.url.path, exc_info=error)
    return problem(500, "something went wrong here; it has been noted", request_id=request_id)


def _named(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def _field(error: dict[str, Any]) -> str:
    location: tuple[int | str, ...] = error["loc"]
    if error["type"] == "json_invalid":
        return "body"
    names = [str(part) for number, part in enumerate(location) if number or part not in PLACES]
    return ".".join(names) or str(location[0] if location else "body")

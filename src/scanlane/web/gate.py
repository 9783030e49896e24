"""The gate of the pages: the cookie says who is signed in, and only our own pages may change anything."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from scanlane.auth.caller import Caller, Forbidden
from scanlane.errors import AppError
from scanlane.services import web_sessions
from scanlane.services.house import House
from scanlane.services.web_sessions import SESSION_LIFE

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})


class NotSignedIn(AppError):
    """You are not signed in, or have been for too long."""

    status = 401


def house(request: Request) -> House:
    """The application's house."""
    found: House = request.app.state.house
    return found


InHouse = Annotated[House, Depends(house)]


def from_our_pages(request: Request) -> None:
    """Raise Forbidden when another site's page sends a request that changes something."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    is_ours = site in OWN_SITES if site is not None else urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours:
        raise Forbidden("this request does not come from a page of this server")


async def signed_in(request: Request, house: InHouse) -> Caller:
    """Who is signed in. Raises NotSignedIn; Forbidden for a request of another site's page."""
    from_our_pages(request)
    key = request.cookies.get(cookie_name(request))
    if key is None:
        raise NotSignedIn
    async with house.sessions() as session:
        caller = await web_sessions.find_caller(session, key)
    if caller is None:
        raise NotSignedIn
    request.state.caller = caller
    return caller


SignedIn = Annotated[Caller, Depends(signed_in)]


def cookie_name(request: Request) -> str:
    """The name of the session's cookie; under TLS one that browsers guard (RFC 6265bis, section 4.1.3.2)."""
    return "__Host-scanlane" if _is_secure(request) else "scanlane"


def give_cookie(request: Request, response: Response, key: str) -> None:
    """Let the browser keep the session's key: scripts do not see it, other sites' pages do not send it."""
    response.set_cookie(
        cookie_name(request),
        key,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        secure=_is_secure(request),
        samesite="strict",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(cookie_name(request), httponly=True, secure=_is_secure(request), samesite="strict")


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"

"""Signing in and out: by the one-time link that `serve` prints, or by a token of the API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.auth.caller import NotAuthenticated
from scanlane.auth.jwt_auth import TokenVerifier
from scanlane.services import web_sessions
from scanlane.web.gate import InHouse, SignedIn, cookie_name, from_our_pages, give_cookie, take_cookie
from scanlane.web.rendering import page

LONGEST_SECRET = 8192

router = APIRouter()
Secret = Annotated[str, Form(max_length=LONGEST_SECRET)]


@router.get("/sign-in")
async def sign_in_page(request: Request) -> HTMLResponse:
    """The way in. A code in the URL's fragment never reaches a server's log: a script sends it as a form."""
    return page(request, "sign_in.html", {"error": None})


@router.post("/sign-in", dependencies=[Depends(from_our_pages)])
async def sign_in(request: Request, house: InHouse, token: Secret = "", code: Secret = "") -> Response:
    """Open a session for who has a code or a token."""
    try:
        async with house.sessions.begin() as session:
            if code:
                key = await web_sessions.sign_in_by_code(session, code.strip())
            else:
                verifier: TokenVerifier = request.app.state.verifier
                key = await web_sessions.sign_in(session, await verifier.verify(token.strip()))
    except (web_sessions.CodeUsedUp, NotAuthenticated) as error:
        return page(request, "sign_in.html", {"error": error.message}, status=error.status)
    response = RedirectResponse("/", status_code=303)
    give_cookie(request, response, key)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, caller: SignedIn, house: InHouse) -> Response:
    """End the session."""
    del caller
    async with house.sessions.begin() as session:
        await web_sessions.sign_out(session, request.cookies[cookie_name(request)])
    response = RedirectResponse("/sign-in", status_code=303)
    take_cookie(request, response)
    return response

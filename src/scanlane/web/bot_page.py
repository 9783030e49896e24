"""The page for owners of websites: who visits them, how to keep the visitor out, how to be forgotten."""

from html import escape

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from scanlane.services.site_access import product_token
from scanlane.settings import Settings

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>About our crawler</title>
<style>body {{ font: 1rem/1.5 sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}</style>
</head>
<body>
<h1>About our crawler</h1>
<p>A visitor that calls itself <code>{agent}</code> reads public pages of websites, contact and legal pages first,
to find out how their businesses can be reached. It fetches few pages, slowly, each once, and never fills in a form or
passes a login, a captcha or a block.</p>
<h2>Keeping it out</h2>
<p>It obeys <code>robots.txt</code> (RFC 9309). To keep it out of your whole site, write there:</p>
<pre>User-agent: {token}
Disallow: /</pre>
<h2>Opting out</h2>
<p>{contact} Your domain is then never visited again, and what was found there is deleted. A person may ask for the same
for an address or a number: it is deleted and never stored again. Of such a request only a digest is kept.</p>
</body>
</html>
"""
ASK = 'Write to the operator of this crawler; how, is said at <a href="{url}">{url}</a>.'
ASK_HERE = "Write to the operator of this server."


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the page at /bot."""
    router = APIRouter(include_in_schema=False)
    page = render(settings)

    @router.get("/bot")
    async def bot() -> HTMLResponse:
        """What the crawler is."""
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    app.include_router(router)


def render(settings: Settings) -> str:
    """The page, for these settings."""
    url = settings.contact_url
    contact = ASK_HERE if url is None else ASK.format(url=escape(url))
    agent = settings.user_agent
    return PAGE.format(agent=escape(agent), token=escape(product_token(agent)), contact=contact)

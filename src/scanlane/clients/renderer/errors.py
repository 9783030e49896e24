"""What can go wrong when a page is rendered."""

from scanlane.clients.website_errors import FetchFailed


class RenderFailed(FetchFailed):
    """The page cannot be rendered."""


class RendererMissing(RenderFailed):
    """Rendering needs Playwright (install scanlane[render]) and Chromium (set SCANLANE_CHROMIUM if it is not found)."""

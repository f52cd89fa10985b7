"""All that a certificate may load: bytes held in memory under `asset:` addresses (TRUST.md 1).

WeasyPrint is imported here, so this module is imported inside the functions that render.
"""

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .fonts import NAMES, font_bytes


class AssetFetcher(URLFetcher):
    """Answers `asset:<font>` and stops the rendering at any other address: no network, no file, no data.

    Pictures need no fetching: they are finished PDF objects that wait in the batch's image cache.
    """

    def __init__(self):
        super().__init__(allowed_protocols={"asset"}, allow_redirects=False)

    def fetch(self, url: str, headers=None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme != "asset" or name not in NAMES:
            raise FatalURLFetchingError(f"A certificate may not load {url[:200]!r}.")
        return URLFetcherResponse(url, font_bytes(name), {"Content-Type": "font/ttf"})

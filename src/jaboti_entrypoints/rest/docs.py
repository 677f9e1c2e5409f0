"""/openapi.json, and /docs: Swagger UI, every byte of it from here."""

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jaboti_entrypoints.rest.answer import Answer
from jaboti_entrypoints.rest.route import Access, Call, Route

PAGE = b"""<!DOCTYPE html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jaboti</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/swagger-ui-standalone-preset.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = b"""window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
});
"""
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui-standalone-preset.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


def documentation_routes(document: Callable[[], bytes]) -> list[Route[None]]:
    """The document as JSON, the page that shows it, and what the page loads."""

    async def openapi(call: Call[None]) -> Answer:
        return _kept(call, document(), "application/json", b"no-cache")

    async def page(_: Call[None]) -> Answer:
        return Answer(PAGE, headers=((b"content-security-policy", POLICY),), media_type=b"text/html; charset=utf-8")

    async def start(call: Call[None]) -> Answer:
        return _kept(call, START, "text/javascript; charset=utf-8")

    async def asset(call: Call[None]) -> Answer:
        name: str = call.scope["path"].rpartition("/")[2]
        return _kept(call, _asset(name), ASSETS[name])

    return [
        _route("/openapi.json", openapi),
        _route("/docs", page),
        _route("/docs/start.js", start),
        *(_route(f"/docs/{name}", asset) for name in ASSETS),
    ]


def _route(path: str, endpoint: Callable[[Call[None]], Awaitable[Answer]]) -> Route[None]:
    return Route(
        method="GET",
        path=path,
        endpoint=endpoint,
        access=Access.ANYONE,
        answers={},
        tag="docs",
        summary="Documentation",
        documented=False,
        counted=False,
    )


def _kept(call: Call[None], body: bytes, media_type: str, cache_control: bytes = b"public, max-age=86400") -> Answer:
    tag = b'"%b"' % _digest(body)
    named = ((b"etag", tag), (b"cache-control", cache_control))
    if call.header(b"if-none-match").encode("latin-1") == tag:
        return Answer(b"", 304, named)
    return Answer(body, headers=named, media_type=media_type.encode())


@cache
def _asset(name: str) -> bytes:
    return (files("swagger_ui") / "static" / name).read_bytes()


@cache
def _digest(body: bytes) -> bytes:
    return sha256(body).hexdigest()[:32].encode()

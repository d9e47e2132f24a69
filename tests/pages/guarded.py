"""What every page of the house tells a browser."""

from collections.abc import Mapping

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default gatehouse",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_guarded(headers: Mapping[str, str]) -> None:
    parts = headers["Content-Security-Policy"].split(";")
    assert dict(part.strip().partition(" ")[::2] for part in parts) == POLICY
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert headers["X-Frame-Options"] == "DENY"
    permissions = headers["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(permissions.split(", "))

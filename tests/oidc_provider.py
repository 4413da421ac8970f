"""An OpenID Connect provider on the loopback: the authorisation code flow with PKCE and a signed ID token.

It asks nobody for anything: whoever comes is the person whose claims are set.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "plan-register", "a secret of the tests"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "of-the-tests"


class Provider:
    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.signing_key: Any = KEY
        self.codes: dict[str, dict[str, str]] = {}
        self.url = ""

    def authorise(self, asked: dict[str, str]) -> str:
        """Return where the person is sent back to, with a code."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code, once, to the client that knows the secret and the verifier."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT_ID, SECRET)
        if asked is None or not known or asked["code_challenge"] != challenge:
            return None
        return {
            "access_token": "unused",
            "token_type": "Bearer",
            "id_token": self.signed(self.claims),
        }

    def signed(self, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        """Return a token of the provider, for this client and five minutes. A claim that is None is left out."""
        now = int(time.time())
        about = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **claims}
        said = {name: value for name, value in about.items() if value is not None}
        key = None if algorithm == "none" else self.signing_key
        return jwt.encode(said, key, algorithm, headers={"kid": KEY_ID})

    @property
    def documents(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorise",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]},
        }


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorise":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorise(asked))
                self.end_headers()
            else:
                self.answer(provider.documents.get(parts.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(provider.token({name: each[0] for name, each in parse_qs(body).items()}))

        def answer(self, data: Any) -> None:
            self.send_response(200 if data else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(data or {"error": "refused"}).encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    # As its app does, which is installed only where the settings name an organisation.
    from allauth.socialaccount.providers import registry
    from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

    registry.register(OpenIDConnectProvider)
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A proxy before an S3 server that refuses, drops or delays what a test wants, and counts what passes."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

Does = Literal[
    "SlowDown", "InternalError", "AccessDenied", "ExpiredToken", "NoSuchBucket", "drop", "cut", "stall", "flip", "page"
]
_STATUSES = {"SlowDown": 503, "InternalError": 500, "AccessDenied": 403, "ExpiredToken": 400, "NoSuchBucket": 404}
_LEAKS = "a text of the server's with a made-up-signature in it"


@dataclass
class Fault:
    """What happens to a request instead of its being answered.

    Attributes:
        does: The code of an error, or what becomes of the connection: it is closed, closed within the response's
            body, nothing comes, a byte of the body is another, or a page for people comes with a 200.
        method: Of which requests; of all where empty.
        key: What their path has in it.
        times: How often; always where None.
    """

    does: Does
    method: str = ""
    key: str = ""
    times: int | None = None


@dataclass
class FaultyProxy:
    """Between a client and an S3 server.

    Attributes:
        upstream: The server's address.
        faults: What is to happen.
        requests: What was asked, such as `PUT /bucket/key`; a listing is a `LIST`.
    """

    upstream: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def count(self) -> Counter[str]:
        """How many requests of each kind there were."""
        return Counter(request.split(" ", 1)[0] for request in self.requests)

    def take_fault(self, method: str, path: str) -> Does | None:
        """Notes a request, and what is to happen to it."""
        query = parse_qs(urlsplit(path).query)
        kind = "LIST" if method == "GET" and "list-type" in query else method
        place = unquote(urlsplit(path).path)
        if "prefix" in query:
            place = f"{place.rstrip('/')}/{query['prefix'][0]}"
        with self._lock:
            self.requests.append(f"{kind} {place}")
            for fault in self.faults:
                if fault.method in ("", kind) and fault.key in place and fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault.does
        return None

    def wait(self) -> None:
        """As long as the test lasts."""
        over = self._over
        over.wait()

    def stop_waiting(self) -> None:
        """Lets everybody go who waits."""
        self._over.set()
        self._over = threading.Event()


@contextmanager
def proxied(upstream: str, *faults: Fault) -> Iterator[FaultyProxy]:
    """A proxy on a free port."""
    proxy = FaultyProxy(upstream, list(faults))

    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop_waiting()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def do_GET(self) -> None:
        self._pass_on()

    do_PUT = do_HEAD = do_DELETE = do_POST = do_GET  # noqa: N815 - names of the base class

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _pass_on(self) -> None:
        announced = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(announced)
        if len(body) < announced:  # the client was killed: S3 keeps nothing of a body that did not come whole
            self.close_connection = True
            return
        does = self.proxy.take_fault(self.command, self.path)
        if does in _STATUSES:
            xml = f"<Error><Code>{does}</Code><Message>{_LEAKS}</Message></Error>".encode()
            self._send(_STATUSES[does], {"Content-Type": "application/xml"}, xml)
        elif does == "page":
            self._send(200, {"Content-Type": "text/html"}, b"<html><body>Please sign in.</body></html>")
        elif does in ("drop", "stall"):
            if does == "stall":
                self.proxy.wait()
            self.close_connection = True
        else:
            self._answer(body, cut=does == "cut", flip=does == "flip")

    def _answer(self, body: bytes, *, cut: bool, flip: bool) -> None:
        connection = http.client.HTTPConnection(self.proxy.upstream.removeprefix("http://"), timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        data = response.read()
        kept = {n: v for n, v in response.getheaders() if n.lower() not in ("transfer-encoding", "connection", "date")}
        connection.close()
        if self.command == "HEAD":
            self._send(response.status, kept, b"")
            return
        if flip:
            data = data[:9] + bytes([data[9] ^ 1]) + data[10:]
        kept["Content-Length"] = str(len(data))
        self._send(response.status, kept, data[: len(data) // 2] if cut else data)
        self.close_connection = self.close_connection or cut

    def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response(status)
        headers = {"Content-Length": str(len(data)), **headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

"""Another program that works under the same token: bursts of requests, again and again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import httpx

from campaign_assets.emulator.options import DEFAULT_TOKEN

BURST = 60
SECONDS = 10.25
"""From burst to burst: a little more than HubSpot's window, so that no window holds two of them."""
_BEFORE_ANOTHER_TRY = 1.0


class OtherProgram:
    """Sends a burst in every window while it is open; what is refused, it tries again.

    Attributes:
        requests: Requests that it has sent.
        refused: Those of them that were refused.
    """

    def __init__(self, url: str) -> None:
        self.requests = self.refused = 0
        self._url = f"{url}/account-info/v3/details"
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "OtherProgram":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        limits = httpx.Limits(max_connections=BURST, max_keepalive_connections=BURST)
        with httpx.Client(headers=headers, timeout=30, limits=limits) as http, ThreadPoolExecutor(BURST) as threads:
            while not self._ended.is_set():
                for _ in range(BURST):
                    threads.submit(self._send, http)
                self._ended.wait(SECONDS)

    def _send(self, http: httpx.Client) -> None:
        while not self._ended.is_set():
            refused = http.get(self._url).status_code == httpx.codes.TOO_MANY_REQUESTS
            with self._lock:
                self.requests += 1
                self.refused += refused
            if not refused:
                return
            self._ended.wait(_BEFORE_ANOTHER_TRY)

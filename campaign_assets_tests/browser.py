"""A browser that a test drives: Chromium without a window, told what to do over a pipe of its own.

Its protocol over file descriptors needs neither a port nor a library.
Source: Chrome DevTools Protocol, and `--remote-debugging-pipe` (reads from descriptor 3, writes to 4, each message ends
with a zero byte).
"""

import json
import os
import select
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"),
]
_TEXT = "document.body ? document.body.innerText : ''"
_CLICK = """(() => {{
  const kinds = "button, a, [role=tab], [role=menuitem], label, div, span", said = {text}
  const found = [...document.querySelectorAll(kinds)].filter(
    one => one.innerText?.trim() === said && one.getClientRects().length
  )
  found.find(one => !found.some(other => other !== one && one.contains(other)))?.click()
  return found.length
}})()"""


class Browser:
    """One page of a browser.

    Attributes:
        SECONDS: So long at most a page may take to show what is awaited.
    """

    SECONDS = 60.0

    def __init__(self, requests: int, responses: int) -> None:
        """Attaches to the page that the browser opens by itself.

        Args:
            requests: The descriptor that the browser reads from.
            responses: The one that it writes to.
        """
        self._requests, self._responses = requests, responses
        self._buffer = b""
        self._number = 0
        self._session: dict[str, str] = {}
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = {"sessionId": self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]}
        self.resize(1440, 900)

    def call(self, method: str, **params: Any) -> Mapping[str, Any]:
        """The result of a command of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.SECONDS
        while True:
            response = self._receive(deadline)
            if response.get("id") == self._number:
                assert "error" not in response, f"{method}: {response['error']}"
                result: Mapping[str, Any] = response["result"]
                return result

    def open(self, url: str) -> None:
        """Goes to a page; it may be loading still."""
        self.call("Page.navigate", url=url)

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def read(self) -> str:
        """The text that the page shows."""
        return str(self.evaluate(_TEXT))

    def wait_for(self, *texts: str, seconds: float | None = None) -> str:
        """The page's text, once it shows all of some texts."""
        deadline = time.monotonic() + (seconds or self.SECONDS)
        while True:
            shown = self.read()
            missing = [text for text in texts if text not in shown]
            if not missing:
                return shown
            assert time.monotonic() < deadline, f"never shown: {missing}; but:\n{shown}"
            time.sleep(0.1)

    def click(self, text: str) -> None:
        """Clicks on the first thing that shows just a text, as soon as there is one."""
        deadline = time.monotonic() + self.SECONDS
        while not self.evaluate(_CLICK.format(text=json.dumps(text))):
            assert time.monotonic() < deadline, f"nothing to click on shows {text!r}; but:\n{self.read()}"
            time.sleep(0.1)

    def type_text(self, text: str) -> None:
        """Types into whatever has the focus, over what is selected, and presses Enter."""
        self.call("Input.insertText", text=text)
        self.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13)

    def save_picture(self, path: Path) -> None:
        """A picture of what the window shows."""
        path.write_bytes(b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def resize(self, width: int, height: int) -> None:
        """Gives the window a size."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._responses], [], [], max(deadline - time.monotonic(), 0))
            assert ready, "the browser does not respond"
            read = os.read(self._responses, 1 << 20)
            assert read, "the browser has ended"
            self._buffer += read
        message, _, self._buffer = self._buffer.partition(b"\0")
        received: dict[str, Any] = json.loads(message)
        return received


@contextmanager
def opened_browser(folder: Path) -> Iterator[Browser]:
    """A browser, and its end.

    Args:
        folder: Where its profile and its log lie.
    """
    browser_reads, requests = os.pipe()
    responses, browser_writes = os.pipe()
    # The shell gives the descriptors the numbers that the browser expects.
    script = f'exec "$0" "$@" 3<&{browser_reads} 4>&{browser_writes}'
    command = [
        "/bin/bash",
        "-c",
        script,
        str(CHROMIUM),
        *_FLAGS,
        f"--user-data-dir={folder / 'browser'}",
        "about:blank",
    ]
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=log, stderr=log, pass_fds=(browser_reads, browser_writes)
        )
        os.close(browser_reads)
        os.close(browser_writes)
        try:
            yield Browser(requests, responses)
        finally:
            process.terminate()
            process.wait(timeout=30)
            os.close(requests)
            os.close(responses)

"""A port of this machine on which each connection is a function's business, in the clear or encrypted."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign_assets.network import Connections, Timeouts

TIMEOUTS = Timeouts(connect=5.0, read=5.0, write=5.0, pool=5.0)
Speak = Callable[[socket.socket], object]


@contextmanager
def listening(speak: Speak) -> Iterator[int]:
    """A port; each connection to it is handed over, and closed afterwards."""

    def hand_over(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client may have had enough
            speak(connection)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=hand_over, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def answer_encrypted(certificate: Path, response: bytes, asked: list[bytes]) -> Speak:
    """Answers every request on an encrypted connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def speak(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            while request := encrypted.recv(65_536):
                asked.append(request)
                encrypted.sendall(response)

    return speak


def ask(connections: Connections, times: int) -> list[bytes]:
    answers = []
    for _ in range(times):
        with connections.exchange("GET", "/", seconds=5.0) as response:
            answers.append(b"".join(response.list_pieces()))
    return answers


HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

"""A certificate for the tests that encrypt."""

import shutil
import subprocess
from pathlib import Path

import pytest

openssl = shutil.which("openssl")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost that only itself vouches for, and its key, in one file."""
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    words = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=proxied.test",
    ]
    names = ["-addext", "subjectAltName=DNS:localhost,DNS:proxied.test"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run([openssl, *words, *names, *files], check=True, capture_output=True)  # noqa: S603
    whole = folder / "both.pem"
    whole.write_bytes((folder / "key").read_bytes() + (folder / "certificate").read_bytes())
    return whole

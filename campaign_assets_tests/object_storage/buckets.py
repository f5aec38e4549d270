"""Buckets of an S3 server on this machine, looked into by a client that shares no code with the product's driver."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from pyarrow import fs

SECRET = "made-up-secret-of-a-test"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "made-up-key", "AWS_SECRET_ACCESS_KEY": SECRET}
ELSEWHERE = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""What keeps drivers from looking for credentials outside of a test."""


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own for a test.

    Attributes:
        server: Where its server is.
        proxy: Where the product is told that it is.
        name: Its name.
    """

    server: str
    proxy: str
    name: str

    def __str__(self) -> str:
        return self.root

    def __truediv__(self, name: str) -> "Bucket":
        """Another bucket, named after this one."""
        other = Bucket(self.server, self.proxy, f"{self.name}-{name}")
        other.open().create_dir(other.name)
        return other

    @property
    def root(self) -> str:
        """A root for tables in it."""
        return f"s3://{self.name}/tables"

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of a process that works in it."""
        return {**ELSEWHERE, **CREDENTIALS, "AWS_ENDPOINT_URL_S3": self.proxy}

    def open(self) -> fs.S3FileSystem:
        """A client."""
        return fs.S3FileSystem(
            endpoint_override=self.server.removeprefix("http://"),
            scheme="http",
            region="us-east-1",
            access_key=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            secret_key=SECRET,
            allow_bucket_creation=True,
        )

    def list_keys(self, below: str = "") -> list[str]:
        """The keys in it, in order."""
        selector = fs.FileSelector(f"{self.name}/{below}".rstrip("/"), allow_not_found=True, recursive=True)
        found = self.open().get_file_info(selector)
        return sorted(each.path.removeprefix(f"{self.name}/") for each in found if each.type == fs.FileType.File)

    def read(self, key: str) -> bytes:
        """The bytes of an object."""
        with self.open().open_input_stream(f"{self.name}/{key}") as stream:
            return bytes(stream.read())

    def put(self, key: str, data: bytes) -> None:
        """Puts an object there, as another program would."""
        with self.open().open_output_stream(f"{self.name}/{key}") as stream:
            stream.write(data)


@contextmanager
def serve_buckets() -> Iterator[str]:
    """An S3 server on a free port of this machine; its address."""
    from moto.server import ThreadedMotoServer  # who needs no bucket need not wait for it

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()


def make_bucket(server: str, proxy: str) -> Bucket:
    """A new bucket."""
    bucket = Bucket(server, proxy, f"tables-{uuid4().hex}")
    bucket.open().create_dir(bucket.name)
    return bucket

"""Secrets in all places that a download has, and the search for them in everything it leaves.

The server for tests ignores them: an address works with and without.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq

PLACES = (
    "user password token zugang fragment cookie server_cookie redirect segment gone_token path"
).split()
"""Places with a secret each; `zugang` is a parameter with a name that no rule knows."""


class PlantedSecrets:
    """Distinct secrets, which contain characters that have to be encoded in an address."""

    def __init__(self) -> None:
        self.secrets = {
            place: f"plant-{zlib.crc32(place.encode()):08x} {place[::-1]}!" for place in PLACES
        }

    def encoded(self, place: str) -> str:
        """Return the secret of a place as it stands in an address."""
        return quote(self.secrets[place], safe="")

    def with_password(self, address: str) -> str:
        """Return an address with a user name and a password."""
        user = f"{self.encoded('user')}:{self.encoded('password')}@"
        return address.replace("://", f"://{user}")

    def cookies_file(self, path: Path) -> Path:
        """Write a cookies.txt for the server."""
        value = self.encoded("cookie")
        row = ("127.0.0.1", "FALSE", "/", "FALSE", "4102444800", "session", value)
        path.write_text("# Netscape HTTP Cookie File\n" + "\t".join(row) + "\n")
        return path

    def found_in(self, files: Iterator[Path]) -> list[str]:
        """Return file and place of each secret in the bytes of files; tables are decoded."""
        patterns = {place: self._pattern(secret) for place, secret in self.secrets.items()}
        return [
            f"{file}: {place}"
            for file in files
            for content in [contents(file)]
            for place, pattern in patterns.items()
            if pattern.search(content)
        ]

    def _pattern(self, secret: str) -> re.Pattern[bytes]:
        """All forms of a secret: plain, encoded, in base64 (3 positions)."""
        padded = [base64.b64encode(b"x" * n + secret.encode())[4:-4] for n in (0, 1, 2)]
        forms = [secret.encode(), quote(secret, safe="").encode(), quote(secret).encode(), *padded]
        return re.compile(b"|".join(map(re.escape, forms)))


def contents(file: Path) -> bytes:
    """Return the bytes of a file, with the decoded cells and the metadata of a table."""
    content = file.read_bytes()
    if file.suffix == ".parquet" and content:
        table = pq.read_table(file)
        content += repr(table.to_pydict()).encode() + repr(table.schema.metadata).encode()
    return content


def files_below(*folders: Path) -> Iterator[Path]:
    """Yield all files in folders, also hidden ones."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())

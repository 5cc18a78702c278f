"""How long a media file says it is: containers state their size, and a cut file is shorter.

Read from the outermost structure only, a few bytes each of MP4/MOV boxes, the Matroska/WebM
segment and RIFF (AVI) chunks. A transport stream states no size, but consists of whole packets.
MPEG program streams, FLV and raw streams say nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_BOXES = set(b"ftyp moov mdat moof mfra free skip wide udta meta uuid sidx styp pdin".split())
_SYNC, _PACKET = b"\x47", 188
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def missing_bytes(path: Path | str) -> int:
    """Bytes that the container says follow the end of the file; 0 where it does not say."""
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        head = file.read(12)
        return max(0, _declared_size(head)(file, size) - size)


def _declared_size(head: bytes) -> Callable[[BinaryIO, int], int]:
    if head[4:8] in _BOXES:
        return _mp4
    if head[:4] == _EBML:
        return _matroska
    if head[:4] == b"RIFF":
        return _riff
    if head[:1] == _SYNC:
        return _transport
    return lambda file, size: 0


def _mp4(file: BinaryIO, size: int) -> int:
    end = 0
    while end + 8 <= size:
        file.seek(end)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        # A length of 0 means up to the end; what is no box has been appended by someone.
        if head[4:8] not in _BOXES or length < 8:
            break
        end += length
    return end


def _matroska(file: BinaryIO, size: int) -> int:
    file.seek(4)
    file.seek(_vint(file) or 0, 1)
    if file.read(4) != _SEGMENT:
        return 0
    length = _vint(file)
    return 0 if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """An EBML length: as many bytes as the first has leading zeros, plus one. All ones: unknown."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    extra = 8 - first[0].bit_length()
    bits = 7 * (extra + 1)
    value = int.from_bytes(first + file.read(extra)) & ((1 << bits) - 1)
    return None if value == (1 << bits) - 1 else value


def _riff(file: BinaryIO, size: int) -> int:
    end = 0
    # Long AVI files are several RIFF chunks in a row.
    while end + 8 <= size:
        file.seek(end)
        head = file.read(8)
        if head[:4] != b"RIFF":
            break
        length = int.from_bytes(head[4:], "little")
        end += 8 + length + length % 2
    return end


def _transport(file: BinaryIO, size: int) -> int:
    file.seek(_PACKET)
    return -(-size // _PACKET) * _PACKET if file.read(1) == _SYNC else 0

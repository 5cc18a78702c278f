"""Detect truncated media files: the size that the container declares exceeds the file's size.

Only the outermost structure is read, a few bytes of each MP4/MOV box, of the Matroska/WebM segment
or of each RIFF (AVI) chunk. An MPEG transport stream declares no size, but consists of packets of
equal length. MPEG program streams, FLV and raw streams declare nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_BOXES = set(b"ftyp moov mdat moof mfra free skip wide udta meta uuid sidx styp pdin".split())
_SYNC, _PACKET = b"\x47", 188
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def missing_bytes(path: Path | str) -> int:
    """Return how many bytes the file is shorter than its container declares.

    Returns 0 where nothing is missing or the container declares no size.
    """
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        head = file.read(12)
        return max(0, _size_parser(head)(file, size) - size)


def _size_parser(head: bytes) -> Callable[[BinaryIO, int], int]:
    """Choose the function that reads the declared size, by the first bytes of the file."""
    if head[4:8] in _BOXES:
        return _mp4_size
    if head[:4] == _EBML:
        return _matroska_size
    if head[:4] == b"RIFF":
        return _riff_size
    if head[:1] == _SYNC:
        return _transport_stream_size
    return lambda file, size: 0


def _mp4_size(file: BinaryIO, size: int) -> int:
    end = 0
    while end + 8 <= size:
        file.seek(end)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        # A length of 0 means "to the end of the file". Data after the last box is not MP4.
        if head[4:8] not in _BOXES or length < 8:
            break
        end += length
    return end


def _matroska_size(file: BinaryIO, size: int) -> int:
    file.seek(4)
    file.seek(_read_vint(file) or 0, 1)
    if file.read(4) != _SEGMENT:
        return 0
    length = _read_vint(file)
    return 0 if length is None else file.tell() + length


def _read_vint(file: BinaryIO) -> int | None:
    """Read an EBML length: its size in bytes is the number of leading zero bits plus one.

    Returns None for a length that is unknown (all bits are ones).
    """
    first = file.read(1)
    if not first or not first[0]:
        return None
    n_more_bytes = 8 - first[0].bit_length()
    n_bits = 7 * (n_more_bytes + 1)
    value = int.from_bytes(first + file.read(n_more_bytes)) & ((1 << n_bits) - 1)
    return None if value == (1 << n_bits) - 1 else value


def _riff_size(file: BinaryIO, size: int) -> int:
    end = 0
    # A long AVI file consists of several RIFF chunks in a row.
    while end + 8 <= size:
        file.seek(end)
        head = file.read(8)
        if head[:4] != b"RIFF":
            break
        length = int.from_bytes(head[4:], "little")
        end += 8 + length + length % 2
    return end


def _transport_stream_size(file: BinaryIO, size: int) -> int:
    file.seek(_PACKET)
    return -(-size // _PACKET) * _PACKET if file.read(1) == _SYNC else 0

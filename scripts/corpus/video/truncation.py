"""Detect truncated media files: the size that the container declares exceeds the file's size.

Only the outermost structure is read, a few bytes of each MP4/MOV box, of the Matroska/WebM segment
or of each RIFF (AVI) chunk. A live stream in Matroska/WebM has no declared size, but its blocks
have. An MPEG transport stream declares no size, but consists of packets of equal length. MPEG
program streams, FLV and raw streams declare nothing.

`missing_bytes` is for any file. `describe_cut` and `ends_without_padding` are stricter. They are
for a transfer of unknown length: a doubtful file can be transferred again.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_BOXES = set(b"ftyp moov mdat moof mfra free skip wide udta meta uuid sidx styp pdin".split())
_SYNC, _PACKET = b"\x47", 188
_HAS_PADDING = 0x20
"""Bit of the fourth byte of a packet."""
_TAIL_PACKETS = 20_000
"""Number of packets of a transport stream that are read at a time, 3.8 MB."""
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def missing_bytes(path: Path | str) -> int:
    """Return how many bytes the file is shorter than its container declares.

    Returns 0 where nothing is missing or the container declares no size.
    """
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        head = file.read(12)
        return max(0, _size_parser(head)(file, size) - size)


def describe_cut(path: Path | str) -> str | None:
    """Return what the file lacks at its end, or between two of its segments; None if nothing."""
    if n_bytes := missing_bytes(path):
        return f"at least {n_bytes} bytes are missing"
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        head = file.read(_PACKET + 1)
        if head[4:8] in _BOXES:
            return _mp4_fault(file, size)
        if head[:1] == head[_PACKET:] == _SYNC:
            return _transport_stream_fault(file)
    return None


def ends_without_padding(path: Path | str) -> bool:
    """Return whether a transport stream may end within a picture, or before the first.

    The last packet of a picture is padded, except for one picture in 184. A stream that was cut
    between two packets therefore ends without padding.
    """
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        if file.read(_PACKET + 1)[::_PACKET] != _SYNC * 2:
            return False
        file.seek(max(0, size - _TAIL_PACKETS * _PACKET))
        tail = file.read()
    packets = [tail[at : at + _PACKET] for at in range(0, len(tail) - _PACKET + 1, _PACKET)]
    # Packets that start a picture or a piece of sound; others hold tables.
    streams = {_pid(packet) for packet in packets if _payload(packet).startswith(b"\0\0\1")}
    last_packets = {_pid(packet): packet for packet in packets}
    return not streams or any(not last_packets[pid][3] & _HAS_PADDING for pid in streams)


def _pid(packet: bytes) -> int:
    """Number of the stream that a packet of a transport stream belongs to."""
    return int.from_bytes(packet[1:3]) & 0x1FFF


def _payload(packet: bytes) -> bytes:
    """The data of a packet of a transport stream, without the padding before it."""
    return packet[5 + packet[4] :] if packet[3] & _HAS_PADDING else packet[4:]


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
    return max((end for _, end in _mp4_boxes(file, size)), default=0)


def _mp4_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield the type of each outermost box and where it ends, up to data that is not MP4."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        head = file.read(16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        # A length of 0 means "to the end of the file".
        if head[4:8] not in _BOXES or length < 8:
            if head[4:8] in _BOXES and length == 0:
                yield head[4:8], size
            break
        end += length
        yield head[4:8], end


def _mp4_fault(file: BinaryIO, size: int) -> str | None:
    boxes = list(_mp4_boxes(file, size))
    if b"moov" not in {box for box, _ in boxes}:
        return "the index (moov) is missing"
    return None if boxes[-1][1] == size else "the data behind the last complete box is no box"


def _transport_stream_fault(file: BinaryIO) -> str | None:
    """Find a segment that was cut: the packets behind it are shifted."""
    file.seek(0)
    while block := file.read(_PACKET * _TAIL_PACKETS):
        starts = block[::_PACKET]
        if starts.count(_SYNC) != len(starts):
            return "a part in its middle is missing"
    return None


def _matroska_size(file: BinaryIO, size: int) -> int:
    file.seek(4)
    file.seek(_read_vint(file) or 0, 1)
    if file.read(4) != _SEGMENT:
        return 0
    length = _read_vint(file)
    return _live_matroska_size(file, size) if length is None else file.tell() + length


def _live_matroska_size(file: BinaryIO, size: int) -> int:
    """Return where the last element of a segment of unknown length ends.

    The elements of clusters of unknown length are read as if they were outside the cluster.
    """
    end = file.tell()
    while end < size:
        file.seek(end)
        first = file.read(1)[0]
        if not first:
            break  # not Matroska
        file.seek(8 - first.bit_length(), 1)
        length = _read_vint(file)
        if length is None and file.tell() >= size:
            return size + 1  # the head of the element is cut
        end = file.tell() + (length or 0)
    return end


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

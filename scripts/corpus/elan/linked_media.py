"""Which of the media that an ELAN file links is the video, and at which offset.

ELAN writes the address of each file at the time of saving. Annotators rename videos, copy them to
another folder or computer, or convert them. The video is therefore recognised by the names that it
has in the manifest and in the results. Case, the form of letters with accents and the encoding of
addresses (%20) do not matter, nor does the extension if no name matches with it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from corpus.core.addresses import is_url
from corpus.core.errors import InputError
from corpus.elan.document import LinkedMedia
from corpus.inputs.manifest import media_suffix


def file_names(source: str, media_name: str) -> list[str]:
    """Names under which a video may be linked: that in the results, and that in the manifest.

    `media_name` is the name of its file in results/videos. A web address counts if it ends in the
    name of a video file.
    """
    path = urlsplit(source).path if is_url(source) else source
    name = base_name(path)
    return [media_name, name] if media_suffix(name, "") else [media_name]


def base_name(address: str) -> str:
    """The last part of an address or a path, also of a path of Windows."""
    return address.replace("\\", "/").rpartition("/")[2]


def find_video(media: Sequence[LinkedMedia], names: Sequence[str]) -> list[LinkedMedia]:
    """The linked media that have one of the names, or else those that differ in the extension."""
    for with_suffix in (True, False):
        wanted = {key for name in names for key in _keys(name, with_suffix)}
        if found := [each for each in media if wanted & _keys(each.name, with_suffix)]:
            return found
    return []


def find_offset(media: Sequence[LinkedMedia], names: Sequence[str]) -> LinkedMedia | None:
    """The linked file whose offset applies to the annotations; None if no media are linked.

    If no name matches, it is any of the files, provided that all have the same offset. Raises
    InputError if the offsets differ.
    """
    candidates = find_video(media, names) or media
    if len({each.offset_ms for each in candidates}) > 1:
        linked = ", ".join(f"{each.name} (TIME_ORIGIN {each.offset_ms})" for each in candidates)
        raise InputError(
            f"it is not clear which of the linked media is the video: {linked}. In ELAN, link the "
            f"video with Edit > Linked Files as {' or '.join(names)}"
        )
    return candidates[0] if candidates else None


def other_video(
    media: Sequence[LinkedMedia], video: str, names: Mapping[str, Sequence[str]]
) -> str | None:
    """Id of the only other video that the linked media show; None if they may show `video`.

    `names` are the names of all videos, as `file_names` returns them, by id.
    """
    if find_video(media, names[video]):
        return None
    linked = {key for each in media for key in _keys(each.name, with_suffix=True)}
    others = [
        other
        for other, other_names in names.items()
        if any(linked & _keys(name, with_suffix=True) for name in other_names)
    ]
    return others[0] if len(others) == 1 else None


def _keys(name: str, with_suffix: bool) -> set[str]:
    """Spellings of a name that count as the same."""
    keys = set()
    for text in (name, unquote(name)):
        text = unicodedata.normalize("NFC", base_name(text)).casefold()
        keys.add(text if with_suffix else PurePosixPath(text).stem)
    return keys - {""}

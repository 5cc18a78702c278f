"""The description of a video that is kept beside it: `{video}.info.json`.

yt-dlp's own description holds the cookies, the headers and the signed addresses of the transfer.
Only the fields below are kept, and no credential in them. docs/downloads.md lists them.
"""

from typing import Any

from corpus.core.addresses import redact
from corpus.video.redactor import Redactor

TEXT_AND_NUMBERS = (
    # What the video is.
    *"id display_id title fulltitle alt_title description language license age_limit".split(),
    *"duration media_type live_status was_live availability location".split(),
    # Who made it, and when.
    *"uploader uploader_id channel channel_id channel_is_verified creator artist".split(),
    *"timestamp upload_date release_timestamp release_date release_year modified_date".split(),
    # Where it belongs.
    *"series series_id season season_id season_number episode episode_id episode_number".split(),
    *"album track track_number playlist_title playlist_id".split(),
    # How often it was watched on the day of the download.
    *"view_count like_count dislike_count repost_count average_rating comment_count".split(),
    # What was downloaded.
    *"extractor extractor_key format format_id format_note ext container width height".split(),
    *"resolution aspect_ratio fps dynamic_range vcodec acodec vbr abr tbr asr".split(),
    *"audio_channels filesize filesize_approx stretched_ratio".split(),
)
"""Fields that are kept if they are a text, a number, true or false."""
LISTS_OF_TEXTS = ("categories", "tags", "creators", "artists", "cast", "genres")
"""Fields that are kept if they are a list of texts."""
ADDRESSES = ("webpage_url", "original_url", "uploader_url", "channel_url")
"""Fields that are kept without credentials."""
CHAPTER = ("start_time", "end_time", "title")
"""Fields of each entry of `chapters`."""


def describe(info: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Return the fields to keep of yt-dlp's description of a video."""
    kept: dict[str, Any] = {
        name: info[name]
        for name in TEXT_AND_NUMBERS
        if isinstance(info.get(name), (str, int, float))
    }
    for name in LISTS_OF_TEXTS:
        if isinstance(info.get(name), list):
            kept[name] = [text for text in info[name] if isinstance(text, str)]
    for name in ADDRESSES:
        if isinstance(info.get(name), str):
            kept[name] = redact(info[name])
    if info.get("chapters"):
        kept["chapters"] = [
            {name: chapter[name] for name in CHAPTER if name in chapter}
            for chapter in info["chapters"]
        ]
    if info.get("requested_subtitles"):
        kept["subtitle_languages"] = sorted(info["requested_subtitles"])
    return {name: redactor.hide_all(value) for name, value in kept.items()}

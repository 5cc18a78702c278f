"""Fetch the videos of a group: only those that are missing, pending, or have another source.

The image that holds only the download imports this module: besides yt-dlp and its packages, use
only the standard library.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from corpus.core.addresses import redact
from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.core.file_records import IDENTITY_DIGITS
from corpus.inputs import manifest
from corpus.planning.content_signatures import content_signature
from corpus.planning.lost_files import is_analysed
from corpus.planning.pending_videos import pending_reason
from corpus.video.download import Request, fetch_video
from corpus.video.record import read_record
from corpus.video_groups import states
from corpus.video_groups.commands import Video

STAGE = "fetch_video"


@dataclass(frozen=True)
class DownloadOptions:
    """How the videos of a group are downloaded; the fields are those of `Request`."""

    format: str
    subtitles: str
    cookies: str | None
    rate_limit: str | None
    timeout_s: float
    retries: int
    is_last_attempt: bool


class GroupFetcher:
    """Fetches the videos of one corpus. `rows` is the manifest, which was read from `file`."""

    def __init__(
        self, results: Path, file: str, rows: dict[str, manifest.ManifestRow], how: DownloadOptions
    ) -> None:
        self.results, self.file, self.rows, self.how = results, file, rows, how

    def fetch(self, video: Video) -> dict[str, str]:
        """Fetch a video unless it is up to date; return the identity of its record.

        Raises FetchError for an error that may be temporary if this is not the last attempt, and
        InputError if the row of the video was removed or its local file is missing.
        """
        request = self.request(video)
        if not self._can_stay(request):
            states.begin(self.results, video.id, STAGE)
            fetch_video(request)
            states.end(self.results, video.id, STAGE, self._made_from(request))
        if not request.record.exists():  # a video that was analysed, and its record deleted since
            return {}
        return {"record": sha256(request.record)[:IDENTITY_DIGITS]}

    def request(self, video: Video) -> Request:
        """What to fetch, and how: a local file takes no options of downloads."""
        source = self.source(video.id)
        is_local = not manifest.is_url(source)
        media = self.results / "videos" / f"{video.id}.{video.suffix}"
        how = self.how
        return Request(
            video_id=video.id,
            source=source,
            local=manifest.local_path(source, self.file) if is_local else "",
            media=media,
            record=media.with_name(f"{media.name}.json"),
            format="" if is_local else how.format,
            subtitles="" if is_local else how.subtitles,
            cookies=how.cookies,
            rate_limit=how.rate_limit,
            timeout_s=how.timeout_s,
            retries=how.retries,
            is_last_attempt=how.is_last_attempt,
        )

    def source(self, video: str) -> str:
        """The complete address or path of a video. Raises InputError where it was removed."""
        if video not in self.rows:
            raise InputError(
                f"{self.file}: the row of {video} was removed while the workflow was running"
            )
        return self.rows[video]["source"]

    def _can_stay(self, request: Request) -> bool:
        """Whether the video's files need not be made again."""
        if request.local and not os.path.exists(request.local):
            if is_analysed(str(self.results), request.video_id):
                logging.warning("%s: no file %s", request.video_id, request.local)
                return True
            return False
        has_files = os.path.exists(request.media) and request.record.exists()
        if not has_files or pending_reason(request.media):
            return False
        state = states.read_state(self.results, request.video_id)
        if STAGE not in state and not request.local:
            # A download of the rule for single videos; videos may be gone, so it is kept.
            return read_record(request.record).get("source") == redact(request.source)
        return state.get(STAGE) == self._made_from(request)

    def _made_from(self, request: Request) -> dict[str, str]:
        """What the files of a video depend on."""
        if request.local:
            return {"source": request.source, "content": content_signature(request.local)}
        options = {"format": request.format, "subtitles": request.subtitles}
        return {"source": redact(request.source)} | options

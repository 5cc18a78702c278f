"""All keys of the configuration: type, default, bounds, unit and meaning of each.

This is the only place where a key is described. config/config.yaml, its schema for editors, and
docs/settings.md are written from here by tools/document_settings.py. Rules import this module, and
scripts do not: they get the values as flags, so that a new key does not make all of them run again.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.settings_section import Section, fault, key

Path = Annotated[str, Field(min_length=1)]
Image = Annotated[
    str,
    Field(
        pattern=r"^\S+$",
        description="A .sif file, or an address such as docker://ghcr.io/me/image:1.",
    ),
]
# A number above 0, as digits with or without a point, and a unit.
RATE = r"^([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)[KMG]?$"


class Fetch(Section):
    """Download of videos."""

    format: Path = key(
        "bestvideo*[height<=1080]+bestaudio/best[height<=1080]/bestvideo*[height<=1080]/best",
        "Format selector of yt-dlp.",
        details="The [syntax](https://github.com/yt-dlp/yt-dlp#format-selection) is yt-dlp's. The "
        "default is the best format of up to 1080 lines. The downloaded video is never re-encoded.",
        rules=("fetch_video",),
    )
    container: Literal["mp4", "mkv", "webm"] = key(
        "mp4",
        "File format for web addresses that do not end in the name of a video file.",
        rules=("crop_faces", "write_elan", "import_elan", "write_page"),
        reruns=("fetch_video",),
    )
    subtitles: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.*_-]+$")]] = key(
        ["en"],
        "Languages of the subtitles to download, written by people or machines.",
        details="`[]` downloads none.",
        rules=("fetch_video",),
    )
    cookies: Path | None = key(
        None,
        "File cookies.txt in Netscape format, for videos that need a login.",
        details="Protect it like a password.",
        rules=("fetch_video",),
        rerun=False,
    )
    rate_limit: Annotated[str, Field(pattern=RATE)] | None = key(
        None,
        "Maximum bytes per second of each download, such as 2M.",
        details="`K`, `M` and `G` are multiples of 1024.",
        rules=("fetch_video",),
        rerun=False,
    )
    timeout_s: float = key(
        30.0,
        "Time without data before a download is stopped and tried again.",
        unit="seconds",
        rules=("fetch_video",),
        rerun=False,
        gt=0,
    )
    on_login_node: bool = key(
        False,
        "Download on the computer that runs Snakemake instead of in cluster jobs.",
        details="Compute nodes often have no network.",
    )

    @field_validator("rate_limit", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """A number as the text with the same meaning."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return f"{value:.0f}" if is_number and value % 1 == 0 else value


class Shots(Section):
    """Detection of cuts between shots."""

    threshold: float = key(
        27.0,
        "Mean change of hue, saturation and brightness at a cut; lower values find more cuts.",
        details="It is measured by [PySceneDetect]"
        "(https://www.scenedetect.com/docs/latest/api/detectors.html). Low values may also split "
        "pans.",
        unit="of 255",
        rules=("index_frames",),
        gt=0,
        le=255,
    )
    min_length_s: float = key(
        0.5,
        "Shortest shot.",
        details="0 allows any length.",
        unit="seconds",
        rules=("index_frames",),
        ge=0,
    )


class Faces(Section):
    """Detection, tracking and recognition of faces."""

    samples_per_second: float = key(
        5.0,
        "Frames per second in which faces are detected.",
        details="This value has the largest influence on the computing time.",
        unit="frames per second",
        rules=(
            "detect_faces",
            "extract_keypoints",
            "cluster_faces",
            "identify_people",
            "write_page",
            "export_video",
        ),
        gt=0,
        le=1000,
    )
    min_size: float = key(
        0.06,
        "Smallest face, relative to the shorter side of the frame.",
        details="0.06 is 65 pixels in 1080p.",
        unit="of the shorter side",
        rules=("detect_faces",),
        gt=0,
        le=1,
    )
    min_score: float = key(
        0.9,
        "Minimum probability of a face, as given by the detector.",
        rules=("detect_faces",),
        ge=0,
        le=1,
    )
    max_gap_s: float = key(
        1.0,
        "Longest gap before a track ends, for example while a head is turned away.",
        unit="seconds",
        rules=("detect_faces",),
        ge=0,
    )
    min_track_s: float = key(
        0.4,
        "Shortest track that is kept; most shorter ones are false detections.",
        unit="seconds",
        rules=("detect_faces",),
        ge=0,
    )
    min_track_score: float = key(
        0.97,
        "Score that the best detection of a track must reach; other tracks are discarded.",
        details="Most tracks with only low scores are not faces.",
        rules=("detect_faces",),
        ge=0,
        le=1,
    )
    embedder: Literal["facenet-vggface2", "facenet-casia-webface", "dlib"] = key(
        "facenet-vggface2",
        "Face recognition network that computes the embeddings.",
        details="The two FaceNet networks are downloaded from GitHub, `dlib` from the package "
        "index.",
        rules=("embed_faces", "cluster_faces"),
    )
    best: int = key(
        6,
        "Number of faces per track that are embedded; the best ones are chosen.",
        unit="faces",
        rules=("embed_faces",),
        ge=1,
        le=100,
    )
    batch_size: int = key(
        16,
        "Number of faces or frames that a network processes together.",
        details="It does not change the results. Use a lower value if memory is short.",
        rules=("detect_faces", "embed_faces"),
        ge=1,
        le=4096,
    )


class Keypoints(Section):
    """Keypoints of bodies and hands."""

    frames_per_second: float | None = key(
        None,
        "Frames per second that are analysed; null analyses every frame.",
        details="The detection of gestures needs every frame.",
        unit="frames per second",
        rules=("extract_keypoints",),
        gt=0,
        le=1000,
    )
    pose_model: Literal["bundled", "lite", "full", "heavy"] = key(
        "bundled",
        "Pose model of MediaPipe.",
        details="`bundled` comes from the package index; the official `lite`, `full` and `heavy` "
        "are downloaded from Google.",
        reruns=("extract_keypoints",),
    )
    hand_model: Literal["bundled", "full"] = key(
        "bundled",
        "Hand model of MediaPipe.",
        details="`bundled` comes from the package index; `full` is downloaded from Google.",
        reruns=("extract_keypoints",),
    )
    min_confidence: float = key(
        0.5,
        "Minimum confidence of a body or hand.",
        rules=("extract_keypoints",),
        ge=0,
        le=1,
    )
    full_frame: bool = key(
        True,
        "Also search the whole frame for people whose face was not detected.",
        rules=("extract_keypoints",),
    )


WIDTHS = "shoulder widths"
SPEED = "shoulder widths per second"
MOVEMENT = ("measure_movement",)


class Movement(Section):
    """Movement, hold and rest of the hands. Lengths are in shoulder widths of the person."""

    min_visibility: float = key(
        0.5,
        "Minimum visibility of a keypoint of the pose; others are ignored.",
        rules=MOVEMENT,
        ge=0,
        le=1,
    )
    seen_window_s: float = key(
        0.5,
        "Time window before or after a frame, for seen_share.",
        unit="seconds",
        rules=MOVEMENT,
        ge=0,
        le=2,
    )
    seen_share: float = key(
        0.75,
        "A point is used only if it is visible in at least this share of a window.",
        details="The window lies before or after the frame. Points that are visible only in "
        "scattered frames are ignored; 0 uses every frame.",
        rules=MOVEMENT,
        ge=0,
        le=1,
    )
    max_gap_s: float = key(
        0.2,
        "Longest gap that is interpolated.",
        details="A longer gap ends the measured interval. The interval between analysed frames "
        "must not be longer.",
        unit="seconds",
        rules=MOVEMENT,
        ge=0,
        le=1,
    )
    max_jitter: float = key(
        0.05,
        "Largest deviation of a point from its smoothed path; others are ignored.",
        details="It is the median over one second. Points that jump more are guesses of the pose "
        "model.",
        unit=WIDTHS,
        rules=MOVEMENT,
        gt=0,
    )
    cutoff_hz: float = key(
        6.0,
        "Faster oscillations are treated as jitter and removed by smoothing.",
        unit="Hz",
        rules=MOVEMENT,
        ge=1,
        le=50,
    )
    onset_speed: float = key(
        1.0,
        "Peak speed that a movement must reach; lower values find gentler movements.",
        unit=SPEED,
        rules=MOVEMENT,
        gt=0,
    )
    offset_speed: float = key(
        0.4,
        "Speed at which a movement starts and ends; at most onset_speed.",
        unit=SPEED,
        rules=MOVEMENT,
        gt=0,
    )

    @field_validator("offset_speed")
    @classmethod
    def _at_most_onset_speed(cls, value: float, info: ValidationInfo) -> float:
        onset = info.data.get("onset_speed", value)
        if value > onset:
            limit = f"it must be at most movement.onset_speed, which is {onset:g}"
            raise fault(f"{value!r}; {limit}")
        return value

    min_movement_s: float = key(0.1, "Shortest movement.", unit="seconds", rules=MOVEMENT, ge=0)
    min_extent: float = key(
        0.2,
        "Smallest movement, as the diagonal of its bounding box.",
        unit=WIDTHS,
        rules=MOVEMENT,
        ge=0,
    )
    min_still_s: float = key(
        0.1,
        "Shortest hold or rest between two movements.",
        unit="seconds",
        rules=MOVEMENT,
        ge=0,
    )
    max_hold_s: float = key(
        3.0,
        "Longest hold; a hand that is still for longer is at rest.",
        unit="seconds",
        rules=MOVEMENT,
        ge=0,
    )
    rest_height: float = key(
        -1.2,
        "Height above the shoulders; a still hand below it is at rest.",
        details="Negative values are below the shoulders.",
        unit=WIDTHS,
        rules=MOVEMENT,
    )
    rest_radius: float = key(
        0.3,
        "A still hand within this distance of a position where it rests is at rest.",
        details="Only positions in the same shot count.",
        unit=WIDTHS,
        rules=MOVEMENT,
        ge=0,
    )


class Clustering(Section):
    """Grouping of face tracks into people."""

    min_cluster_size: int = key(
        3,
        "Smallest number of faces that form a cluster.",
        details="It is a parameter of [HDBSCAN]"
        "(https://hdbscan.readthedocs.io/en/latest/parameter_selection.html).",
        unit="faces",
        rules=("cluster_faces",),
        ge=2,
    )
    min_samples: int = key(
        2,
        "Number of neighbours that make a region dense; higher values leave more faces out.",
        unit="faces",
        rules=("cluster_faces",),
        ge=1,
    )
    device: Literal["cpu", "cuda"] = key(
        "cpu",
        "Device of the clustering; cuda is useful for more than about 100,000 faces.",
        details="The result does not depend on it. This is a separate key because compute nodes "
        "with much memory often have no GPU: [Clustering](clustering.md).",
        rules=("cluster_faces",),
    )
    same_person: float | None = key(
        None,
        "Maximum distance between two faces of one person; null uses the embedder's value.",
        rules=("cluster_faces",),
        gt=0,
    )
    known: Path | None = key(
        None,
        "Copy of clusters.parquet from an earlier run; its people keep their ids.",
        details="See [Adding videos](../config/README.md#adding-videos).",
        rules=("cluster_faces",),
    )
    add: Literal["cluster", "assign"] = key(
        "cluster",
        "If known is set, cluster all faces again, or assign only the faces of new tracks.",
        details="`cluster`: each cluster gets the id of the known person with whom it shares the "
        "most. `assign`: known tracks stay unchanged, and a new face belongs to a known person if "
        "their faces are within `same_person`, otherwise to a new one.",
        rules=("cluster_faces",),
    )

    @field_validator("add")
    @classmethod
    def _needs_known_people(cls, value: str, info: ValidationInfo) -> str:
        if value != "cluster" and info.data.get("known", "") is None:
            raise fault(
                f"{value!r} needs clustering.known, the clusters.parquet of an earlier run; "
                "without one it must be cluster"
            )
        return value


class Report(Section):
    """The page about the corpus."""

    pictures: bool = key(
        False,
        "Store pictures of each person's best faces and show them on the page.",
        details="They are biometric data. To delete them, set the key to `false` and run again.",
        reruns=("crop_faces", "write_page"),
    )
    pictures_per_person: int = key(
        4,
        "Number of pictures of each person; the best faces are chosen.",
        unit="pictures",
        rules=("crop_faces",),
        ge=1,
        le=50,
    )


class Exports(Section):
    """Files in other formats, written on demand."""

    audio: list[Literal["overlay", "skeleton", "blurred"]] = key(
        ["overlay"],
        "Exported videos that keep their sound; voices can identify people.",
        details="By default videos for sharing have no sound; `[]` removes it from all.",
        reruns=("export_video",),
    )


class ModelCopy(Section):
    """Your own copy of a model: its location and checksum."""

    file: Path | None = key(None, "Path of the file on this computer.")
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = key(
        None, "Web address of the file."
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = key(
        ..., "Checksum of the file, 64 hexadecimal digits."
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> "ModelCopy":
        if (self.file is None) == (self.url is None):
            raise fault("give either file or url")
        return self


class Settings(Section):
    """Configuration of the video corpus workflow."""

    title: Annotated[str, Field(pattern=r"\S")] | None = key(
        None,
        "Name of the corpus, as the headline of the page; null: no name.",
        rules=("write_page",),
    )
    videos: Path = key(
        "config/videos.tsv",
        "Manifest, a TSV file with one row per video.",
        rules=(
            "cluster_faces",
            "segment_gestures",
            "crop_faces",
            "plot_coverage",
            "write_elan",
            "write_page",
        ),
        reruns=("identify_people", "import_elan"),
    )
    people: Path = key(
        "config/people.tsv",
        "TSV file with the names of people; the file is optional.",
        details="Rows with the same name are one person.",
        reruns=("identify_people", "write_page"),
    )
    annotations: Path | None = key(
        None,
        "Folder with ELAN files that you edited; null is a folder beside the manifest.",
        details="It is optional. `null` is `config/mine_annotations` for `config/mine.tsv`. Each "
        "corpus needs its own folder.",
        rules=("write_elan",),
        reruns=("import_elan",),
    )
    # Braces and angle brackets are Snakemake's placeholders.
    results: Annotated[str, Field(pattern=r"^[^{}<>\s]([^{}<>\n]*[^{}<>\s/])?$")] = key(
        "results",
        "Folder for all results; must not contain {}<> or end with a slash.",
        details="Each corpus needs its own.",
    )
    device: Literal["auto", "cpu", "cuda"] = key(
        "auto",
        "Device of the neural networks; auto uses CUDA if available, otherwise the CPU.",
        details="MediaPipe uses the CPU if it cannot use the GPU; the provenance of each table "
        "records the device. With `cpu`, cluster jobs request no GPU.",
        rules=("detect_faces", "embed_faces", "extract_keypoints"),
    )
    fetch: Fetch = Field(default_factory=Fetch)
    shots: Shots = Field(default_factory=Shots)
    faces: Faces = Field(default_factory=Faces)
    keypoints: Keypoints = Field(default_factory=Keypoints)
    movement: Movement = Field(default_factory=Movement)
    clustering: Clustering = Field(default_factory=Clustering)
    report: Report = Field(default_factory=Report)
    exports: Exports = Field(default_factory=Exports)
    containers: dict[str, Image] = key(
        {},
        "Container images of rules, by rule name; all is the image of the other rules.",
        details="An image is a `.sif` file, or an address such as `docker://ghcr.io/me/image:1`. "
        "See [Container images](../config/README.md#container-images).",
    )
    models: dict[Literal[tuple(CATALOGUE)], ModelCopy] = key(
        {},
        "Your own copies of models, by model name.",
        details="See [Your own copies of models](../config/README.md#your-own-copies-of-models).",
    )
    custom_rules: list[Path] = key(
        [],
        "Files with your own rules, which are included after the workflow's.",
        details="See [Extending](extending.md).",
    )

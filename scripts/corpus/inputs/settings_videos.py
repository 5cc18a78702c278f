"""Keys of the configuration for the analysis of each video: download to movement."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from corpus.inputs.settings_section import NonEmptyText, PathText, Section, fault, key

WIDTHS = "shoulder widths"
SPEED = "shoulder widths per second"
MOVEMENT = ("measure_movement",)
# A number above 0, as digits with or without a point, and a unit.
RATE = r"^([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)[KMG]?$"


class Fetch(Section):
    """Download of videos."""

    format: NonEmptyText = key(
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
    cookies: PathText | None = key(
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
        json_schema_extra={"type": ["string", "integer", "null"], "minimum": 1},
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
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            return value
        return f"{value:.0f}"


class Frames(Section):
    """Decoding of frames."""

    deinterlace: bool = key(
        True,
        "Deinterlace frames that consist of two fields, as in video from camcorders and TV.",
        details="Only frames that the file marks as interlaced are changed: see "
        "[Video files](video_files.md#interlaced-frames).",
        rules=("index_frames",),
    )


class Shots(Section):
    """Detection of shots: cuts, dissolves, fades and wipes."""

    threshold: float = key(
        10.0,
        "Smallest mean change of red, green and blue from one shot to the next, in grey levels.",
        details="The change must also stand out from its neighbours, and not be explained by "
        "movement or light: see [Shots](shots.md). Lower values find cuts in very dark videos.",
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
            "write_skeletons",
            "export_video",
        ),
        gt=0,
        le=1000,
    )
    detector: Literal["fast-mtcnn", "mtcnn"] = key(
        "fast-mtcnn",
        "Face detector; fast-mtcnn runs the networks of mtcnn in a third of the time.",
        details="They find the same faces: see [Which faces are found]"
        "(face_detection.md#the-two-detectors).",
        rules=("detect_faces",),
    )
    min_size: float = key(
        0.06,
        "Smallest face, relative to the shorter side of the frame.",
        details="0.06 is 65 pixels in 1080p.",
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
        details="A picture with the face that stays on screen is no gap, however long it stays.",
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
    embedder: Literal["dlib", "facenet-vggface2", "facenet-casia-webface"] = key(
        "dlib",
        "Face recognition network that computes the embeddings.",
        details="`dlib` comes from the package index. The two FaceNet networks are downloaded from "
        "GitHub and were not measured on real faces. All of them can use a GPU.",
        rules=("detect_faces", "cluster_faces"),
    )
    best: int = key(
        6,
        "Number of faces per track whose embeddings are kept; the best ones are chosen.",
        unit="faces",
        rules=("detect_faces",),
        ge=1,
        le=100,
    )
    batch_size: int = key(
        16,
        "Number of faces or frames that a network processes together.",
        details="It does not change the results. Use a lower value if memory is short. On a CPU it "
        "hardly changes the time: frames are searched one by one, and faces are embedded four at a "
        "time.",
        rules=("detect_faces",),
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
        "Pose model of MediaPipe; all but bundled are downloaded from Google.",
        details="`bundled` comes from the package index.",
        reruns=("extract_keypoints",),
    )
    hand_model: Literal["bundled", "full"] = key(
        "bundled",
        "Hand model of MediaPipe; full is downloaded from Google.",
        details="`bundled` comes from the package index.",
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


class Movement(Section):
    """Movement, hold and rest of the hands; lengths are in shoulder widths of the person.

    [Movement and gestures](gestures.md) defines movement, hold and rest, and gives the sources of
    the defaults.
    """

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
        rules=(*MOVEMENT, "score_gestures"),
        ge=0,
        le=1,
    )
    max_jitter: float = key(
        0.05,
        "Largest scatter of a point that jumps back and forth; such points are ignored.",
        details="It is the standard deviation over one second, and only counts where the pose "
        "model is not certain of the wrist. Points that jump more are guesses of the model.",
        unit=WIDTHS,
        rules=MOVEMENT,
        gt=0,
    )
    cutoff_hz: float = key(
        6.0,
        "Positions, speeds and accelerations lose faster oscillations to the smoothing.",
        details="At this frequency, 71 % of an oscillation remain. Frame rates below 4 times the "
        "cutoff allow less for speeds; the table movement_quality gives what was reached.",
        unit="Hz",
        rules=MOVEMENT,
        ge=1,
        le=50,
    )
    phase_cutoff_hz: float = key(
        3.4,
        "Cutoff of the speed that decides about movement, hold and rest.",
        details="Lower than cutoff_hz, because noise must not look like movement. Peak speeds and "
        "the table kinematics use cutoff_hz.",
        unit="Hz",
        rules=MOVEMENT,
        ge=1,
        le=50,
    )
    still_camera: bool = key(
        False,
        "Take cameras to stand still where their movement cannot be seen.",
        details="Before a plain wall, nothing shows whether the camera moves. Set it to true if "
        "all cameras stand on tripods: then picture_speed and trunk_movement are known there too.",
        rules=MOVEMENT,
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
    gesture_score: bool = key(
        False,
        "Score how much each gesture unit looks like a gesture, with a trained classifier.",
        details="The classifier is that of EnvisionHGdetector. With `true`, it is downloaded, and "
        "each video gets a table `gesture_scores`: [Gesture or other movement]"
        "(gesture_score.md).",
        rules=("write_methods",),
        reruns=("fetch_model", "score_gestures", "export_csv"),
    )

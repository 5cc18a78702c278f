"""All keys of the configuration: type, default, bounds, unit and meaning of each.

This is the only place where a key is described; settings_videos holds the sections for the analysis
of each video. tools/document_settings.py writes config/config.yaml, its schema for editors, and
docs/settings.md from the model.

Rules import this module, and scripts do not: they get the values as flags, so that a new key does
not make all of them run again.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.settings_section import PathText, Section, UsablePath, fault, key
from corpus.inputs.settings_videos import Faces, Fetch, Frames, Keypoints, Movement, Shots

Image = Annotated[
    str,
    Field(
        pattern=r"^\S+$",
        description="A .sif file, or an address such as docker://ghcr.io/me/image:1.",
    ),
]
if TYPE_CHECKING:
    ModelName = str
else:
    ModelName = Literal[tuple(CATALOGUE)]
USE_MODELS = ("fetch_model", "detect_faces", "extract_keypoints", "score_gestures")


class Clustering(Section):
    """Grouping of face tracks into people."""

    min_cluster_size: int = key(
        2,
        "Smallest number of nearly equal tracks that are grouped before people are joined.",
        details="It is a parameter of [HDBSCAN]"
        "(https://hdbscan.readthedocs.io/en/latest/parameter_selection.html). A person who is seen "
        "in a single track is a person for every value.",
        unit="tracks",
        rules=("cluster_faces",),
        ge=2,
    )
    min_samples: int = key(
        1,
        "Number of nearly equal tracks that a track needs to be grouped with them.",
        details="Higher values leave more tracks to the second step, which compares groups by all "
        "their faces: [Clustering](clustering.md).",
        unit="tracks",
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
        "Distance of faces that may show one or two people; null uses the embedder's value.",
        details="At this distance, one person and two people are equally likely; lower values "
        "find more people. The value for `dlib` is measured. `benchmarks/calibration.py` prints "
        "this key and the next two for your own labelled faces: [Clustering](clustering.md).",
        rules=("cluster_faces",),
        gt=0,
    )
    certainty: float | None = key(
        None,
        "Log odds that two equal faces show one person; null uses the embedder's value.",
        details="It is a natural logarithm.",
        rules=("cluster_faces",),
        gt=0,
    )
    usual_distance: float | None = key(
        None,
        "Usual distance of one person's faces / same_person; null uses the embedder's value.",
        details="It refers to faces from different days.",
        rules=("cluster_faces",),
        gt=0,
        lt=1,
    )
    known: PathText | None = key(
        None,
        "Copy of clusters.parquet from an earlier run; its people keep their ids.",
        details="See [Adding videos](../config/README.md#adding-videos).",
        rules=("cluster_faces",),
    )
    add: Literal["cluster", "assign"] = key(
        "cluster",
        "If known is set, cluster all faces again, or assign only the faces of new tracks.",
        details="`cluster`: each cluster gets the id of the known person with whom it shares the "
        "most. `assign`: known tracks stay unchanged, and a new track belongs to a known person if "
        "there is enough evidence, otherwise to a new one.",
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
    skeletons: bool = key(
        True,
        "Draw skeletons, names and face boxes over the playing video on the page.",
        details="They are personal data, in files beside the page: about 0.3 MB per minute of one "
        "person at 25 frames per second. To delete them, set the key to `false` and run again.",
        rules=("write_page",),
        reruns=("write_skeletons",),
    )


class Privacy(Section):
    """Who can read the results."""

    readable_by_others: bool = key(
        False,
        "Let every user of this computer read the results; otherwise only you and your group.",
        details="Results contain biometric data. With `false`, the workflow takes all rights of "
        "others from what it creates, as `umask o-rwx` does, and a start warns about a folder that "
        "others can read. It never changes the rights of an existing folder.",
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

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["file"]}, {"required": ["url"]}]}
    )

    file: PathText | None = key(None, "Path of the file on this computer.", reruns=("fetch_model",))
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = key(
        None, "Web address of the file.", reruns=("fetch_model",)
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = key(
        ...,
        "Checksum of the file, 64 hexadecimal digits.",
        details="It is printed by `sha256sum`. Another file is rejected.",
        reruns=USE_MODELS,
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
        "Name of the corpus, the headline of the page; null is the name of the manifest.",
        rules=("write_page", "write_methods", "report_efficiency", "plot_agreement"),
    )
    videos: PathText = key(
        "config/videos.tsv",
        "Manifest, a TSV or CSV file with one row per video.",
        rules=(
            "cluster_faces",
            "segment_gestures",
            "compare_gestures",
            "crop_faces",
            "plot_coverage",
            "write_elan",
            "write_page",
        ),
        reruns=("identify_people", "import_elan", "measure_agreement"),
    )
    people: PathText = key(
        "config/people.tsv",
        "TSV or CSV file with the names of people; the file is optional.",
        details="Rows with the same name are one person.",
        reruns=("identify_people", "write_page"),
    )
    annotations: PathText | None = key(
        None,
        "Folder with files that you edited, such as ELAN files; null is beside the manifest.",
        details="It is optional. `null` is `config/mine_annotations` for `config/mine.tsv`. Each "
        "corpus needs its own folder, outside the results. Copies of files that you edited in the "
        "results are kept in it.",
        rules=("write_elan", "publish_people_file", "publish_methods"),
        reruns=("import_elan", "measure_agreement"),
    )
    erased: PathText | None = key(
        None,
        "Folder that keeps erased people erased; null is a folder beside the manifest.",
        details="`null` is `config/mine_erased` for `config/mine.tsv`. "
        "`tools/erase_person.py` writes it: [Erasing a person](erasing_people.md).",
    )
    # Braces and angle brackets are Snakemake's placeholders.
    results: Annotated[str, Field(pattern=r"^[^{}<>\s]([^{}<>\n]*[^{}<>\s/])?$"), UsablePath] = key(
        "results",
        "Folder for all results; must not contain {}<> or end with a slash.",
        details="Each corpus needs its own. In a new folder, all rules run again.",
    )
    device: Literal["auto", "cpu", "cuda"] = key(
        "auto",
        "Device of the neural networks; auto uses CUDA if available, otherwise the CPU.",
        details="If a job has a GPU that does not work, it fails with `cuda`; with `auto` it uses "
        "the CPU and warns in its log. The provenance of each table records the device. With "
        "`cpu`, cluster jobs request no GPU.",
        rules=("detect_faces", "extract_keypoints"),
    )
    videos_per_job: int = key(
        1,
        "Largest number of videos that one job processes; more than 1 is for many short videos.",
        details="A job starts Python and loads the models once. With 50 to 200, a corpus of "
        "thousands of clips of some seconds needs less time, and Snakemake plans it faster. A job "
        "processes its videos one after the other, so long videos need 1: "
        "[Many videos](scale.md).",
        unit="videos",
        ge=1,
        le=1000,
    )
    fetch: Fetch = Field(default_factory=Fetch)
    frames: Frames = Field(default_factory=Frames)
    shots: Shots = Field(default_factory=Shots)
    faces: Faces = Field(default_factory=Faces)
    keypoints: Keypoints = Field(default_factory=Keypoints)
    movement: Movement = Field(default_factory=Movement)
    clustering: Clustering = Field(default_factory=Clustering)
    report: Report = Field(default_factory=Report)
    exports: Exports = Field(default_factory=Exports)
    privacy: Privacy = Field(default_factory=Privacy)
    containers: dict[str, Image] = key(
        {},
        "Container images of rules, by rule name; all is the image of the other rules.",
        details="An image is a `.sif` file, or an address such as `docker://ghcr.io/me/image:1`. "
        "A new image runs its rules again. See [Container images]"
        "(../config/README.md#container-images).",
    )
    models: dict[ModelName, ModelCopy] = key(
        {},
        "Your own copies of models, by model name.",
        details="See [Your own copies of models](../config/README.md#your-own-copies-of-models).",
        reruns=USE_MODELS,
    )
    custom_rules: list[PathText] = key(
        [],
        "Files with your own rules, which are included after the workflow's.",
        details="See [Extending](extending.md).",
    )

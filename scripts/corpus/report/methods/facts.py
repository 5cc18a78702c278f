"""Computes the facts that the template of the methods text needs, paragraph by paragraph.

No number stands in the template if the tables or their metadata can provide it. Facts of a step
that did not run are None, and the template leaves out its paragraph.
"""

from types import SimpleNamespace

from corpus.inputs.model_catalogue import CATALOGUE
from corpus.movement import measurement_error
from corpus.movement.gesture_score.features import RATE
from corpus.report import identity_checks, lineage
from corpus.report.methods.summary import CorpusSummary
from corpus.similarity import hand_paths, warping
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS

NETWORK_STEPS = ("detect_faces", "extract_keypoints")
"""Steps that run neural networks. Results of a GPU and of a CPU differ by rounding."""

VISIBILITY_PARAMETERS = {
    "min_visibility", "seen_share", "seen_window_s", "max_jitter", "max_gap_s",
}  # fmt: skip
"""Parameters of measure_movement that define when a hand is seen."""
PHASE_PARAMETERS = {
    "onset_speed", "offset_speed", "min_movement_s", "min_extent", "min_still_s", "max_hold_s",
    "rest_height", "rest_radius",
}  # fmt: skip
"""Parameters of measure_movement that define movement, rest and hold."""


def compute_facts(summary: CorpusSummary) -> dict:
    """All variables of the template, by name."""
    return {
        "corpus": corpus_facts(summary),
        "workflow": workflow_facts(summary),
        "shots": shot_facts(summary),
        "faces": face_facts(summary),
        "people": people_facts(summary),
        "identities": identity_facts(summary),
        "keypoints": keypoint_facts(summary),
        "devices": device_facts(summary),
        "movement": movement_facts(summary),
        "n_removed_tracks": lineage.count_removed_tracks(summary.steps),
        "differences": lineage.describe_differences(summary.steps),
        "reruns": lineage.suggest_reruns(summary.steps),
        "tables": table_facts(summary),
    }


def corpus_facts(summary: CorpusSummary) -> SimpleNamespace:
    """Number, origin, condition, duration and frame sizes of the videos."""
    videos = summary.videos
    counts = summary.corpus["status"].value_counts().to_dict()
    sizes = videos[["width", "height"]].dropna().astype(int).drop_duplicates()
    sizes = sorted(
        sizes.itertuples(index=False, name=None), key=lambda size: (size[0] * size[1], size)
    )
    return SimpleNamespace(
        n_videos=len(summary.corpus),
        n_downloaded=summary.downloader_counts.total(),
        downloaders=sorted(summary.downloader_counts),
        n_unavailable=counts.get("unavailable", 0),
        n_pending=counts.get("pending", 0),
        n_no_video=counts.get("no_video", 0),
        n_truncated=counts.get("truncated", 0),
        n_analysed=len(videos),
        n_frames=int(videos["n_frames"].sum()),
        seconds=videos["duration_s"].sum(),
        smallest=sizes[0] if sizes else None,
        largest=sizes[-1] if sizes else None,
    )


def workflow_facts(summary: CorpusSummary) -> SimpleNamespace:
    """Versions of the workflow, and the commit that wrote most of the tables."""
    versions = lineage.workflow_versions(summary.steps.values())
    return SimpleNamespace(
        versions=sorted({version for version, _, _ in versions}),
        commit=lineage.abbreviate_commit(versions[0][1]),
        n_other_revisions=len(versions) - 1,
    )


def shot_facts(summary: CorpusSummary) -> SimpleNamespace:
    """How frames were decoded and shots detected."""
    return SimpleNamespace(
        pyav=summary.tool("index_frames", "av"),
        opencv=summary.tool("index_frames", "opencv-python-headless"),
        n_variable_rate=int(summary.videos["is_vfr"].sum()),
        threshold=summary.parameter("index_frames", "threshold"),
        min_length_s=summary.parameter("index_frames", "min_length_s"),
        n_shots=int(summary.videos["n_shots"].sum()),
    )


def face_facts(summary: CorpusSummary) -> SimpleNamespace | None:
    """How faces were detected and tracked."""
    if "detect_faces" not in summary.steps:
        return None
    return SimpleNamespace(
        **summary.steps["detect_faces"].parameters,
        facenet_pytorch=summary.tool("detect_faces", "facenet-pytorch"),
        litert=summary.tool("detect_faces", "ai-edge-litert"),
        n_tracks=len(summary.tracks),
    )


def people_facts(summary: CorpusSummary) -> SimpleNamespace:
    """How tracks were grouped into people, how many people there are, and how long on screen."""
    people = summary.people
    clustering = summary.steps.get("cluster_faces", lineage.StepProvenance())
    return SimpleNamespace(
        n_people=len(people),
        were_clustered="cluster_faces" in summary.steps,
        hdbscan=summary.tool("cluster_faces", "hdbscan"),
        # "cluster" or "assign" if people of an earlier run were given, else None.
        earlier_run=clustering.parameters.get("add") if "known" in clustering.parameters else None,
        parameters=clustering.parameters,
        best=summary.parameter("detect_faces", "best"),
        n_clusters=summary.n_clusters,
        n_merged=summary.n_clusters - len(people),
        n_in_several_videos=int((people["n_videos"] > 1).sum()),
        n_named=int(people["name"].notna().sum()),
        median_s=people["seconds"].median(),
        min_s=people["seconds"].min(),
        max_s=people["seconds"].max(),
    )


def identity_facts(summary: CorpusSummary) -> SimpleNamespace:
    """Numbers about identities: probabilities, people twice on screen, pictures and copies."""
    tracks, people = summary.tracks, summary.people
    named = set(people.loc[people["name"].notna(), "person"])
    rate = summary.parameter("detect_faces", "samples_per_second")
    overlaps = identity_checks.find_overlaps(tracks, 1 / rate if isinstance(rate, float) else 1.0)
    kinds = tracks["kind"].value_counts()
    is_in_several = tracks["person"].duplicated(keep=False)
    return SimpleNamespace(
        likely=identity_checks.LIKELY,
        # The only track of a person is the person, so its probability says nothing.
        n_compared=int(tracks.loc[is_in_several, "probability"].notna().sum()),
        n_low_probabilities=len(identity_checks.low_probabilities(tracks)),
        n_doubtful_pairs=len(identity_checks.find_doubts(tracks, named)),
        n_twice=len({overlap.person for overlap in overlaps}),
        n_pictures=int(kinds.get("picture", 0)),
        n_copies=int(kinds.get("copy", 0)),
    )


NETWORK_LIBRARIES = {"ai-edge-litert": "LiteRT", "torch": "PyTorch", "mediapipe": "MediaPipe"}
"""Libraries that run the networks of keypoints, by package; the last in older tables only."""


def keypoint_facts(summary: CorpusSummary) -> SimpleNamespace | None:
    """How keypoints were estimated, and in which share of the frames they were found."""
    if "extract_keypoints" not in summary.steps:
        return None
    # The lineage leaves out parameters that are null.
    parameters = {"frames_per_second": None} | summary.steps["extract_keypoints"].parameters
    return SimpleNamespace(
        **parameters,
        libraries=[
            f"{name} {version}"
            for package, name in NETWORK_LIBRARIES.items()
            if (version := summary.tool("extract_keypoints", package))
        ],
        n_body=len(POSE_KEYPOINTS),
        n_hand=len(HAND_KEYPOINTS),
        body_share=summary.coverage["body"].median(),
        hand_share=summary.coverage["hand"].median(),
        n_videos=len(summary.coverage),
    )


def device_facts(summary: CorpusSummary) -> SimpleNamespace:
    """Steps whose networks ran on a known device, and those of them that used the CPU."""
    devices = {step: summary.parameter(step, "device") for step in NETWORK_STEPS}
    known = [step for step, device in devices.items() if device]
    return SimpleNamespace(
        steps=known, cpu_steps=[step for step in known if devices[step] == "cpu"]
    )


def movement_facts(summary: CorpusSummary) -> SimpleNamespace | None:
    """How movement was measured, and how many gestures there are. None without gestures' tables."""
    if "measure_movement" not in summary.steps or summary.gestures is None:
        return None
    parameters = summary.steps["measure_movement"].parameters
    return SimpleNamespace(
        parameters=parameters,
        has_visibility=parameters.keys() >= VISIBILITY_PARAMETERS,
        has_phases=parameters.keys() >= PHASE_PARAMETERS,
        cutoffs=cutoff_ranges(summary),
        error=measurement_error if "phase_cutoff_hz" in parameters else None,
        has_scores="score_gestures" in summary.steps,
        score_rate=RATE,
        similar=similarity_facts(summary),
        n_gestures=len(summary.gestures),
        n_identified=int(summary.gestures["person"].notna().sum()),
        n_cut=int(summary.gestures["is_cut"].sum()),
        median_s=summary.gestures["seconds"].median(),
    )


def similarity_facts(summary: CorpusSummary) -> SimpleNamespace | None:
    """How paths of gestures were compared. None if they were not, or if there are none."""
    if "compare_gestures" not in summary.steps:
        return None
    if summary.gestures is None or summary.gestures.empty:
        return None
    return SimpleNamespace(
        n_points=hand_paths.N_POINTS,
        length_weight=hand_paths.LENGTH_WEIGHT,
        band=warping.BAND / hand_paths.N_POINTS,
    )


def cutoff_ranges(summary: CorpusSummary) -> list[str]:
    """The cutoffs in Hz that the frames allowed: a value, or the lowest and the highest.

    They are those of positions, speeds and accelerations. Empty if no hand was measured.
    """
    ranges = []
    for name in summary.cutoffs if len(summary.cutoffs) else ():
        low, high = (f"{summary.cutoffs.loc[edge, name]:.2g}" for edge in ("min", "max"))
        ranges.append(low if low == high else f"{low} to {high}")
    return ranges


def table_facts(summary: CorpusSummary) -> SimpleNamespace:
    """Rows of the tables at the end: software, workflow versions, models and parameters."""
    steps = summary.steps
    tools = {name: version for step in steps.values() for name, version in step.tools.items()}
    if summary.downloader_counts:
        tools["yt-dlp"] = ", ".join(sorted(summary.downloader_counts))
    models = {name: sha256 for step in steps.values() for name, sha256 in step.models.items()}
    licences = {
        digest: model.licence
        for model in CATALOGUE.values()
        for digest in (model.sha256, model.former_sha256)
    }
    return SimpleNamespace(
        software=sorted(tools.items(), key=lambda item: item[0].lower()),
        versions=lineage.workflow_versions(steps.values()),
        models=[(*model, licences.get(model[1])) for model in sorted(models.items())],
        parameters=[
            (step, name, parameter_text(name, value))
            for step, provenance in steps.items()
            for name, value in sorted(provenance.parameters.items())
        ],
    )


def parameter_text(name: str, value: object) -> str:
    """A value as the table of parameters shows it; a rate of 0 or null means every frame."""
    if name == "frames_per_second" and not value:
        return "every frame"
    return f"{value:g}" if isinstance(value, float) else str(value)

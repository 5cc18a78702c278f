"""The methods text: what was done, in paragraphs for a paper, out of facts alone.

Each function writes one paragraph from `Facts`. No number stands in a sentence here that the
tables or their metadata could tell. Citations are keys of references.bib.
"""

from corpus.core.wording import (
    count_noun,
    format_duration,
    format_percent,
    join_words,
    none_some_or_all,
)
from corpus.report.lineage import removals, short, states
from corpus.report.methods.facts import CorpusSummary
from corpus.report.methods.movement import movement
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS

OWN = "videocorpusworkflow"
"""Key of the workflow itself."""

EMBEDDERS = {
    "dlib": "dlib's face recognition network [@king2009]",
    "facenet-vggface2": (
        "an Inception-ResNet v1 after FaceNet [@schroff2015], trained on VGGFace2 [@cao2018], of "
        "facenet-pytorch [@facenetpytorch]"
    ),
    "facenet-casia-webface": (
        "an Inception-ResNet v1 after FaceNet [@schroff2015], trained on CASIA-WebFace [@yi2014], "
        "of facenet-pytorch [@facenetpytorch]"
    ),
}
"""What each embedder is, with its sources."""


def paragraphs(facts: CorpusSummary) -> list[str]:
    """The text: the corpus, and what follows where there was anything to analyse."""
    told = [corpus(facts)]
    if len(facts.pictured):
        told += [shots(facts), faces(facts), people(facts), keypoints(facts), movement(facts)]
        told += [removals(facts.made), limits(facts)]
    return [text for text in told if text]


def workflow(facts: CorpusSummary) -> str:
    """What did the work."""
    made = states(facts.made.values())
    versions = sorted({version for version, _, _ in made})
    which = f"version{'s' * (len(versions) > 1)} {join_words(versions)}"
    others = f", and {count_noun(len(made) - 1, 'other')} as listed below" * (len(made) > 1)
    return (
        f"the Video corpus workflow, {which} (commit {short(made[0][1])}{others}) "
        f"[@{OWN}], which runs on Snakemake [@moelder2021]"
    )


def were(number: int) -> str:
    """The verb for so many."""
    return "was" if number == 1 else "were"


def corpus(facts: CorpusSummary) -> str:
    """How many videos there are, where from, in which condition, and what analysed them."""
    rows, seen = facts.corpus, facts.pictured
    counts = rows["status"].value_counts().to_dict()
    told = [f"The corpus comprised {count_noun(len(rows), 'video')}."]
    alone = len(rows) == 1
    n_web = facts.downloaders.total()
    if n_web:
        versions = join_words(sorted(facts.downloaders))
        which = "It was" if alone else f"Of these, {n_web:,} {were(n_web)}"
        told.append(f"{which} downloaded with yt-dlp {versions} [@ytdlp].")
    conditions = {
        "unavailable": "no longer available at the source",
        "no_video": "without a picture that could be decoded",
    }
    lost = {status: counts[status] for status in conditions if status in counts}
    if lost:
        which = [f"{'' if alone else f'{n:,} '}{were(n)} {conditions[s]}" for s, n in lost.items()]
        told.append(
            f"{'It' if alone else 'Of all videos,'} {join_words(which)}, and therefore not analysed."
        )
    if not len(seen):
        return " ".join([*told, f"The corpus was handled by {workflow(facts)}."])
    n_frames, seconds = int(seen["n_frames"].sum()), seen["duration_s"].sum()
    which = "All of them" if len(seen) == len(rows) else f"The other {len(seen):,}"
    if len(seen) == 1:
        which = "It" if alone else "The other one"
    told.append(
        f"{which} ({format_duration(seconds)} and {count_noun(n_frames, 'frame')} in total, {sizes(facts)}) "
        f"{were(len(seen))} analysed with {workflow(facts)}."
    )
    broken = counts.get("truncated", 0)
    if broken:
        which = "The file" if alone else f"Of these, {count_noun(broken, 'file')}"
        told.append(f"{which} broke off early and {were(broken)} analysed up to there.")
    return " ".join(told)


def sizes(facts: CorpusSummary) -> str:
    """The sizes of the pictures, in words."""
    found = facts.pictured[["width", "height"]].dropna().astype(int).drop_duplicates()
    found = sorted(found.itertuples(index=False, name=None), key=lambda s: (s[0] * s[1], s))
    named = [f"{width} × {height}" for width, height in (found[0], found[-1])]
    return f"{named[0]} pixels" if len(found) == 1 else f"{named[0]} to {named[1]} pixels"


def shots(facts: CorpusSummary) -> str:
    """How frames were read and cuts found."""
    seen = facts.pictured
    n_vfr = int(seen["is_vfr"].sum())
    varying = f"; {count_noun(n_vfr, 'video')} had a varying frame rate" * bool(n_vfr)
    threshold = facts.parameter("index_frames", "threshold")
    shortest = facts.parameter("index_frames", "min_length_s")
    return (
        f"All frames were decoded with {facts.tool('index_frames', 'av', 'PyAV')} [@pyav; "
        "@ffmpeg]. Times are the container's presentation timestamps, not frame numbers divided by "
        f"a rate{varying}. Cuts were found with the adaptive detector of "
        f"{facts.tool('index_frames', 'scenedetect', 'PySceneDetect')} [@pyscenedetect], where the "
        f"picture changed by at least {threshold:g} on its scale and at least {shortest:g} s after "
        f"the cut before; this gave {count_noun(int(seen['n_shots'].sum()), 'shot')}."
    )


def faces(facts: CorpusSummary) -> str:
    """How faces were found and followed."""
    if "detect_faces" not in facts.made:
        return ""
    used = facts.made["detect_faces"].parameters
    return (
        f"Faces were searched for in {used['samples_per_second']:g} frames a second with MTCNN "
        f"[@zhang2016], as implemented in "
        f"{facts.tool('detect_faces', 'facenet-pytorch', 'facenet-pytorch')} [@facenetpytorch]. "
        f"Those of at least {100 * used['min_size']:g}% of the frame's shorter side and with a "
        f"score of at least {used['min_score']:g} were joined into tracks by position, in the "
        "manner of SORT [@bewley2016]; a track ended at each cut and after "
        f"{used['max_gap_s']:g} s without a detection. Tracks shorter than "
        f"{used['min_track_s']:g} s and those without any score of at least "
        f"{used['min_track_score']:g} were dropped, which left "
        f"{count_noun(len(facts.tracks), 'track')}."
    )


def people(facts: CorpusSummary) -> str:
    """How tracks became people, and how many there are."""
    if not len(facts.people) or "cluster_faces" not in facts.made:
        return "No face was found, so nobody was identified." if not len(facts.people) else ""
    used = facts.made["cluster_faces"].parameters
    best = facts.parameter("embed_faces", "best")
    spread = ", spread over its time," if best > 1 else ""
    whose = "of faces of nobody known" if used.get("add") == "assign" else "of all videos together"
    return (
        f"Of each track, the best {count_noun(best, 'face')} at most{spread} {were(best)} "
        f"embedded with {EMBEDDERS[used['embedder']]}. {known_people(used)}The embeddings {whose} "
        "were clustered with HDBSCAN [@campello2013], on the exact minimum spanning tree of all "
        "pairs, with clusters chosen by "
        f"{facts.tool('cluster_faces', 'hdbscan', 'hdbscan')} [@mcinnes2017] (min_cluster_size "
        f"{used['min_cluster_size']}, min_samples {used['min_samples']}, Euclidean distance), "
        f"where clusters within a distance of {used['same_person']:g} were taken for one person "
        "[@malzer2020]. The faces of each track voted for its person; two tracks with a face in "
        "one frame were never given to the same person, and a track like no other was taken for "
        f"a person seen once. {found_people(facts)}"
    )


def known_people(used: dict) -> str:
    """What became of people of an earlier run, whom the parameters of cluster_faces name."""
    if "known" not in used:
        return ""
    if used["add"] == "cluster":
        return "People of an earlier run kept their ids, by the seconds of tracks they shared. "
    return (
        "People of an earlier run kept their tracks. A face of another track was taken for the "
        f"known person whose face number {used['min_samples']} by distance was nearest, within "
        f"{used['same_person']:g}. "
    )


def found_people(facts: CorpusSummary) -> str:
    """How many people there are, how long they are seen, and what was done by hand."""
    seconds, n_several = facts.people["seconds"], int((facts.people["n_videos"] > 1).sum())
    n_people, n_joined = len(facts.people), facts.n_clusters - len(facts.people)
    n_named = int(facts.people["name"].notna().sum())
    told = [f"This gave {count_noun(facts.n_clusters, 'person', 'people')}."]
    if n_joined:
        told.append(
            f"Of these, {n_joined:,} {were(n_joined)} joined by hand with others as the same "
            f"person, which left {n_people:,}."
        )
    if n_people == 1:
        told.append(f"This person was on screen for {format_duration(seconds.iloc[0])}.")
    else:
        if len(facts.pictured) > 1:
            told.append(
                f"Of these, {none_some_or_all(n_several, n_people)} {were(n_several or 1)} seen in more "
                "than one video."
            )
        told.append(
            f"They were on screen for a median of {format_duration(seconds.median())} each "
            f"({format_duration(seconds.min())} to {format_duration(seconds.max())})."
        )
    if n_named:
        told.append(f"By hand, {count_noun(n_named, 'person', 'people')} {were(n_named)} named.")
    return " ".join(told)


def devices(facts: CorpusSummary) -> str:
    """Where the networks ran, which rounds differently from one kind to another."""
    steps = ("detect_faces", "embed_faces", "extract_keypoints")
    used = {step: facts.parameter(step, "device") for step in steps}
    known = {step: device for step, device in used.items() if device}
    on_cpu = [f"`{step}`" for step, device in known.items() if device == "cpu"]
    if not known or len(on_cpu) == len(known):
        return "All networks ran on the CPU." if known else ""
    return "The networks ran on a GPU" + (
        f", but {join_words(on_cpu)} on the CPU." if on_cpu else "."
    )


def keypoints(facts: CorpusSummary) -> str:
    """How bodies and hands were found."""
    if "extract_keypoints" not in facts.made:
        return ""
    used = facts.made["extract_keypoints"].parameters
    rate = used["frames_per_second"]
    frames = f"{rate:g} frames a second" if rate else "every frame"
    whole = (
        " People whose face was not seen were searched for in the whole frame; they were given to "
        "no person." * bool(used["full_frame"])
    )
    bodies, hands = (facts.coverage[kind].median() for kind in ("body", "hand"))
    one = len(facts.coverage) == 1
    analysed = "the" if one else "a video's"
    medians = "" if one else " (medians over the videos)"
    return (
        f"In {frames}, {len(POSE_KEYPOINTS)} keypoints of each person's body and "
        f"{len(HAND_KEYPOINTS)} of each hand were estimated with the models BlazePose "
        "[@bazarevsky2020] and MediaPipe Hands [@zhang2020] in "
        f"{facts.tool('extract_keypoints', 'mediapipe', 'MediaPipe')}. The pose model saw a crop "
        "around one tracked face at a time, with all other faces painted over, and the hand model "
        "the end of each forearm, so that each keypoint belongs to a face track. Detections below "
        f"a confidence of {used['min_confidence']:g} were dropped, and keypoints were not "
        f"smoothed.{whole} A body was found in {format_percent(bodies)} of {analysed} analysed frames, "
        f"and a hand in {format_percent(hands)}{medians}. {devices(facts)}"
    )


def limits(facts: CorpusSummary) -> str:
    """What a reader must know before believing it."""
    n_named = int(facts.people["name"].notna().sum())
    by_hand = "Except for names given by hand, all" if n_named else "All"
    checked = "were not checked by hand"
    if n_named:
        checked = (
            f"were checked by hand at most for the {count_noun(n_named, 'person', 'people')} named"
        )
    return (
        f"{by_hand} of this was automatic. Identity rested on faces alone: bodies whose face was "
        "not found had none, one person may have been split where light, age or angle differed, "
        "and people who look alike may have been joined. Identities "
        f"{checked}, and keypoints were not corrected. Detectors and embedders do not work equally "
        "well for all ages and skin tones. Depth and metric coordinates are estimates from a "
        "single camera."
    )

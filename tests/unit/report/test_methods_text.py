"""The methods text: approved texts of made-up corpora, and properties of every text."""

import re
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest
import yaml

from approved_files import check_approved
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.report.methods import bibliography, text
from methods_corpora import CORPORA, compose_text, large_corpus, plain_corpus
from small_corpus import COMMIT, SmallCorpus

APPROVED = Path(__file__).parent / "approved"
SENTENCE_END = re.compile(r"(?<=\.) ")
CITATION = re.compile(r"\[@[^]]*\]")
PROPER_NAMES = re.compile(r"Inception-ResNet v1|VGGFace2|article 9|sha256")


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return plain_corpus(tmp_path / "results")


@pytest.fixture(scope="module")
def plain_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text about the corpus of the fixture `corpus`, unchanged."""
    return compose_text(plain_corpus(tmp_path_factory.mktemp("plain") / "results"))


def prose(methods: str) -> str:
    """The paragraphs about the analysis, without the sections after them."""
    return methods.partition("\n## ")[0]


# Approved texts


@pytest.fixture(scope="module", params=CORPORA)
def named_text(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """Name of a corpus and the text about it."""
    name: str = request.param
    return name, compose_text(CORPORA[name](tmp_path_factory.mktemp("corpus") / "results"))


def test_similar_gestures_are_described_only_if_they_were_compared(tmp_path: Path) -> None:
    compared = compose_text(large_corpus(tmp_path / "compared"))
    assert "[@sakoe1978]" in compared and "up to 12.5% of the path" in compared
    corpus = large_corpus(tmp_path / "not_compared")
    corpus.path("gesture_neighbours").unlink()
    assert "sakoe1978" not in compose_text(corpus)


def test_the_text_is_the_approved_one(named_text, pytestconfig: pytest.Config) -> None:
    """The approved file has one sentence per line, so that a difference is easy to review."""
    name, methods = named_text
    lines = SENTENCE_END.sub("\n", methods)
    check_approved(lines, APPROVED / f"methods_{name}.md", pytestconfig.getoption("--fix"))


# Properties of every text


def test_no_text_has_gaps_or_unknown_values(named_text) -> None:
    _, methods = named_text
    without_tables = "\n".join(line for line in methods.splitlines() if not line.startswith("|"))
    assert not re.search(r"\bnan\b|None|undefined|\{|\}", without_tables)
    assert not re.search(r"  | [.,;:)]|\( |[a-z]\.[A-Z]|,[a-z]", without_tables)
    assert "\n\n\n" not in methods and methods.endswith("\n")


def test_no_text_mixes_singular_and_plural(named_text) -> None:
    methods = prose(named_text[1])
    assert not re.findall(r"\b1 (?!Hz|s\b)[a-z]+s (?:was|were)\b|\b1 were\b", methods)
    assert not re.findall(r"(?<![.\d])1 (?:videos|frames|people|persons|files|tracks)\b", methods)
    assert not re.findall(
        r"\b[2-9] (?:video|frame|person|file|track|gesture(?! units)|was)\b", methods
    )


def test_the_template_contains_no_numbers_of_its_own() -> None:
    """Every number comes from the tables: without tags and names, the template has no digits."""
    source = text.TEMPLATE.read_text()
    literal = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    assert not re.findall(r"\d+", PROPER_NAMES.sub("", CITATION.sub("", literal)))


def test_every_citation_of_the_template_is_in_the_bibliography() -> None:
    cited = set(re.findall(r"@([a-z]+\d*)", text.TEMPLATE.read_text()))
    assert cited == set(bibliography.read())


def test_a_template_with_an_unknown_fact_is_an_error(tmp_path: Path, corpus: SmallCorpus) -> None:
    template = tmp_path / "template.md"
    template.write_text("There were {{ corpus.n_vidos }} videos.")
    with pytest.raises(jinja2.UndefinedError, match="n_vidos"):
        compose_text(corpus, template)


def test_lines_of_a_paragraph_are_joined_but_not_those_of_tables_and_lists() -> None:
    source = "# A\n\none\n  two\n\n\n\n- x\n- y\n\n| p | q |\n| 1 | 2 |\n\n   \n"
    assert text.join_lines(source) == "# A\n\none two\n\n- x\n- y\n\n| p | q |\n| 1 | 2 |\n"


# Optional parts appear if and only if there is something to report


def write_downloads(corpus: SmallCorpus) -> None:
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    (corpus.folder / "videos/a.info.json").write_text("{}")


def write_variable_frame_rate(corpus: SmallCorpus) -> None:
    usual = corpus.status_row
    changes = {"is_vfr": True, "width": 1920, "height": 1080}
    corpus.status_row = lambda video: usual(video) | (changes if video == "a" else {})
    corpus.write_corpus()


def write_known_people(add: str) -> Callable[[SmallCorpus], None]:
    parameters = {"known": "0" * 64, "add": add, "numbers": 2}
    return lambda corpus: corpus.change_provenance("clusters", None, parameters=parameters)


def write_removed_tracks(n_tracks: int) -> Callable[[SmallCorpus], None]:
    return lambda corpus: corpus.write("faces", "a", {"frame": []}, tracks_taken_out=n_tracks)


OPTIONAL_PARTS = {
    "downloads": (
        write_downloads,
        ["Of these, 1 was downloaded with yt-dlp 2026.1 [@ytdlp].", "| yt-dlp | 2026.1 |"],
    ),
    "gestures": (
        lambda corpus: corpus.write_all_gestures("a", ["p0001", "p0001", None]),
        [
            "gave 3 gesture units, each of one hand, 2 of them made by identified people",
            "[@kita1998]",
        ],
    ),
    "names": (
        lambda corpus: corpus.write_corpus(names={"p0001": "Ada <b>"}),
        [
            "By hand, 1 person was named.",
            "checked by hand for the 1 named person at most",
            "Except for names given by hand, all of these steps were automatic.",
        ],
    ),
    "merged people": (
        lambda corpus: corpus.write_corpus(n_clusters=5),
        ["This gave 5 people. Of these, 3 were merged by hand", "which left 2 people."],
    ),
    "probabilities": (
        lambda corpus: corpus.change_tracks(
            probability=[0.9, 0.3, 0.4],
            other_person=["p0002", None, None],
            other_probability=[0.6, None, None],
        ),
        [
            "Of the tracks of people with several tracks, 1 had a probability below 0.5. For 1 "
            "pair of people, it was more likely that they are one person than two.",
        ],
    ),
    "pictures and copies": (
        lambda corpus: corpus.change_tracks(kind=["person", "picture", "picture"]),
        ["Of these, 2 tracks were marked as a still picture (for example a poster). Times on"],
    ),
    "one person twice at once": (
        lambda corpus: corpus.change_tracks(person=["p0001", "p0001", "p0001"]),
        ["After merging by hand, 1 person was on screen twice at the same time"],
    ),
    "known people, clustered again": (
        write_known_people("cluster"),
        ["shared the most seconds of tracks. The embeddings of each track were averaged"],
    ),
    "known people, kept": (
        write_known_people("assign"),
        [
            "People from an earlier run kept their tracks. Other tracks were assigned to a known",
            "or to each other, by the same evidence as below. The embeddings of each track",
        ],
    ),
    "variable frame rate": (write_variable_frame_rate, ["1 video had a variable frame rate"]),
    "several frame sizes": (write_variable_frame_rate, ["640 × 480 to 1920 × 1080 pixels"]),
    "one removed track": (
        write_removed_tracks(1),
        ["1 face track and all data derived from it were removed"],
    ),
    "removed tracks": (
        write_removed_tracks(3),
        ["3 face tracks and all data derived from them were removed"],
    ),
    "differences": (
        lambda corpus: corpus.write_keypoints("b", [], device="gpu"),
        [
            "## Differences within the corpus",
            "- `device` of the step `extract_keypoints` was cpu in 2 videos and gpu in 1 video",
            "with `--forcerun extract_keypoints` added.",
        ],
    ),
    "another revision": (
        lambda corpus: corpus.write_keypoints("b", [], commit="f" * 40 + "+changes"),
        [
            "version 0.1.0 (commit 01234567 and 1 other revision, listed below)",
            f"| 0.1.0 | `{COMMIT}` | 10 |\n| 0.1.0 | `{'f' * 40}+changes` | 1 |",
        ],
    ),
    "another version": (
        lambda corpus: corpus.change_provenance(
            "faces", "a", workflow={"version": "0.2.0", "commit": "e" * 40}
        ),
        ["versions 0.1.0 and 0.2.0 (commit 01234567 and 1 other revision"],
    ),
    "a GPU": (
        lambda corpus: [corpus.write_keypoints(video, [], device="gpu") for video in "abc"],
        ["on a GPU, except those of the step `detect_faces`, which ran on the"],
    ),
}


@pytest.mark.parametrize("part", OPTIONAL_PARTS)
def test_an_optional_part_appears_only_if_it_applies(
    corpus: SmallCorpus, plain_text: str, part: str
) -> None:
    change, phrases = OPTIONAL_PARTS[part]
    before = plain_text
    change(corpus)
    after = compose_text(corpus)
    for phrase in phrases:
        assert phrase not in before
        assert phrase in after


def test_parts_that_do_not_apply_are_left_out(corpus: SmallCorpus) -> None:
    methods = compose_text(corpus)
    phrases = ("yt-dlp", "gesture", "earlier run", "removed", "Differences", "forcerun", "variable")
    assert not [phrase for phrase in phrases if phrase in methods]
    assert "All networks ran on the CPU." in methods
    assert "Identities were not checked by hand" in methods
    assert "All of these steps were automatic." in methods


def test_names_of_people_are_not_in_the_text(corpus: SmallCorpus) -> None:
    """Names are personal data."""
    corpus.write_corpus(names={"p0001": "Ada <b>"})
    assert "Ada" not in compose_text(corpus)


def test_movement_is_described_only_if_all_videos_have_gestures(corpus: SmallCorpus) -> None:
    corpus.write_gestures("a", ["p0001"])
    assert "gesture" not in compose_text(corpus)


def test_several_versions_of_the_downloader_are_not_a_difference(corpus: SmallCorpus) -> None:
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    corpus.write_download_record("b", **{"yt-dlp": "2026.2"})
    methods = compose_text(corpus)
    assert "Of these, 2 were downloaded with yt-dlp 2026.1 and 2026.2 [@ytdlp]." in methods
    assert "| yt-dlp | 2026.1, 2026.2 |" in methods
    assert "Differences" not in methods


# Numbers in words


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([], "No gesture unit was found."),
        (
            [None],
            "gave 1 gesture unit, made by a person who was not identified, with a duration of 0.5",
        ),
        (
            ["p0001"],
            "gave 1 gesture unit, made by a person who was identified, with a duration of 0.5",
        ),
        (
            ["p0001"] * 2,
            "2 gesture units, each of one hand, both of them made by identified people,",
        ),
        (
            ["p0001"] * 3,
            "3 gesture units, each of one hand, all of them made by identified people,",
        ),
        ([None] * 3, "3 gesture units, each of one hand, none of them made by identified people,"),
    ],
)
def test_the_number_of_gestures_in_words(corpus: SmallCorpus, people: list, sentence: str) -> None:
    corpus.write_all_gestures("a", people)
    assert sentence in compose_text(corpus)


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        ([(True, True), (True, True)], None),
        ([(False, True)], "Its start or end was not seen, so the duration is a lower bound."),
        ([(True, False), (False, False)], "not seen, in both of them, the duration is"),
        ([(False, True), (True, True), (True, True)], "not seen, in 1 of them, the duration is"),
    ],
)
def test_gestures_that_are_cut_off_are_counted(
    corpus: SmallCorpus, seen: list[tuple[bool, bool]], sentence: str | None
) -> None:
    corpus.write_all_gestures("a", [])
    n = len(seen)
    columns = {"gesture": range(n), "start_s": [0.0] * n, "end_s": [0.5] * n}
    starts, ends = zip(*seen, strict=True)
    corpus.write("gestures", "a", columns | {"start_seen": starts, "end_seen": ends})
    text = compose_text(corpus)
    assert sentence in text if sentence else "was not seen" not in text


@pytest.mark.parametrize(
    ("tracks", "sentence"),
    [
        ([("a", "p1", 4), ("b", "p2", 4)], "Of these, none appeared in more than one video."),
        ([(v, p, 4) for v in "ab" for p in ("p1", "p2")], "Of these, both appeared in more than"),
        (
            [(v, p, 4) for v in "ab" for p in ("p1", "p2", "p3")],
            "Of these, all appeared in more than",
        ),
    ],
)
def test_the_number_of_recurring_people_in_words(
    tmp_path: Path, tracks: list, sentence: str
) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": "ok", "b": "ok"}, tracks)
    assert sentence in compose_text(corpus)


def test_videos_that_were_not_analysed_are_counted(tmp_path: Path) -> None:
    statuses = {"a": "ok", "x": "unavailable", "y": "unavailable", "z": "no_video"}
    methods = compose_text(SmallCorpus(tmp_path / "results", statuses, [("a", "p0001", 4)]))
    assert "Of all videos, 2 were no longer available at the source and 1 contained no" in methods
    assert "these videos were therefore not analysed. The other video (4.0 s and 100" in methods
    assert "This person was on screen for 4.0 s." in methods


def test_videos_that_could_not_be_downloaded_are_counted(tmp_path: Path) -> None:
    statuses = {"a": "ok", "w": "pending", "x": "unavailable", "y": "unavailable", "z": "no_video"}
    methods = compose_text(SmallCorpus(tmp_path / "results", statuses, [("a", "p0001", 4)]))
    assert (
        "Of all videos, 2 were no longer available at the source, 1 could not be downloaded and "
        "1 contained no video that could be decoded; these videos were therefore not analysed."
    ) in methods


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("unavailable", "It was no longer available at its source and was therefore not analysed."),
        ("pending", "It could not be downloaded and was therefore not analysed."),
        ("no_video", "It contained no video that could be decoded and was therefore not analysed."),
    ],
)
def test_a_corpus_without_an_analysed_video(tmp_path: Path, status: str, sentence: str) -> None:
    methods = compose_text(SmallCorpus(tmp_path / "results", {"a": status}))
    assert f"The corpus comprised 1 video. {sentence}" in methods
    assert "[@videocorpusworkflow]" in methods and "MTCNN" not in methods


def test_a_corpus_without_people(tmp_path: Path) -> None:
    methods = compose_text(SmallCorpus(tmp_path / "results", {"a": "ok"}))
    assert "No face was found, so no person was identified." in methods
    assert "left 0 tracks" in methods and "HDBSCAN" not in methods


@pytest.mark.parametrize("status", ["ok", "truncated"])
def test_a_corpus_with_one_of_everything(tmp_path: Path, status: str) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": status}, [("a", "p0001", 4)])
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    corpus.write_gestures("a", ["p0001"])
    corpus.write("faces", "a", {"frame": []}, samples_per_second=1.0, best=1)
    methods = prose(compose_text(corpus))
    assert "It was downloaded with yt-dlp 2026.1" in methods
    assert "The video (4.0 s and 100 frames" in methods
    assert ("The file was truncated and was analysed up" in methods) == (status == "truncated")
    assert "only the best face was embedded" in methods
    assert "detected in 1 frame per second" in methods
    assert "A body was found in 50% of the analysed frames, and a hand in 0%." in methods
    assert "more than one video" not in methods and "medians" not in methods


# Parameters, tools and models


def test_parameters_and_versions_come_from_the_metadata(corpus: SmallCorpus) -> None:
    for video in corpus.statuses:
        corpus.write_status(video, threshold=31.5)
        corpus.write_keypoints(
            video, [(0, 0, 0.9)], frames_per_second=12.5, min_confidence=0.75, full_frame=False
        )
    corpus.write("clusters", None, {"cluster": [0, 1]}, same_person=0.44, min_cluster_size=7)
    methods = compose_text(corpus)
    assert "changed by at least 31.5 " in methods
    assert "In 12.5 frames per second, 33 keypoints" in methods
    assert "confidence below 0.75 were" in methods and "full frame" not in methods
    assert "equally likely at a distance of 0.44," in methods and "min_cluster_size 7" in methods
    assert "times 0.44" in methods
    assert "PyAV 1.2.3" in methods and "hdbscan 1.2.3" in methods


def test_without_a_rate_keypoints_are_estimated_in_every_frame(corpus: SmallCorpus) -> None:
    for video in corpus.statuses:
        corpus.write_keypoints(video, [(0, 0, 0.9)], frames_per_second=0.0)
    methods = compose_text(corpus)
    assert "In every frame, 33 keypoints" in methods
    assert "| extract_keypoints | frames_per_second | every frame |" in methods


def test_every_parameter_of_movement_is_in_the_prose_and_in_the_table(
    corpus: SmallCorpus, root: Path
) -> None:
    """Each key of the configuration gets a number that occurs nowhere else."""
    keys = list(yaml.safe_load((root / "config/config.yaml").read_text())["movement"])
    # It decides whether another rule runs.
    keys.remove("gesture_score")
    # It is no number: see the next test.
    keys.remove("still_camera")
    assert len(keys) == 15
    values = {key: 0.011 + position / 100 for position, key in enumerate(keys)}
    corpus.write_all_gestures("a", [])
    for video in corpus.statuses:
        corpus.write("kinematics", video, {"frame": []}, **values)
    paragraphs, table = compose_text(corpus).split("## Parameters")
    for key, value in values.items():
        assert f"| measure_movement | {key} | {value:g} |" in table
        formatted = f"{100 * value:g}%" if key == "seen_share" else f"{value:g}"
        assert formatted in paragraphs, key


@pytest.mark.parametrize("still_camera", [False, True])
def test_cameras_that_are_taken_to_stand_still_are_named(
    corpus: SmallCorpus, still_camera: bool
) -> None:
    corpus.write_all_gestures("a", [])
    for video in corpus.statuses:
        corpus.write("kinematics", video, {"frame": []}, still_camera=still_camera)
    text = compose_text(corpus)
    assert "from which the movement of the camera was removed" in text
    assert ("the camera was taken to stand still" in text) == still_camera
    assert f"| measure_movement | still_camera | {still_camera} |" in text


def test_scores_of_gestures_are_described_if_they_are_switched_on(corpus: SmallCorpus) -> None:
    """Tables that are left from a run with scores are not described."""
    corpus.write_all_gestures("a", [])
    before = compose_text(corpus)
    corpus.write("gesture_scores", "a", {"gesture": []})
    assert compose_text(corpus) == before
    assert "EnvisionHGdetector" not in before and "score_gestures" not in before
    methods = compose_text(corpus, with_scores=True)
    assert "five samples at 25 samples per second" in methods
    assert "of EnvisionHGdetector [@pouw2026]" in methods


def test_the_text_does_not_depend_on_whether_agreement_was_measured(corpus: SmallCorpus) -> None:
    corpus.write_all_gestures("a", [])
    before = compose_text(corpus)
    corpus.write("agreement", None, {"scope": []}, other=9)
    assert compose_text(corpus) == before


def test_the_height_of_rest_is_below_or_above_the_shoulders(corpus: SmallCorpus) -> None:
    corpus.write_all_gestures("a", [])
    assert "more than 1.2 shoulder widths below the shoulders" in compose_text(corpus)
    for video in corpus.statuses:
        corpus.change_provenance("kinematics", video, parameters={"rest_height": 0.3})
    assert "less than 0.3 shoulder widths above the shoulders" in compose_text(corpus)


def test_the_cutoffs_that_frames_allow_are_given_as_ranges(corpus: SmallCorpus) -> None:
    corpus.write_all_gestures("a", [])
    assert "At the frame times" not in compose_text(corpus)
    names = [f"{name}_cutoff_hz" for name in ("position", "speed", "acceleration")]
    for video, values in (("a", (6.02, 6.01, 5.98)), ("b", (5.0, 4.18, 6.01))):
        rows = {"track": [0, 0], "hand": ["left", "right"]}
        cutoffs = {name: [value, None] for name, value in zip(names, values, strict=True)}
        corpus.write("movement_quality", video, rows | cutoffs)
    corpus.write("movement_quality", "c", {"track": []})
    expected = "were 5 to 6 Hz for positions, 4.2 to 6 Hz for speeds and 6 Hz for accelerations."
    assert expected in compose_text(corpus)


def test_movement_with_other_parameters_is_described_without_them(corpus: SmallCorpus) -> None:
    corpus.write_all_gestures("a", [])
    for video in corpus.statuses:
        corpus.replace_parameters("kinematics", video, {"new": 1})
    methods = compose_text(corpus)
    assert "No gesture unit was found." in methods
    assert "at rest if" not in methods and "A point was used" not in methods
    assert "cutoff" not in methods


def test_models_are_listed_with_checksum_and_licence(corpus: SmallCorpus) -> None:
    assert f"`{'5' * 64}` | own copy, not from the catalogue |" in compose_text(corpus)
    model = CATALOGUE["dlib"]
    for video in corpus.statuses:
        corpus.change_provenance("faces", video, models={model.file: model.sha256})
    assert f"| {model.file} | `{model.sha256}` | {model.licence} |" in compose_text(corpus)


# Citations


@pytest.fixture(scope="module")
def cited_keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The works that the text about a large corpus cites, by embedder."""
    folder = tmp_path_factory.mktemp("embedders")
    corpora = {name: large_corpus(folder / name, name) for name in EMBEDDERS}
    for corpus in corpora.values():
        corpus.write("gesture_scores", "a", {"gesture": []})
    texts = {name: compose_text(corpus, with_scores=True) for name, corpus in corpora.items()}
    return {name: set(bibliography.cited_keys(methods)) for name, methods in texts.items()}


def test_each_citation_has_a_work_and_each_work_can_be_cited(cited_keys) -> None:
    assert set().union(*cited_keys.values()) == set(bibliography.read())


def test_only_the_embedder_that_was_used_is_cited(cited_keys) -> None:
    works = {"dlib": "king2009", "facenet-vggface2": "cao2018", "facenet-casia-webface": "yi2014"}
    assert set(works) == set(EMBEDDERS)
    for embedder, key in works.items():
        assert cited_keys[embedder] & set(works.values()) == {key}

"""Made-up corpora that the methods text is written about."""

from pathlib import Path

from corpus.report import coverage
from corpus.report.methods import text
from corpus.report.methods.summary import CorpusSummary, read_summary
from small_corpus import SmallCorpus

STATUSES = {"a": "ok", "b": "truncated", "c": "ok"}
TRACKS = [("a", "p0001", 4), ("a", "p0002", 2), ("b", "p0001", 3)]


def summarise(corpus: SmallCorpus, *, with_scores: bool = False) -> CorpusSummary:
    """The summary of a corpus. Writes coverage.tsv into its folder."""
    table = coverage.measure_corpus(corpus.folder, list(corpus.statuses))
    path = corpus.folder / "coverage.tsv"
    table.to_csv(path, sep="\t", index=False)
    return read_summary(corpus.folder, path, with_scores=with_scores)


def compose_text(
    corpus: SmallCorpus, template: Path = text.TEMPLATE, *, with_scores: bool = False
) -> str:
    """The methods text about a corpus."""
    return text.compose(summarise(corpus, with_scores=with_scores), template)


def plain_corpus(folder: Path) -> SmallCorpus:
    """Three local videos, all analysed in the same way, without gestures."""
    return SmallCorpus(folder, STATUSES, TRACKS)


def large_corpus(folder: Path, embedder: str = "dlib") -> SmallCorpus:
    """A corpus with nearly everything that the text can report."""
    statuses = STATUSES | {"gone": "unavailable", "sound": "no_video"}
    corpus = SmallCorpus(folder, statuses, TRACKS)
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    corpus.write_download_record("b", **{"yt-dlp": "2026.2"})
    corpus.write_all_gestures("a", ["p0001", "p0001", None])
    corpus.write("gesture_neighbours", None, {"gesture": []})
    corpus.write_corpus(names={"p0001": "Ada", "p0002": "Grace"}, n_clusters=5)
    corpus.change_tracks(
        probability=[0.9, 0.99, 0.3],
        other_person=["p0002", None, None],
        other_probability=[0.7, None, None],
        kind=["person", "copy", "picture"],
    )
    corpus.change_provenance("clusters", None, parameters={"embedder": embedder})
    return corpus


def corpus_of_one_video(folder: Path) -> SmallCorpus:
    """One truncated video with one person and one gesture."""
    corpus = SmallCorpus(folder, {"a": "truncated"}, [("a", "p0001", 4)])
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    corpus.write_gestures("a", ["p0001"])
    corpus.change_tracks(probability=[0.99])
    return corpus


def corpus_without_frames(folder: Path) -> SmallCorpus:
    """One video that is no longer available."""
    return SmallCorpus(folder, {"a": "unavailable"})


def corpus_without_people(folder: Path) -> SmallCorpus:
    """Two videos without faces."""
    return SmallCorpus(folder, {"a": "ok", "b": "ok"})


def grown_corpus(folder: Path) -> SmallCorpus:
    """A corpus that grew over time: people were removed, and its tables have different settings."""
    corpus = plain_corpus(folder)
    corpus.change_provenance(
        "clusters",
        None,
        parameters={
            "embedder": "facenet-vggface2",
            "known": "0" * 64,
            "add": "assign",
            "numbers": 2,
        },  # fmt: skip
    )
    corpus.write_keypoints("b", [], device="gpu", frames_per_second=12.5)
    corpus.write("faces", "b", {"frame": []}, device="cpu", tracks_taken_out=2)
    corpus.change_provenance(
        "status", "c", workflow={"version": "0.2.0", "commit": "e" * 40 + "+changes"}
    )
    return corpus


CORPORA = {
    "plain": plain_corpus,
    "large": large_corpus,
    "one_video": corpus_of_one_video,
    "without_frames": corpus_without_frames,
    "without_people": corpus_without_people,
    "grown": grown_corpus,
}
"""Functions that write a corpus into a folder, by name."""

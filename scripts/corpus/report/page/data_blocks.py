"""The page's data as blocks of JSON: about the corpus, about each video, and face pictures."""

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from corpus.core.progress import with_progress
from corpus.report.page.corpus_data import describe_corpus, face_pictures
from corpus.report.page.render import json_block
from corpus.report.page.tables import CorpusTables
from corpus.report.page.to_look_at.entries import Ranking
from corpus.report.page.to_look_at.gestures import gesture_entries
from corpus.report.page.to_look_at.identities import identity_entries
from corpus.report.page.to_look_at.moments import moment_of_concern
from corpus.report.page.to_look_at.videos import video_entries
from corpus.report.page.video_data import describe_video


def data_blocks(
    tables: CorpusTables,
    *,
    picture_tables: Sequence[Path],
    people_path: Path,
    corpus_name: str,
    title: str | None,
    has_skeletons: bool,
) -> Iterator[str]:
    """Yield the blocks `corpus`, `video-0`, `video-1` and so on, `to-look-at`, and `pictures`.

    `people_path` is the user's people.tsv, which need not exist. Without a title, the headline of
    the page is `corpus_name`. `has_skeletons` says whether the videos have side files with them.
    """
    summaries, detail_blocks = [], []
    ranking = Ranking()
    ranking.add(identity_entries(tables))
    rows = tables.corpus
    for index, row in with_progress(rows.iterrows(), "write_page", len(rows), "videos"):
        summary, details = describe_video(tables, row)
        summaries.append(summary)
        detail_blocks.append(json_block(f"video-{index}", details))
        ranking.add(gesture_entries(tables, row["video_id"], index))
        moment_of = partial(moment_of_concern, tables, row["video_id"])
        ranking.add(video_entries(row, summary, index, moment_of))
    names = describe_user_names(tables, people_path)
    corpus = describe_corpus(tables, summaries, names, corpus_name, title or corpus_name)
    corpus["skeletons"] = has_skeletons
    # The script of the page writes this side file, and later runs update it.
    corpus["files"] = True
    yield json_block("corpus", corpus)
    yield from detail_blocks
    yield json_block("to-look-at", ranking.describe())
    pictures = [face for path in picture_tables for face in face_pictures(path, tables)]
    yield json_block("pictures", pictures)


def describe_user_names(tables: CorpusTables, path: Path) -> dict:
    """The user's people.tsv: its path, its lines, and its rows that match no person."""
    lines, unmatched = tables.user_lines(path)
    for row in unmatched:
        logging.warning("%s; the page keeps this row as a comment", row["why"])
    return {"file": shown_path(path), "lines": lines, "unmatched": unmatched}


def shown_path(path: Path) -> str:
    """The path as the page shows it: without the folders if it is absolute.

    An absolute path would differ between computers and could contain a user's name.
    """
    return path.name if path.is_absolute() else path.as_posix()

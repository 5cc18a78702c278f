"""Failing videos do not stop the workflow: each gets a row with the reason of the failure."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import synthetic_videos as videos
from corpus.tables import parquet, schemas
from media_server import Fault, MediaServer, serve
from planted_secrets import PlantedSecrets, files_below
from repository import ROOT
from workflow_runs import DEMO


class FailingCorpus:
    """A corpus of faulty videos, some on a site that is down at first. Addresses have secrets."""

    def __init__(self, folder: Path, demo_clips: Path) -> None:
        self.folder, self.site, self.results = folder, folder / "site", folder / "results"
        self.secrets = PlantedSecrets()
        self.site.mkdir()
        # The models are those of the other tests.
        (folder / "resources").symlink_to(ROOT / "resources")
        self.write_local_files()
        shutil.copy(demo_clips / "hopper.mp4", self.site / "hopper.mp4")
        shutil.copy(demo_clips / "collins.mp4", self.site / "busy.mp4")
        complete = videos.plain(folder / "whole.mkv", seconds=4)
        shutil.copy(videos.shortened(complete), self.site / "cut.mkv")
        videos.silent(self.site / "segment.ts", "-c:v", "libx264")
        segment = f"#EXTINF:1.0,\nsegment.ts?sig={self.secrets.encoded('segment')}\n"
        self.site.joinpath("stream.m3u8").write_text(
            f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{segment}#EXT-X-ENDLIST\n"
        )

    def write_local_files(self) -> None:
        """Write the videos that are not on the site."""
        (self.folder / "zero.mp4").touch()
        (self.folder / "text.mkv").write_text("not a video")
        videos.only_sound(self.folder / "sound.mp4")
        videos.plain(self.folder / "nobody.mp4")

    def write_manifest(self, server: MediaServer) -> None:
        """Write the manifest with secrets in the addresses, and let the server redirect."""
        hidden = self.secrets.encoded
        signed = f"{server.url('cut.mkv')}?X-Amz-Signature={hidden('redirect')}"
        server.faults[f"/token/{self.secrets.secrets['path']}/link.mkv"] = Fault(redirect=signed)
        server.faults["/hopper.mp4"] = Fault(cookie=f"id={hidden('server_cookie')}; Path=/")
        with_password = self.secrets.with_password(server.url("hopper.mp4"))
        rows = {
            "hopper": f"{with_password}?token={hidden('token')}",
            "gone": server.url("gone.mp4") + f"?access_token={hidden('gone_token')}",
            "zero": "zero.mp4",
            "text": "text.mkv",
            "sound": "sound.mp4",
            "nobody": "nobody.mp4",
            "cut": server.url("token/") + f"{hidden('path')}/link.mkv",
            "stream": server.url("stream.m3u8") + f"#key={hidden('fragment')}",
            "busy": server.url("busy.mp4") + f"?zugang={hidden('zugang')}",
        }
        lines = [f"{video}\t{source}\tnote {video}" for video, source in rows.items()]
        text = "\n".join(["video_id\tsource\tremark", *lines]) + "\n"
        (self.folder / "videos.tsv").write_text(text)

    def run(self, snakemake, *options: str) -> subprocess.CompletedProcess:
        """Run the workflow in this folder, so that `.snakemake` is of these runs alone."""
        cookies = self.secrets.cookies_file(self.folder / "cookies.txt")
        settings = (f"videos={self.folder / 'videos.tsv'}", f"fetch={{cookies: {cookies}}}")
        config = ("--config", f"results={self.results}", *settings)
        return snakemake("--directory", self.folder, *options, *DEMO, *config, check=False)

    def replace_tokens(self) -> None:
        """Give the address of a video another token and another password."""
        manifest = self.folder / "videos.tsv"
        text = manifest.read_text().replace(self.secrets.encoded("token"), "another-token")
        manifest.write_text(text.replace(self.secrets.encoded("password"), "another-password"))

    def tables(self, name: str) -> set[str]:
        """Ids of the videos that have a table."""
        return {path.stem for path in (self.results / name).glob("*.parquet")}

    def statuses(self) -> pd.DataFrame:
        """The table of the corpus, by video."""
        return parquet.read(self.results / "corpus.parquet").set_index("video_id")


@dataclass
class Runs:
    """What happened while the site was down, in a dry run then, and when it was up again."""

    corpus: FailingCorpus
    while_down: subprocess.CompletedProcess
    keypoints_while_down: set[str]
    statuses_while_down: pd.DataFrame
    page_while_down: str
    planned: subprocess.CompletedProcess
    afterwards: subprocess.CompletedProcess
    nothing_to_do: subprocess.CompletedProcess

    @property
    def results(self) -> Path:
        """The results folder."""
        return self.corpus.results


@pytest.fixture(scope="module")
def runs(demo_clips: Path, snakemake, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Run the workflow on faulty videos, first while a site is down, then when it is up again."""
    corpus = FailingCorpus(tmp_path_factory.mktemp("failing_corpus"), demo_clips)
    with serve(corpus.site) as server:
        corpus.write_manifest(server)
        server.faults["/busy.mp4"] = Fault(status=503)
        while_down = corpus.run(snakemake, "--retries", "1")
        assert (corpus.results / "corpus.parquet").exists(), while_down.stdout[-8000:]
        down = corpus.tables("keypoints"), corpus.statuses()
        page = (corpus.results / "report/index.html").read_text()
        planned = corpus.run(snakemake, "-n")
        del server.faults["/busy.mp4"]
        afterwards = corpus.run(snakemake)
        corpus.replace_tokens()
        nothing_to_do = corpus.run(snakemake, "videos", "-n")
    return Runs(corpus, while_down, *down, page, planned, afterwards, nothing_to_do)


@pytest.mark.fault(
    "downloads",
    "a site answers 503 while the workflow runs",
    "everything is made for all other videos; the missing one is listed with its reason",
)
def test_temporary_error_stops_nothing(runs: Runs) -> None:
    assert runs.while_down.returncode == 1
    assert "1 video of 5 could not be downloaded yet.\n  busy: [generic] busy" in (
        runs.while_down.stdout
    )
    assert runs.while_down.stdout.count("Trying to restart job") == 1
    statuses = runs.statuses_while_down
    assert runs.keypoints_while_down == set(statuses.index)
    assert statuses.loc["busy", "status"] == "pending"
    assert "503" in statuses.loc["busy", "reason"]
    summary = runs.while_down.stdout.rpartition("\n\n")[2].splitlines()
    assert re.match(r"Made: \d of 9 videos, ", summary[0]) and len(summary) <= 6
    for text in ("1 video pending (busy: ", "503", "1 video unavailable (gone: ", "no_video (zero"):
        assert text in summary[1]
    assert summary[-1].startswith("Next: download what is missing with snakemake --nolock ")
    assert "not downloaded yet" in runs.page_while_down and "503" in runs.page_while_down


@pytest.mark.fault(
    "downloads", "a video was missing in the last run", "a dry run lists its download"
)
def test_dry_run_lists_the_download_of_a_pending_video(runs: Runs) -> None:
    assert runs.planned.returncode == 0, runs.planned.stdout[-8000:]
    counts = dict(re.findall(r"^(\w+) +(\d+)$", runs.planned.stdout, re.MULTILINE))
    assert counts["fetch_video"] == counts["index_frames"] == counts["identify_people"] == "1"


def test_next_run_computes_only_missing_files(runs: Runs) -> None:
    assert runs.afterwards.returncode == 0, runs.afterwards.stdout[-8000:]
    jobs = re.findall(r"\) done: (.*)", runs.afterwards.stdout)
    assert "extract_keypoints busy" in jobs
    assert "extract_keypoints hopper" not in jobs


@pytest.mark.fault(
    "downloads", "the token in the address of a finished video is replaced", "nothing runs again"
)
def test_new_token_downloads_nothing_again(runs: Runs) -> None:
    assert "fetch_video" not in runs.nothing_to_do.stdout, runs.nothing_to_do.stdout[-8000:]


@pytest.mark.fault(
    "privacy",
    "passwords, tokens, cookies and signed addresses in and behind the sources",
    "no byte of results, logs, console and Snakemake's own files has one",
)
def test_no_secret_is_kept_anywhere(runs: Runs) -> None:
    secrets = runs.corpus.secrets
    for run in (runs.while_down, runs.planned, runs.afterwards):
        console = runs.corpus.folder / "console.txt"
        console.write_text(run.stdout)
        assert secrets.found_in(iter([console])) == []
    files = list(files_below(runs.results, runs.corpus.folder / ".snakemake"))
    names = [str(file) for file in files]
    for expected in ("metadata", "snakemake.log", "hopper.info.json", "fetch_video/busy.mp4.log"):
        assert any(expected in name for name in names), f"no {expected} among the searched files"
    assert secrets.found_in(iter(files)) == []


def test_search_for_secrets_finds_them(runs: Runs) -> None:
    # The password and the token were replaced at the end.
    manifest = runs.corpus.folder / "videos.tsv"
    found = {line.rpartition(" ")[2] for line in runs.corpus.secrets.found_in(iter([manifest]))}
    assert {"user", "zugang", "fragment", "gone_token", "path"} <= found
    assert runs.corpus.secrets.found_in(iter([runs.corpus.folder / "cookies.txt"]))


def test_addresses_still_lead_to_the_videos(runs: Runs) -> None:
    sources = runs.corpus.statuses()["source"]
    assert sources["hopper"].endswith("/hopper.mp4") and "@" not in sources["hopper"]
    assert re.search(r"/busy\.mp4\?zugang=hidden-[0-9a-f]{4}$", sources["busy"])


@pytest.mark.fault(
    "media",
    "one corpus of empty, text, sound, cut, dead and empty-scene videos",
    "each has a row with status and reason",
)
def test_corpus_table_gives_the_reason_of_each_failure(runs: Runs) -> None:
    results = runs.results
    corpus = parquet.read(results / "corpus.parquet").set_index("video_id")
    assert corpus["status"].to_dict() == {
        "hopper": "ok",
        "gone": "unavailable",
        "zero": "no_video",
        "text": "no_video",
        "sound": "no_video",
        "nobody": "ok",
        "cut": "truncated",
        "stream": "ok",
        "busy": "ok",
    }
    assert "404" in corpus.loc["gone", "reason"]
    assert corpus.loc[corpus["status"] != "ok", "reason"].str.len().gt(5).all()
    assert corpus.loc["cut", "n_frames"] > 10
    assert corpus.loc["nobody", "n_face_tracks"] == corpus.loc["nobody", "n_people"] == 0
    assert corpus["remark"].tolist() == [f"note {video}" for video in corpus.index]


@pytest.mark.fault(
    "media", "a video that cannot be read goes through all stages", "its tables are valid and empty"
)
def test_empty_tables_are_valid(runs: Runs) -> None:
    results = runs.results
    for video in ("gone", "zero", "text", "sound"):
        for table in ("frames", "shots", "faces", "embeddings", "keypoints"):
            rows = parquet.read(results / table / f"{video}.parquet")
            assert len(rows) == 0
            assert list(rows) == schemas.SCHEMAS[table].names
    assert len(parquet.read(results / "frames" / "nobody.parquet")) > 0
    for table in ("faces", "embeddings", "keypoints"):
        assert len(parquet.read(results / table / "nobody.parquet")) == 0


def test_people_are_identified_in_the_remaining_videos(runs: Runs) -> None:
    results = runs.results
    assert len(parquet.read(results / "people.parquet")) == 2
    tracks: pd.DataFrame = parquet.read(results / "tracks.parquet")
    assert set(tracks["video_id"]) == {"hopper", "busy"}

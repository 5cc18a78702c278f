"""People of the demo: images of their faces, and clustering with known people."""

import io
import os
import re
import shutil

import pandas as pd
from PIL import Image

from corpus.tables import parquet


def reasons_by_rule(output: str) -> dict[str, str]:
    """Return why Snakemake plans to run each rule, from the output of a dry run."""
    pattern = r"^(?:local)?rule (\w+):\n.*?reason: (.*?)\n"
    return dict(re.findall(pattern, output, re.M | re.S))


def test_an_edited_file_of_known_people_repeats_only_the_identity_stage(snakemake, demo, tmp_path):
    results, known_file = tmp_path / "results", tmp_path / "known.parquet"
    shutil.copytree(demo, results, symlinks=True)
    shutil.copy(demo / "clusters.parquet", known_file)
    os.utime(known_file, (1e9, 1e9))
    options = (
        *("--profile", "profiles/laptop", "--configfile", "config/laptop.yaml"),
        *("--config", f"results={results}", f"clustering={{known: {known_file}, add: assign}}"),
    )
    snakemake("people", *options)
    for name in ("clusters", "tracks"):
        before, after = (parquet.read(folder / f"{name}.parquet") for folder in (demo, results))
        pd.testing.assert_frame_equal(after, before)
    assert not reasons_by_rule(snakemake("people", "-n", *options).stdout)
    rows = parquet.read(known_file)
    rows["cluster"] += 10
    parquet.write(known_file, "clusters", rows, parquet.read_provenance(known_file))
    reasons = reasons_by_rule(snakemake("people", "-n", *options).stdout)
    assert set(reasons) == {
        "cluster_faces",
        "identify_people",
        "publish_people_file",
        "people",
    }
    assert "known.parquet" in reasons["cluster_faces"]


def test_the_demo_has_four_images_of_each_person(demo):
    pictures = parquet.read(demo / "pictures.parquet")
    assert pictures.groupby("person").size().to_dict() == {"p0001": 4, "p0002": 4}
    n_videos = pictures.groupby("person")["video_id"].nunique()
    assert n_videos.to_dict() == {"p0001": 3, "p0002": 2}
    sizes = {Image.open(io.BytesIO(jpeg)).size for jpeg in pictures["jpeg"]}
    assert sizes <= {(192, 192)} | {(side, side) for side in range(100, 192)}

"""The page's side file with all gestures: columns of integers, read back as the browser does."""

import base64
import json
import struct
import zlib

import numpy as np
import pandas as pd
import pytest

from corpus.report.page.gesture_list import (
    COLUMNS,
    encode,
    half_steps,
    select_rows,
    to_integers,
)
from corpus.report.page.player_zero import whole_zero
from corpus.tables import parquet
from corpus.tables.schemas import SCHEMAS
from page_corpus import add_people_to_gestures, video_name, write_corpus, write_html

FACELESS = video_name(6)


def decode(content: bytes) -> pd.DataFrame:
    """The columns of a side file as floats, with NaN for missing values."""
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    columns = {}
    for column in header["columns"]:
        dtype = np.dtype(column["type"].lower()).newbyteorder("<")
        at = 4 + length + column["at"]
        assert at % dtype.itemsize == 0, "typed arrays begin at a multiple of their size"
        integers = np.frombuffer(content, dtype, header["n"], at)
        values = np.where(integers == np.iinfo(dtype).min, np.nan, integers.astype(float))
        columns[column["name"]] = values / column.get("scale", 1)
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    results, manifest = write_corpus(tmp_path_factory.mktemp("corpus"))
    add_people_to_gestures(results, FACELESS)
    return results, write_html(results, manifest)


def read_side_file(page) -> bytes:
    text = (page.parent / "page/gestures.js").read_text(encoding="utf-8")
    return zlib.decompress(base64.b64decode(text.split('"')[3]), 31)


def test_the_list_has_the_gestures_of_all_videos_in_order(corpus):
    results, page = corpus
    written = decode(read_side_file(page))
    videos = parquet.read(results / "corpus.parquet")["video_id"].tolist()
    tables = [parquet.read(results / f"gestures/{v}.parquet").assign(video=i) for i, v in
              enumerate(videos)]  # fmt: skip
    rows = pd.concat([table for table in tables if len(table)], ignore_index=True)
    by_time = rows.sort_values(["video", "start_s", "end_s", "track", "hand"])
    assert len(written) == len(rows) > 50
    for name in ("video", "gesture", "unit", "shot", "jump", "peak_speed", "extent", "lag_s"):
        expected = by_time[name].astype(float)
        np.testing.assert_allclose(written[name], expected, atol=0.00051, err_msg=name)
    np.testing.assert_allclose(written["start"], by_time["start_s"] * 1000, atol=1)
    lengths = (by_time["end_s"] - by_time["start_s"]).to_numpy()
    np.testing.assert_allclose(written["length_s"], lengths, atol=0.00051)
    for limit in lengths.round(3):
        assert ((written["length_s"].to_numpy() >= limit) == (lengths >= limit)).all()
    hands = ["left", "right"]
    assert [hands[int(code)] for code in written["hand"]] == by_time["hand"].tolist()
    faceless = written["video"] == videos.index(FACELESS)
    assert (written["cluster"].isna() == faceless).all() and faceless.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_comparisons_of_the_page_give_the_same_as_those_of_the_table(dtype):
    random = np.random.default_rng(1)
    limits = np.arange(-2000, 2001) / 1000
    near = np.nextafter(limits.astype(dtype), dtype(9))
    values = np.concatenate([limits, near, random.uniform(-2, 2, 4001)]).astype(dtype)
    page = half_steps(pd.Series(values), is_single=dtype == np.float32).to_numpy(float) / 2000
    # What the page compares are numbers of double precision.
    for limit in (*limits[::97], 0.3, 0.1, 0.145, -0.007):
        assert ((page < limit) == (values < dtype(limit))).all(), limit
        assert ((page == limit) == (values == dtype(limit))).all(), limit


def test_copies_are_left_out_and_missing_values_stay_missing():
    rows = pd.DataFrame(columns=SCHEMAS["gestures"].names, index=range(2)).astype(object)
    rows["gesture"], rows["track"], rows["hand"] = [0, 1], [4, 5], "right"
    rows["start_s"], rows["end_s"], rows["zero_s"] = 1.0, 2.0, 0.0
    rows["peak_speed"] = [1.0, None]
    tracks = pd.DataFrame({"track": [4, 5], "kind": ["copy", "person"], "cluster_index": [0, 3]})
    written = decode(encode(to_integers(select_rows(7, rows, tracks))))
    assert written["gesture"].tolist() == [1]
    assert written[["video", "cluster", "start", "end"]].to_numpy().tolist() == [[7, 3, 1000, 2000]]
    assert written[["peak_speed", "start_seen", "region", "shot"]].isna().all(axis=None)


def test_large_values_get_a_larger_type_and_too_large_ones_are_refused():
    written = decode(encode(pd.DataFrame({"gesture": pd.array([-5, 70_000, None], "Int64")})))
    assert written["gesture"].tolist()[:2] == [-5, 70_000] and np.isnan(written["gesture"][2])
    with pytest.raises(ValueError, match="does not fit"):
        encode(pd.DataFrame({"gesture": pd.array([2**40], "Int64")}))


def test_every_column_is_one_of_the_table():
    assert set(COLUMNS) <= set(SCHEMAS["gestures"].names)


def test_times_for_elan_are_those_of_the_workflows_elan_files():
    rows = pd.DataFrame(columns=SCHEMAS["gestures"].names, index=range(3)).astype(object)
    rows = rows.assign(gesture=range(3), track=4, hand="left", zero_s=1.4004)
    rows["start_s"], rows["end_s"] = [1.0, 2.00044, 3.0], [1.5, 2.0625, 4.0001]
    tracks = pd.DataFrame({"track": [4], "kind": ["person"], "cluster_index": [0]})
    written = to_integers(select_rows(0, rows, tracks))
    for name in ("start", "end"):
        player_times = written[name] - whole_zero(1.4004) + written[f"elan_{name}"]
        assert player_times.tolist() == [round((s - 1.4004) * 1000) for s in rows[f"{name}_s"]]
        assert written[f"elan_{name}"].between(-2, 1).all() and written[f"elan_{name}"].any()

"""Search all bytes of results for what is known about a person."""

import base64
import gzip
import html
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq


def traces(folder: Path, words: list[str], vectors: np.ndarray, max_distance: float) -> list[str]:
    """Files below `folder` with one of the words, or an embedding near one of `vectors` (n, d).

    Words are searched in the bytes of each file, decoded as text and from HTML, in its name, in the
    cells and metadata of each table, and in the content of the page's side files.
    """
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        texts = [str(path.relative_to(folder)), *_texts(path)]
        if any(pattern.search(text) for text in texts):
            found.append(f"{path}: a word")
        if path.suffix == ".parquet" and _has_vector(path, vectors, max_distance):
            found.append(f"{path}: an embedding")
    return found


def _texts(path: Path) -> list[str]:
    content = path.read_bytes()
    texts = [content.decode("utf-8", "replace"), content.decode("utf-16", "replace")]
    texts.append(html.unescape(texts[0]))
    if side_file := re.match(r'sideFile\("[^"]*","([^"]*)"\)', texts[0]):
        texts.append(gzip.decompress(base64.b64decode(side_file[1])).decode("utf-8", "replace"))
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        texts += [str(value) for column in table.columns for value in column.to_pylist()]
        texts += [str(table.schema.metadata)]
    return texts


def _has_vector(path: Path, vectors: np.ndarray, max_distance: float) -> bool:
    table = pq.read_table(path)
    if "embedding" not in table.column_names or not len(table):
        return False
    stored = np.array(table["embedding"].to_pylist(), float)
    return bool((np.linalg.norm(stored[:, None] - vectors[None], axis=2) < max_distance).any())

"""Files of the user must not be outputs of the workflow: Snakemake deletes outputs.

A job's outputs are deleted before it starts and if it fails. A file that the user names in the
configuration or the manifest must therefore not be an output, nor lie in a folder of the results
into which the workflow writes. `OutputPlaces` knows these places, and the functions below return
the faults of a corpus.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, splitext

from corpus.core.addresses import is_url
from corpus.core.locations import Identity, Locations, link_steps
from corpus.inputs import manifest, text_tables
from corpus.inputs.faults import Fault
from corpus.inputs.settings_faults import KeyFault

UNLISTED = ("covers",)
"""Folders of the results that tools write and no rule."""
FOLDERS = ("annotations", "erased")
"""Keys that name a folder of the user."""
MOST_NAMES = 3
"""Names that a message lists."""

_WILDCARD = re.compile(r"\{\w+(?:,((?:[^{}]|\{\d+(?:,\d*)?\})*))?\}")


@dataclass(frozen=True)
class _Claim:
    """A place of outputs, below one folder."""

    text: str
    """The file, folder or pattern, for messages."""
    names: re.Pattern | None
    """Paths below the folder that are outputs; None for all."""


class OutputPlaces:
    """The files that the workflow writes, and the folders of the results that it writes into."""

    def __init__(self, results: str, patterns: Sequence[str], locations: Locations) -> None:
        """`patterns` are the outputs of all rules, with wildcards as in {video} or {ext,mp4}."""
        self.locations = locations
        self._claims: dict[Identity, list[_Claim]] = {}
        self._claims_of_folder: dict[str, list[tuple[_Claim, str]]] = {}
        start = f"{results}/"
        # Thousands of outputs lie in few folders.
        names: dict[str, bool] = {}
        for pattern in patterns:
            if pattern.startswith(start):
                name, slash, _ = pattern[len(start) :].partition("/")
                names[name] = bool(slash) or names.get(name, False)
        for name, is_folder in (names | dict.fromkeys(UNLISTED, True)).items():
            self._add(results, f"{results}/{name}", name)
            if is_folder and "{" not in name:
                self._add(f"{results}/{name}", f"{results}/{name}", None)
        for pattern in (pattern for pattern in patterns if not pattern.startswith(start)):
            folder = dirname(pattern.partition("{")[0])
            self._add(folder, pattern, pattern.removeprefix(f"{folder}/"))

    def _add(self, folder: str, text: str, pattern: str | None) -> None:
        real = self.locations.folder(folder or os.curdir)
        flags = re.IGNORECASE if self.locations.ignores_case(real) else 0
        names = None if pattern is None else re.compile(_as_regex(pattern), flags)
        self._claims.setdefault(self.locations.identity(real), []).append(_Claim(text, names))

    def place_of(self, path: Path | str) -> str | None:
        """The output that a file is or lies among, also through links; None if there is none."""
        for step in link_steps(path):
            folder, name = self.locations.split(step)
            for claim, below in self._claims_above(folder):
                if claim.names is None or claim.names.fullmatch(below + name):
                    return claim.text
        return None

    def place_of_folder(self, path: Path | str) -> str | None:
        """The same for a folder: neither may files that are saved in it lie among outputs."""
        inside = self._claims_above(self.locations.folder(path))
        places = [claim.text for claim, _ in inside if claim.names is None]
        return self.place_of(path) or next(iter(places), None)

    def _claims_above(self, folder: str) -> list[tuple[_Claim, str]]:
        """Claims of a folder and of those around it, with the path from there to the folder."""
        if folder not in self._claims_of_folder:
            self._claims_of_folder[folder] = [
                (claim, below)
                for identity, below in self.locations.parents(folder)
                for claim in self._claims.get(identity, [])
            ]
        return self._claims_of_folder[folder]


def _as_regex(pattern: str) -> str:
    """The regular expression of an output with wildcards."""
    parts, end = [], 0
    for wildcard in _WILDCARD.finditer(pattern):
        parts += [re.escape(pattern[end : wildcard.start()]), f"(?:{wildcard[1] or '.+'})"]
        end = wildcard.end()
    return "".join([*parts, re.escape(pattern[end:])])


def named_files(config: Mapping) -> Iterator[tuple[str, str]]:
    """The files that the configuration names, with their keys; sources are in the manifest."""
    yield "videos", config["videos"]
    yield "people", config["people"]
    if config["fetch"]["cookies"]:
        yield "fetch.cookies", config["fetch"]["cookies"]
    if config["clustering"]["known"]:
        yield "clustering.known", config["clustering"]["known"]
    for name, copy in config["models"].items():
        if copy.get("file"):
            yield f"models.{name}.file", copy["file"]
    for name, image in config["containers"].items():
        if "://" not in image:
            yield f"containers.{name}", image
    yield from (("custom_rules", file) for file in config["custom_rules"])


def key_faults(
    config: Mapping, places: OutputPlaces, resolve: Callable[[str], str]
) -> Iterator[KeyFault]:
    """Faults in keys that name a file or folder among the outputs.

    `resolve` gives the path that rules use for a path in the configuration.
    """
    for key, path in named_files(config):
        if place := places.place_of(resolve(path)):
            yield key, _describe(path, place, _advice(key, config))
    for key in FOLDERS:
        if os.path.exists(config[key]) and not os.path.isdir(config[key]):
            yield key, f"{config[key]!r} is a file. {_advice(key, config)}"
        elif place := places.place_of_folder(config[key]):
            yield key, _describe(config[key], place, _advice(key, config))


def configfile_faults(files: Iterable[Path | str], places: OutputPlaces) -> Iterator[Fault]:
    """Faults in the places of the configuration files themselves."""
    for file in files:
        if place := places.place_of(file):
            yield Fault(str(file), _describe(str(file), place, _advice("", {})))


def source_faults(
    rows: Mapping[str, manifest.ManifestRow], path: str, places: OutputPlaces
) -> Iterator[Fault]:
    """Faults in sources among the outputs. `path` is the manifest."""
    advice = "Move the video to a folder outside the results, and correct its source"
    for video, row in rows.items():
        source = row["source"]
        if is_url(source):
            continue
        if place := places.place_of(manifest.local_path(source, path)):
            message = _describe(source, place, advice)
            yield Fault(path, message, _line_of(path, video, source), "source")


def _line_of(path: str, video: str, source: str) -> int | None:
    """The line of the manifest with a video and its source."""
    rows = text_tables.read(path, manifest.REQUIRED)
    return next((row.line for row in rows if {video, source} <= {*row.cells}), None)


def results_faults(
    config: Mapping, root: Path, patterns: Sequence[str], locations: Locations
) -> Iterator[KeyFault]:
    """Faults in the folder of results: it must be a folder of its own, for one corpus."""
    results, home = config["results"], os.path.expanduser("~")
    written = Counter(pattern for pattern in patterns if pattern.startswith(f"{results}/"))
    if os.path.exists(results) and not os.path.isdir(results):
        kind = "is a file"
    elif locations.contains(results, root):
        kind = "contains the workflow itself"
    elif os.path.isabs(home) and locations.contains(results, home):
        kind = "contains your home folder"
    elif locations.identity(results) == locations.identity(dirname(config["videos"]) or os.curdir):
        kind = f"is the folder of the manifest {config['videos']}"
    elif around := [key for key in FOLDERS if locations.contains(config[key], results)]:
        kind = f"lies in the folder of the key {around[0]}, {config[around[0]]}"
    elif any(number > 1 for number in written.values()):
        kind = "also contains the results of another module"
    else:
        return
    yield "results", f"{results!r} {kind}; name a folder of its own, such as results/mine"


def other_corpus_fault(results: str, videos: Mapping, path: str) -> Iterator[KeyFault]:
    """The fault of results with videos of another corpus and none of this one."""
    others = []
    try:
        with os.scandir(f"{results}/videos") as entries:
            for entry in entries:
                name, suffix = splitext(entry.name)
                video = splitext(name)[0]
                if suffix != ".json" or splitext(name)[1] == ".info":
                    continue
                if video in videos:
                    return
                others.append(video)
    except OSError:
        return
    if others:
        more = f" and {len(others) - MOST_NAMES} more" if len(others) > MOST_NAMES else ""
        yield (
            "results",
            f"{results!r} contains the videos {', '.join(sorted(others)[:MOST_NAMES])}{more} of "
            f"another corpus, and none of {path}; each corpus needs its own folder. Name another "
            "one, or delete the old results",
        )


def unnamed_video_faults(results: str, media_files: Iterable[str]) -> Iterator[KeyFault]:
    """Faults of files at the places of links to local videos that the workflow did not make.

    `media_files` are the places. The workflow writes a record beside each file that it makes there.
    """
    try:
        with os.scandir(f"{results}/videos") as entries:
            files = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    except OSError:
        return
    for media in media_files:
        name = os.path.basename(media)
        if files.get(name) and f"{name}.json" not in files:
            yield (
                "results",
                f"the workflow did not make {media}, and would overwrite it with a link to the "
                "video in the manifest. Move it to a folder outside the results",
            )


def _describe(path: str, place: str, advice: str) -> str:
    """The message about a file among the outputs."""
    same = os.path.normpath(path) == os.path.normpath(place)
    verb = "the workflow writes it" if same else f"the workflow writes {place}"
    return f"{path!r}; {verb}, and would delete or overwrite your file. {advice}"


def _advice(key: str, config: Mapping) -> str:
    """What to do about a file among the outputs."""
    beside = splitext(config.get("videos", ""))[0]
    return {
        "videos": "Move the manifest to another folder, such as config",
        "people": f"Save your names in another file, such as {beside}_people.tsv",
        "annotations": f"Name another folder; null is {beside}_annotations",
        "erased": f"Name another folder; null is {beside}_erased",
        "clustering.known": f"Copy it, for example to {beside}_known.parquet, and name the copy",
    }.get(key, "Move it to a folder outside the results")

"""ELAN's files: what is in them, when, and that ELAN and other programs take them."""

import random
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from pympi.Elan import Eaf
from speach import elan as speach

import write_elan
from conftest import DEMO
from corpus import eaf, elan_tiers, fingerprints, tables
from corpus.eaf import Annotation, Tier
from corpus.video import Reader
from eaf_rules import faults, spans
from elan_results import Results, phases, shots, tracks
from odd_videos import ffmpeg, late, plain

NOBODY = (tracks(), phases())


def times(tier: Tier) -> list[tuple[int, int]]:
    return [(a.start, a.end) for a in tier.annotations]


def by_name(found: list[Tier]) -> dict[str, Tier]:
    return {tier.name: tier for tier in found}


def written(folder: Path, tiers: list[Tier], media: str | None = "../videos/v.mp4") -> Path:
    path = folder / "v.eaf"
    path.write_text(eaf.document(tiers, media, {"video_id": "v"}, {"step": "test"}), "utf-8")
    return path


SPEAKER = [
    Tier("shots", "shots", (Annotation(0, 2000, "0"), Annotation(2000, 4000, "1"))),
    Tier("Ada", "presence", (Annotation(0, 1500, "p0001"),), participant="Ada"),
    Tier(
        "Ada left hand",
        "hand",
        (Annotation(0, 500, "movement"), Annotation(500, 900, "hold")),
        parent="Ada",
        participant="Ada",
    ),
    Tier("Ada right hand", "hand", parent="Ada", participant="Ada"),
]


class TestTiers:
    def test_a_person_has_a_tier_and_one_for_each_hand(self) -> None:
        found = by_name(
            elan_tiers.tiers(
                shots(0, 2, 4),
                tracks((0, 0, 0.0, 2.0, "p0002"), (1, 1, 2.0, 3.6, "p0001")),
                phases((0, 0, "left", "movement", 0.5, 0.9), (0, 0, "left", "hold", 0.9, 1.2)),
                {"p0001": "Ada"},
                0.0,
            )
        )
        assert list(found) == [
            "shots",
            *("Ada", "Ada left hand", "Ada right hand"),
            *("p0002", "p0002 left hand", "p0002 right hand"),
        ]
        assert [a.value for a in found["shots"].annotations] == ["0", "1"]
        assert found["Ada"].annotations == (Annotation(2000, 3600, "p0001"),)
        assert found["Ada"].participant == found["Ada left hand"].participant == "Ada"
        assert found["p0002 left hand"].parent == "p0002"
        assert found["p0002 left hand"].annotations == (
            Annotation(500, 900, "movement"),
            Annotation(900, 1200, "hold"),
        )
        assert found["p0002 right hand"].annotations == ()

    def test_rest_is_no_annotation(self) -> None:
        rest = phases((0, 0, "left", "rest", 0.0, 1.0))
        found = elan_tiers.tiers(shots(0, 2), tracks((0, 0, 0.0, 1.0, "p0001")), rest, {}, 0.0)
        assert by_name(found)["p0001 left hand"].annotations == ()

    def test_presence_is_stretched_to_what_the_hands_do(self) -> None:
        found = elan_tiers.tiers(
            shots(0, 4),
            tracks((0, 0, 1.0, 2.0, "p0001")),
            phases(
                (0, 0, "left", "movement", 0.8, 1.1),
                (0, 0, "right", "movement", 1.5, 2.3),
                (0, 0, "right", "movement", 3.0, 3.2),
            ),
            {},
            0.0,
        )
        assert times(by_name(found)["p0001"]) == [(800, 2300), (3000, 3200)]

    def test_tracks_of_a_person_that_touch_within_a_shot_are_one_annotation(self) -> None:
        own = tracks((0, 0, 0, 1, "p0001"), (1, 0, 1, 1.5, "p0001"), (2, 1, 2, 3, "p0001"))
        own.loc[1, "end_s"] = 2.0
        found = elan_tiers.tiers(shots(0, 2, 4), own, phases(), {}, 0.0)
        assert times(by_name(found)["p0001"]) == [(0, 2000), (2000, 3000)], "a cut parts them"

    def test_hands_of_a_person_who_is_there_twice_do_not_overlap(self) -> None:
        found = elan_tiers.tiers(
            shots(0, 4),
            tracks((0, 0, 0, 3, "p0001"), (1, 0, 0, 3, "p0001")),
            phases(
                (0, 0, "left", "hold", 0.5, 2.0),
                (0, 1, "left", "movement", 1.0, 1.5),
                (0, 1, "left", "movement", 1.4, 1.8),
            ),
            {},
            0.0,
        )
        assert by_name(found)["p0001 left hand"].annotations == (
            Annotation(500, 1000, "hold"),
            Annotation(1000, 1500, "movement"),
            Annotation(1500, 1800, "movement"),
            Annotation(1800, 2000, "hold"),
        )

    def test_bodies_without_a_face_share_tiers(self) -> None:
        found = by_name(
            elan_tiers.tiers(
                shots(0, 9),
                tracks(),
                phases(
                    (0, -1, "left", "rest", 0.0, 1.0),
                    (0, -2, "right", "movement", 0.5, 2.0),
                    (0, -3, "left", "movement", 1.0, 1.5),
                ),
                {},
                0.0,
            )
        )
        assert [name for name in found if found[name].kind == "presence"] == [
            "unknown body 1",
            "unknown body 2",
        ]
        first = found["unknown body 1"]
        assert [a.value for a in first.annotations] == ["-1", "-3"]
        assert first.participant is None
        assert times(found["unknown body 1 left hand"]) == [(1000, 1500)]
        assert times(found["unknown body 2 right hand"]) == [(500, 2000)]

    @pytest.mark.parametrize("name", ["shots", "p0002", "p0002 left hand"])
    def test_names_of_tiers_are_unique_whatever_people_are_called(self, name: str) -> None:
        own = tracks((0, 0, 0, 1, "p0001"), (1, 0, 0, 1, "p0002"))
        found = elan_tiers.tiers(shots(0, 2), own, phases(), {"p0001": name}, 0.0)
        names = [tier.name for tier in found]
        assert len(set(names)) == len(names) == 7
        assert {tier.parent for tier in found} <= {*names, None}

    def test_times_are_the_players(self) -> None:
        found = elan_tiers.tiers(shots(1.4, 2.0006), *NOBODY, {}, 1.4)
        assert times(found[0]) == [(0, 601)]
        assert times(elan_tiers.tiers(shots(-0.04, 1), *NOBODY, {}, 0.0)[0]) == [(0, 1000)]

    def test_nothing_is_shorter_than_a_millisecond(self) -> None:
        move = phases((0, 0, "left", "movement", 1.0001, 1.0002))
        own = tracks((0, 0, 1.0, 1.0003, "p0001"))
        found = by_name(elan_tiers.tiers(shots(0, 2), own, move, {}, 0.0))
        assert times(found["p0001"]) == times(found["p0001 left hand"]) == [(1000, 1001)]
        assert times(elan_tiers.tiers(shots(0, 0.0001, 2), *NOBODY, {}, 0.0)[0]) == [
            (0, 1),
            (1, 2000),
        ]

    @pytest.mark.parametrize("seed", range(20))
    def test_elans_rules_hold_whatever_the_tables_say(self, seed: int, tmp_path: Path) -> None:
        """Tracks and phases at random, on a scale where rounding, overlap and cuts matter."""
        draw = random.Random(seed)
        edges = sorted({0, *(draw.uniform(0, 0.2) for _ in range(3)), 0.2})

        def span() -> tuple[int, float, float]:
            shot = draw.randrange(len(edges) - 1)
            ends = sorted(draw.uniform(edges[shot], edges[shot + 1]) for _ in range(2))
            return shot, *ends

        own = tracks(
            *((n, *span(), draw.choice(["p0001", "p0002"])) for n in range(draw.randrange(1, 9)))
        )
        rows = []
        for _ in range(draw.randrange(40)):
            shot, start, end = span()
            track = draw.randrange(-3, len(own))
            hand, phase = draw.choice(tables.HANDS), draw.choice([*tables.PHASES])
            rows.append((shot, track, hand, phase, start, end))
        zero = draw.uniform(-0.01, 0.01)
        found = elan_tiers.tiers(shots(*edges), own, phases(*rows), {}, zero)
        assert faults(written(tmp_path, found)) == []
        moving = {
            ms
            for row in rows
            if row[1] >= 0 and row[3] == "movement"
            for ms in range(max(0, round((row[4] - zero) * 1000)), round((row[5] - zero) * 1000))
        }
        shown = {
            ms
            for tier in found
            if tier.kind == "hand" and "unknown" not in tier.name
            for a in tier.annotations
            if a.value == "movement"
            for ms in range(a.start, a.end)
        }
        assert moving <= shown, "no movement is lost"


class TestDocument:
    def test_it_keeps_the_rules_of_the_format(self, tmp_path: Path) -> None:
        assert faults(written(tmp_path, SPEAKER)) == []
        assert faults(written(tmp_path, [Tier("shots", "shots")], None)) == []

    def test_its_head(self, tmp_path: Path) -> None:
        root = ElementTree.parse(written(tmp_path, SPEAKER)).getroot()
        assert root.get("FORMAT") == root.get("VERSION") == "3.0"
        assert root.attrib[next(key for key in root.attrib if "noNamespace" in key)] == eaf.SCHEMA
        [media] = root.iter("MEDIA_DESCRIPTOR")
        assert media.attrib == {
            "MEDIA_URL": "v.mp4",
            "RELATIVE_MEDIA_URL": "../videos/v.mp4",
            "MIME_TYPE": "video/mp4",
        }
        properties = {p.get("NAME"): p.text for p in root.iter("PROPERTY")}
        assert properties["lastUsedAnnotationId"] == "5"
        assert properties["provenance"] == '{"step": "test"}'
        assert "default-lt" in [
            kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")
        ]

    def test_annotations_share_no_time_slots(self, tmp_path: Path) -> None:
        """ELAN would move both when one is dragged."""
        root = ElementTree.parse(written(tmp_path, SPEAKER)).getroot()
        used = [
            a.get(f"TIME_SLOT_REF{n}") for a in root.iter("ALIGNABLE_ANNOTATION") for n in (1, 2)
        ]
        assert len(set(used)) == len(used) == 10

    @pytest.mark.parametrize(
        ("name", "mime"),
        [("a.mp4", "video/mp4"), ("a.MPG", "video/mpeg"), ("a.mov", "video/quicktime"),
         ("a.mkv", "video/*"), ("a", "video/*")],
    )  # fmt: skip
    def test_mime_types_are_elans(self, name: str, mime: str) -> None:
        assert eaf.mime_type(name) == mime

    @pytest.mark.parametrize("name", ["<A & B>", '"O\'Neil"', "Ólafur 王 🙂", "a\x00b\x0bc\ufffe"])
    def test_any_name_makes_a_whole_file(self, name: str, tmp_path: Path) -> None:
        tiers = [
            Tier(name, "presence", (Annotation(0, 9, name),), participant=name),
            Tier(f"{name} left hand", "hand", (Annotation(1, 3, "hold"),), name, name),
        ]
        path = written(tmp_path, tiers)
        assert faults(path) == []
        tier = next(ElementTree.parse(path).getroot().iter("TIER"))
        assert tier.get("TIER_ID") == tier.get("PARTICIPANT") == eaf.clean(name)
        assert tier.findtext("ANNOTATION/ALIGNABLE_ANNOTATION/ANNOTATION_VALUE") == eaf.clean(name)

    def test_bytes_are_the_same_each_time(self) -> None:
        one, two = (eaf.document(SPEAKER, "../videos/v.mp4", {}, {"b": 1}) for _ in range(2))
        assert one == two

    def test_speach_reads_the_same(self, tmp_path: Path) -> None:
        found = speach.read_eaf(str(written(tmp_path, SPEAKER)))
        assert [tier.ID for tier in found] == [tier.name for tier in SPEAKER]
        for tier, own in zip(found, SPEAKER, strict=True):
            assert tier.type_ref_id == own.kind
            assert (tier.parent.ID if tier.parent else None) == own.parent
            assert (tier.participant or None) == own.participant
            read = [(a.from_ts.value, a.to_ts.value, a.value) for a in tier.annotations]
            assert read == [(a.start, a.end, a.value) for a in own.annotations]
        assert found.relative_media_url == "../videos/v.mp4"

    def test_programs_that_read_by_patterns_find_all(self, tmp_path: Path) -> None:
        """As R's act does, with attributes in ELAN's order and times before the very end."""
        tiers = [*SPEAKER, Tier("a />", "shots", (Annotation(1, 2, "b />"),), participant=" />")]
        text = written(tmp_path, tiers).read_text()
        slots = re.findall(r'<TIME_SLOT TIME_SLOT_ID="(.*?)" TIME_VALUE="(\d+)"/>', text)
        assert len(slots) == text.count("<TIME_SLOT ") == 12
        kinds = re.findall(
            r'<LINGUISTIC_TYPE CONSTRAINTS="(.*?)".*? LINGUISTIC_TYPE_ID="(.*?)"', text
        )
        assert kinds == [("Included_In", "hand")]
        assert 'TIME_SLOT_REF2="' in text and "\n" in text and " />" not in text
        assert faults(tmp_path / "v.eaf") == []

    def test_pympi_reads_the_same(self, tmp_path: Path) -> None:
        found = Eaf(written(tmp_path, SPEAKER))
        assert list(found.get_tier_names()) == [tier.name for tier in SPEAKER]
        for tier in SPEAKER:
            read = [row[:3] for row in found.get_annotation_data_for_tier(tier.name)]
            assert read == [(a.start, a.end, a.value) for a in tier.annotations]
            assert found.get_parameters_for_tier(tier.name).get("PARENT_REF") == tier.parent


BREAKS = {
    "no date": (r' DATE="[^"]*"', ""),
    "a date that is none": (r' DATE="[^"]*"', ' DATE="today"'),
    "no author": (r' AUTHOR="[^"]*"', ""),
    "no media type": (r' MIME_TYPE="[^"]*"', ""),
    "an unknown attribute": (r"<TIER ", '<TIER COLOUR="red" '),
    "an unknown element": (r"<TIME_ORDER>", "<TIME_ORDER><TIME />"),
    "an id twice": (r'"a2"', '"a1"'),
    "an id across kinds": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="ts1"'),
    "an id that is none": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="1"'),
    "a slot that is not there": (r'TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts99"'),
    "slots not in order": (r'TIME_VALUE="500"', 'TIME_VALUE="5000"'),
    "a time below 0": (r'TIME_VALUE="500"', 'TIME_VALUE="-5"'),
    "a tier twice": (r'TIER_ID="Ada left hand"', 'TIER_ID="Ada"'),
    "a parent that is not there": (r'PARENT_REF="Ada"', 'PARENT_REF="Eve"'),
    "a child without stereotype": (r' CONSTRAINTS="Included_In"', ""),
    "a type that is not there": (r'LINGUISTIC_TYPE_ID="hand"', 'LINGUISTIC_TYPE_ID="foot"'),
    "a constraint that is not there": (r'<CONSTRAINT [^>]*"Included_In"/>', ""),
    "types before tiers": (r"(?s)(<TIER .*</TIER>)(.*?<LINGUISTIC_TYPE [^>]*>)", r"\2\1"),
    "an annotation without value": (r"<ANNOTATION_VALUE>hold</ANNOTATION_VALUE>", ""),
    "an annotation outside its parent": (r'TIME_VALUE="1500"', 'TIME_VALUE="600"'),
    "not well-formed": (r"</TIME_ORDER>", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_the_rules_reject_broken_files(what: str, tmp_path: Path) -> None:
    path = written(tmp_path, SPEAKER)
    text = path.read_text("utf-8")
    broken, n = re.subn(*BREAKS[what], text, count=1)
    assert n == 1 and broken != text
    path.write_text(broken, "utf-8")
    assert faults(path) != []


@pytest.mark.parametrize(
    "hand", [(Annotation(0, 500, "a"), Annotation(400, 600, "b")), (Annotation(5, 5, "a"),)]
)
def test_the_rules_reject_overlap_and_no_length(hand: tuple, tmp_path: Path) -> None:
    assert faults(written(tmp_path, [*SPEAKER[:2], Tier("x", "shots", hand)])) != []


def run(results: Results, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setattr(sys, "argv", ["write_elan.py", *results.options()])
    write_elan.main()
    return {path.stem: path for path in sorted((results.folder / "elan").iterdir())}


def first_shot(path: Path) -> tuple[int, int]:
    return spans(ElementTree.parse(path).getroot())["shots"][0]


def delayed(path: Path, seconds: float = 1.4) -> Path:
    """All streams start late: by an edit list, or on a clock that starts anywhere."""
    source = plain(path.with_name("source.mp4"), seconds=1)
    options = ("-muxdelay", 0, "-muxpreload", 0, "-output_ts_offset", seconds)
    ffmpeg("-i", source, "-c", "copy", *options, path)
    return path


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path)


class TestOffsets:
    """A picture that starts late is late in ELAN, too."""

    @pytest.mark.parametrize(
        ("name", "make", "at_ms"),
        [
            ("late.mp4", lambda path: late(path, 0.84), 840),
            ("late.mkv", lambda path: late(path, 0.84), 840),
            ("whole.mp4", delayed, 1400),
            ("whole.mkv", delayed, 1400),
            ("broadcast.ts", delayed, 0),
        ],
    )
    def test_annotations_are_where_the_player_shows_it(
        self, results: Results, tmp_path: Path, monkeypatch, name: str, make, at_ms: int
    ) -> None:
        media = make(tmp_path / name)
        start_s = next(iter(Reader(media, wanted=frozenset({0})))).time_s
        assert start_s > 0.8, "the container's clock does not start at 0"
        results.add("v", media, shots(start_s, start_s + 1), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        # In the broadcast, sound that the decoder needs first starts a little earlier.
        assert first_shot(path) == pytest.approx((at_ms, at_ms + 1000), abs=25)
        assert faults(path) == []


class TestMain:
    def test_videos_that_are_gone_or_show_nobody_have_a_file(
        self, results: Results, tmp_path: Path, monkeypatch
    ) -> None:
        results.add("gone", None, shots(), *NOBODY)
        results.add("nobody", plain(tmp_path / "nobody.webm", seconds=0.4), shots(0, 0.4), *NOBODY)
        results.finish({})
        files = run(results, monkeypatch)
        assert [faults(path) for path in files.values()] == [[], []]
        assert "MEDIA_DESCRIPTOR" not in files["gone"].read_text()
        assert 'RELATIVE_MEDIA_URL="../videos/nobody.webm"' in files["nobody"].read_text()

    def test_no_path_of_this_machine_and_no_date_is_in_it(
        self, results: Results, tmp_path: Path, monkeypatch
    ) -> None:
        results.add("v", plain(tmp_path / "v.mp4", seconds=0.4), shots(0, 0.4), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        text = path.read_text()
        assert str(tmp_path) not in text and "file:" not in text
        path.unlink()
        assert run(results, monkeypatch)["v"].read_text() == text

    def test_what_people_edited_is_kept_under_a_free_name(
        self, results: Results, monkeypatch, capsys
    ) -> None:
        results.add("v", None, shots(0, 1), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        fresh = path.read_text()
        run(results, monkeypatch)
        assert not results.annotations.exists(), "nothing was edited"
        for mark in ("a", "b", "b"):
            path.write_text(fresh.replace(">0<", f">{mark}<"))
            run(results, monkeypatch)
            assert path.read_text() == fresh
        kept = sorted(results.annotations.iterdir())
        assert [file.name for file in kept] == ["v.2.eaf", "v.eaf"], "the same is kept once"
        assert [">b<" in kept[0].read_text(), ">a<" in kept[1].read_text()] == [True, True]
        assert str(results.annotations) in capsys.readouterr().out


def test_a_seal_breaks_with_any_change(tmp_path: Path) -> None:
    content = written(tmp_path, SPEAKER).read_bytes()
    assert fingerprints.is_as_written(content)
    for changed in (content + b"\n", content.replace(b"hold", b"hole"), b"", b"\xff\xfe"):
        assert not fingerprints.is_as_written(changed)


@pytest.fixture(scope="module")
def real(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the demo, a copy that a test may change."""
    copy = tmp_path_factory.mktemp("elan") / "results"
    shutil.copytree(demo, copy)
    return copy


@pytest.mark.workflow
class TestDemo:
    def test_its_tiers_are_its_tables(self, demo: Path) -> None:
        tracks = tables.read(demo / "tracks.parquet")
        for clip in ("both", "collins", "hopper"):
            path = demo / f"elan/{clip}.eaf"
            assert faults(path) == []
            found = spans(ElementTree.parse(path).getroot())
            cuts = tables.read(demo / f"shots/{clip}.parquet")
            wanted = pd.DataFrame(found["shots"], columns=["start_s", "end_s"]) / 1000
            assert wanted.equals(cuts[["start_s", "end_s"]].round(3))
            own = tracks[tracks["video_id"] == clip]
            assert {name for name in found if re.fullmatch(r"p\d+", name)} == set(own["person"])

    def test_edits_survive_a_run_that_writes_anew(self, real: Path, snakemake, tmp_path) -> None:
        path = real / "elan" / "both.eaf"
        edited = path.read_text().replace("<ANNOTATION_VALUE>0<", "<ANNOTATION_VALUE>opening<")
        path.write_text(edited)
        settings = ("--config", f"results={real}", f"annotations={tmp_path / 'annotations'}")
        again = (*DEMO, *settings, "--forcerun", "write_elan")
        snakemake("write_elan", "--dry-run", *again)
        assert path.read_text() == edited and not (tmp_path / "annotations").exists()
        done = snakemake("write_elan", *again)
        assert (tmp_path / "annotations" / "both.eaf").read_text() == edited
        assert "opening" not in path.read_text()
        assert "1 ELAN files were edited" in done.stdout

"""From ELAN files with a known answer to the tables, the plot and the page."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coded_corpus import CodedCorpus
from corpus.core.errors import InputError
from corpus.report import agreement_page
from corpus.tables import parquet

FOUND = [(1, 3, "movement"), (3, 4, "hold"), (4, 5, "movement"), (5, 9, "rest")]
FOUND += [(9, 11, "movement"), (11, 12, "rest")]
"""What the workflow found of the left hand: gesture units from 1 to 5 s and from 9 to 11 s. It saw
the hand from 1 to 12 s."""
CODED = [(1, 2, "preparation"), (2, 3.5, "stroke"), (3.5, 4, "post-stroke hold")]
CODED += [(4, 5, "retraction"), (15, 17, "stroke")]
"""The same, as somebody coded it: the hold begins later, the second unit is not coded, and a third
one lies where the hand was not seen."""


@pytest.fixture
def corpus(tmp_path: Path) -> CodedCorpus:
    """One video, coded by Eve."""
    corpus = CodedCorpus(tmp_path, ["v"])
    corpus.set_phases("v", {(0, "left"): FOUND})
    corpus.code("v.eve.eaf", {"phases LH": CODED})
    corpus.list_tiers(
        "coder\tfile\ttier\tcontent\thand", "eve\t{video}.eve.eaf\tphases LH\tphases\tleft"
    )
    return corpus


def row(table: pd.DataFrame, **key: str) -> pd.Series:
    """The only row with these values."""
    for name, value in key.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_units_of_workflow_and_coder(corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    agreement, overlaps = corpus.measure(monkeypatch)
    units = row(agreement, scope="corpus", level="units", time="all")
    assert (units["coder_a"], units["coder_b"]) == ("eve", "workflow")
    assert (units["n_a"], units["n_b"], units["n_matched"]) == (2, 2, 1)
    assert (units["compared_s"], units["left_out_s"]) == (20, 0)
    assert (units["a_s"], units["b_s"]) == (6, 6)
    assert units["overlap"] == pytest.approx(4 / 8)
    assert units["time_agreement"] == pytest.approx(16 / 20)
    assert units["time_kappa"] == pytest.approx((0.8 - 0.58) / 0.42)
    assert (units["onset_median_s"], units["offset_median_s"]) == (0, 0)
    assert units["f_50"] == 0.5 and np.isnan(units["kappa"])
    at_90 = row(overlaps, scope="corpus", level="units", time="all", min_overlap=0.9)
    assert (at_90["precision"], at_90["recall"], at_90["f"]) == (0.5, 0.5, 0.5)
    assert len(overlaps) == 9 * len(agreement)


def test_time_in_which_the_hand_was_not_seen(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement, _ = corpus.measure(monkeypatch)
    seen = row(agreement, scope="corpus", level="units", time="seen")
    assert (seen["compared_s"], seen["left_out_s"]) == (11, 9)
    assert (seen["n_a"], seen["n_left_out_a"], seen["n_b"]) == (1, 1, 2)
    assert seen["overlap"] == pytest.approx(4 / 6)
    assert seen["f_50"] == pytest.approx(2 / 3)


def test_phases_by_time_and_by_linked_annotations(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preparation and its stroke are one movement, as in the workflow."""
    agreement, _ = corpus.measure(monkeypatch)
    phases = row(agreement, scope="hand", level="phases", time="seen")
    assert (phases["video_id"], phases["person"], phases["hand"]) == ("v", "p0001", "left")
    assert (phases["n_a"], phases["n_b"], phases["n_linked"]) == (3, 4, 2)
    assert phases["time_agreement"] == pytest.approx((11 - 2.5) / 11)
    assert phases["linked_agreement"] == pytest.approx(4 / 7)
    assert set(agreement["level"]) == {"units", "phases"}


def test_three_coders_and_both_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eve codes each hand, Bob both together, Cy the right hand only."""
    corpus = CodedCorpus(tmp_path, ["v", "w"])
    corpus.set_phases("v", {(0, "left"): [(1, 3, "movement")], (0, "right"): [(2, 6, "movement")]})
    for video in ("v", "w"):
        tiers = {"LH": [(1, 3, "beat")], "RH": [(2, 6, "iconic")]}
        corpus.code(f"{video}.eve.eaf", tiers)
        corpus.code(f"{video}.bob.eaf", {"G": [(1, 6, "iconic")]})
        corpus.code(f"{video}.cy.eaf", {"RH": [(2, 6, "beat"), (8, 9, "noise")]})
    corpus.list_tiers(
        "coder\tfile\ttier\thand\tlabels",
        "eve\t{video}.eve.eaf\tLH\tleft\t",
        "eve\t{video}.eve.eaf\tRH\tright\t",
        "bob\t{video}.bob.eaf\tG\tboth\t",
        "cy\t{video}.cy.eaf\tRH\tright\tnoise=none",
    )
    agreement, _ = corpus.measure(monkeypatch)
    units = agreement[(agreement["level"] == "units") & (agreement["time"] == "all")]
    pairs = units.loc[units["scope"] == "corpus", ["coder_a", "coder_b"]]
    assert list(pairs.itertuples(index=False, name=None)) == [
        ("bob", "eve"),
        ("cy", "eve"),
        ("bob", "workflow"),
        ("cy", "workflow"),
        ("eve", "workflow"),
    ]
    both = row(units, scope="hand", coder_a="bob", coder_b="eve", video_id="v")
    assert (both["hand"], both["overlap"], both["n_b"]) == ("both", 1, 1)
    one = row(units, scope="hand", coder_a="cy", coder_b="eve", video_id="w")
    assert (one["hand"], one["overlap"]) == ("right", 1)
    labels = row(agreement, scope="corpus", level="gesture labels", time="all", coder_a="cy")
    assert (labels["n_linked"], labels["linked_agreement"], labels["kappa_linked"]) == (2, 0, 0)
    found = row(units, scope="corpus", coder_a="eve", coder_b="workflow")
    assert (found["n_videos"], found["n_sections"], found["n_a"], found["n_b"]) == (2, 4, 4, 2)
    assert row(units, scope="person", coder_a="bob", coder_b="workflow")["f_50"] == 2 / 3


def test_alpha_of_all_coders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = CodedCorpus(tmp_path, ["v"])
    for coder in "abc":
        corpus.code(f"v.{coder}.eaf", {"G": [(1, 3 + (coder == "c"), "x")]})
    corpus.list_tiers("coder\tfile\ttier", *(f"{each}\tv.{each}.eaf\tG" for each in "abc"))
    agreement, _ = corpus.measure(monkeypatch)
    every = row(agreement, scope="corpus", level="units", time="all", coder_a="all coders")
    pairs = agreement[(agreement["coder_b"] != "workflow") & agreement["coder_b"].notna()]
    pairs = pairs[(pairs["scope"] == "corpus") & (pairs["level"] == "units")]
    alphas = pairs.loc[pairs["time"] == "all", "alpha"]
    assert alphas.min() < every["alpha"] < alphas.max() == 1
    assert every[["coder_b", "n_a", "overlap", "kappa"]].isna().all()


def test_a_tier_without_annotations_counts_as_coded(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.code("v.eve.eaf", {"phases LH": [], "notes": [(0, 1, "x")]})
    agreement, _ = corpus.measure(monkeypatch)
    units = row(agreement, scope="corpus", level="units", time="all")
    assert (units["n_a"], units["n_b"], units["f_50"]) == (0, 2, 0)


def test_only_the_coded_time_is_compared(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.list_tiers(
        "coder\tfile\ttier\tcontent\thand\tstart_s\tend_s",
        "eve\tv.eve.eaf\tphases LH\tphases\tleft\t0\t6",
    )
    agreement, _ = corpus.measure(monkeypatch)
    units = row(agreement, scope="corpus", level="units", time="all")
    assert (units["compared_s"], units["n_a"], units["n_b"], units["f_50"]) == (6, 1, 1, 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("phases LH\tphases\tleft\tZoe", "line 2: no person 'Zoe' in the corpus"),
        (
            "odd\tphases\tleft\t",
            "no phase of the workflow is known for 'wiggle'; add wiggle=",
        ),
    ],
)
def test_what_cannot_be_compared_stops_with_a_remedy(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    corpus.code("v.eve.eaf", {"phases LH": CODED, "odd": [(0, 1, "wiggle")]})
    corpus.list_tiers("coder\tfile\ttier\tcontent\thand\tperson", f"eve\tv.eve.eaf\t{line}")
    with pytest.raises(InputError) as error:
        corpus.measure(monkeypatch)
    assert message in str(error.value)


def test_one_coder_cannot_have_two_files_about_one_hand(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a first and a corrected version: their events would be joined."""
    corpus.code("v.eve2.eaf", {"phases LH": CODED})
    header = "coder\tfile\ttier\tcontent\thand\tperson"
    rows = [f"eve\tv.{name}.eaf\tphases LH\tphases\tleft\tAda" for name in ("eve", "eve2")]
    corpus.list_tiers(header, *rows)
    message = "lines 2 and 3: v.eve.eaf and v.eve2.eaf both have phases of eve for p0001, hand left"
    with pytest.raises(InputError, match=message):
        corpus.measure(monkeypatch)
    corpus.list_tiers(header, rows[0], rows[1].replace("Ada", "unknown"))
    agreement, _ = corpus.measure(monkeypatch)
    assert set(agreement["person"].dropna()) == {"p0001", "unknown"}


def test_a_person_of_whom_nothing_was_measured_is_reported(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    corpus.measure(monkeypatch)
    assert "measured no hand" not in caplog.text
    corpus.set_phases("v", {(1, "left"): FOUND})
    agreement, _ = corpus.measure(monkeypatch)
    assert "v: p0001 is coded, but the workflow measured no hand of this person" in caplog.text
    assert row(agreement, scope="corpus", level="units", time="all")["n_b"] == 0


def test_a_tier_of_one_of_two_people_needs_the_person(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = parquet.read(corpus.results / "tracks.parquet")
    other = tracks.assign(track=1, person="p0002")
    both = pd.concat([tracks, other])
    parquet.write(corpus.results / "tracks.parquet", "tracks", both, {})
    with pytest.raises(InputError, match="whose is the tier 'phases LH'.*p0001, p0002"):
        corpus.measure(monkeypatch)
    corpus.list_tiers(
        "coder\tfile\ttier\tcontent\thand\tperson", "eve\tv.eve.eaf\tphases LH\tphases\tleft\tAda"
    )
    agreement, _ = corpus.measure(monkeypatch)
    assert set(agreement["person"].dropna()) == {"p0001"}


def test_plot_and_page_show_every_pair(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.measure(monkeypatch)
    report = corpus.results / "report"
    assert "eve and workflow" in (report / "agreement.svg").read_text("utf-8")
    page = (report / "agreement.html").read_text("utf-8")
    assert "<td>eve and workflow</td>" in page and "9.0 s not seen" in page and "<svg" in page
    assert (report / "agreement.tsv").read_text("utf-8").startswith("scope\tlevel\ttime")


def test_the_page_shows_precision_and_recall(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow found two units, one of which Eve coded; she coded a third, not seen one."""
    corpus.code("v.eve.eaf", {"phases LH": [*CODED, (12.5, 14, "stroke")]})
    corpus.measure(monkeypatch)
    page = (corpus.results / "report" / "agreement.html").read_text("utf-8")
    cells = "<td>0.40<small>0.50, 0.33</small></td>" * 9
    assert f"<td>eve and workflow</td><td>units</td><td>all</td>{cells}" in page
    cells = "<td>0.67<small>0.50, 1.00</small></td>" * 9
    assert f"<td>eve and workflow</td><td>units</td><td>seen</td>{cells}" in page


def test_the_page_warns_about_corrected_tiers_only() -> None:
    """Bob coded from nothing; of Eve's annotations, the workflow wrote 85 %."""
    columns = ["coder_a", "coder_b", "prefilled_a", "prefilled_b"]
    pairs = [("bob", "eve", 0.0, 0.85), ("bob", "workflow", 0.0, np.nan)]
    rows = pd.DataFrame(pairs, columns=columns).assign(scope="corpus", n_videos=9)
    [note] = agreement_page.notes(rows)
    assert "85% of the annotations of eve are unchanged" in note


def test_without_common_hands_tables_are_empty_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = CodedCorpus(tmp_path, ["v", "w"])
    corpus.code("v.eve.eaf", {"G": [(1, 2, "x")]})
    corpus.code("w.bob.eaf", {"G": [(1, 2, "x")]})
    corpus.list_tiers("coder\tfile\ttier", "eve\tv.eve.eaf\tG", "bob\tw.bob.eaf\tG")
    agreement, _ = corpus.measure(monkeypatch)
    assert set(agreement["coder_b"]) == {"workflow"}


def test_tiers_of_bodies_without_a_face_are_compared_with_such_bodies(
    corpus: CodedCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern matches them, too; they must not count as the only person with a face."""
    corpus.set_phases("v", {(0, "left"): FOUND, (-3, "left"): [(14, 16, "movement")]})
    tiers = {"Ada left hand": CODED, "unknown body 1 left hand": [(14, 16, "stroke")]}
    corpus.code("v.eve.eaf", tiers)
    corpus.list_tiers(
        "coder\tfile\ttier\tcontent\thand", "eve\tv.eve.eaf\t* left hand\tphases\tleft"
    )
    agreement, _ = corpus.measure(monkeypatch)
    units = agreement[(agreement["level"] == "units") & (agreement["time"] == "all")]
    bodies = row(units, scope="hand", person="unknown")
    assert (bodies["n_a"], bodies["n_b"], bodies["f_50"]) == (1, 1, 1)
    assert row(units, scope="hand", person="p0001")["n_a"] == 2

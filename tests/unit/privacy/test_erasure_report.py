"""Without --yes, erase_person lists what it would change and what it cannot erase."""

import unicodedata

from erasable_corpus import ErasableCorpus


def test_changes_are_listed_and_nothing_is_changed(corpus: ErasableCorpus, capsys) -> None:
    before = corpus.content()
    corpus.erase("p0003", yes=False)
    assert corpus.content() == before
    output = capsys.readouterr().out
    assert "p0003: 2 tracks in 2 videos" in output
    assert "  keypoints/w.parquet: 5\n" in output and "clusters.parquet: 2" in output
    assert "  elan/v1.eaf" in output and "elan/v2.eaf" not in output
    assert "(v1, w)" in output and "Nothing was changed" in output


def test_the_users_elan_files_that_mention_the_person_are_listed(
    corpus: ErasableCorpus, capsys
) -> None:
    corpus.people_tsv.write_text("person\tname\np0003\tAda & Eve\n")
    corpus.name_people()
    corpus.annotations.mkdir()
    texts = {"w": "Ada &amp; Eve left hand", "v1": ">p0003<", "v2": "p00031 Ada"}
    for video, text in texts.items():
        (corpus.annotations / f"{video}.eaf").write_text(text)
    corpus.erase("p0003", yes=False)
    expected = f"Your files in {corpus.annotations} that contain their id or name: v1.eaf, w.eaf."
    assert expected in capsys.readouterr().out


def test_names_are_found_decomposed_and_with_escaped_characters(
    corpus: ErasableCorpus, capsys
) -> None:
    """XML attributes contain quotes as entities."""
    corpus.people_tsv.write_text('person\tname\np0003\tZoë "Z" <Łoś>\n')
    corpus.name_people()
    corpus.annotations.mkdir()
    escaped = "<TIER TIER_ID='Zoë &quot;Z&quot; &lt;Łoś&gt; left hand'>"
    texts = {"w": unicodedata.normalize("NFD", escaped), "v1": escaped, "v2": "Z"}
    for video, text in texts.items():
        (corpus.annotations / f"{video}.eaf").write_text(text)
    corpus.erase("p0003", yes=False)
    assert "that contain their id or name: v1.eaf, w.eaf." in capsys.readouterr().out


def test_tables_of_videos_that_are_no_longer_in_the_manifest_are_listed(
    corpus: ErasableCorpus, capsys
) -> None:
    corpus.manifest.write_text("video_id\tsource\nv1\tv1.mp4\nv2\tv2.mp4\n")
    corpus.erase("p0002", yes=False)
    expected = f"There are tables of videos that are not in {corpus.manifest}: w."
    assert expected in capsys.readouterr().out

"""The page about the demo's results."""

from page_corpus import read_block


def test_the_demo_has_a_page(demo):
    text = (demo / "report/index.html").read_text("utf-8")
    summary = read_block(text, "corpus")
    assert summary["videos"]["id"] == ["collins", "hopper", "both", "hands"]
    assert summary["videos"]["file"] == [f"videos/{v}.mp4" for v in summary["videos"]["id"]]
    assert len(read_block(text, "pictures")) == 8
    assert len(text) < 1_000_000

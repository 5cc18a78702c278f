"""Reads the texts in an SVG file, and in figures by way of the SVG file that is written."""

from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from matplotlib.figure import Figure

from corpus.report import plot_style

SVG = "{http://www.w3.org/2000/svg}"


def read_texts(path: Path) -> list[str]:
    """All texts of an SVG file."""
    return ["".join(element.itertext()) for element in ElementTree.parse(path).iter(f"{SVG}text")]


def figure_texts(figure: Figure) -> list[str]:
    """All texts of a figure, from the SVG file that `plot_style.save` writes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figure.svg"
        plot_style.save(figure, path, {"step": "test"})
        return read_texts(path)

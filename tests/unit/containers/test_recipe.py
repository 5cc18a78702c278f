"""The recipe of the image copies the modules that its build steps import."""

import re

from corpus.planning.code_version import source_files
from imported_packages import imported_packages
from repository import ROOT, SCRIPTS

RECIPE = ROOT / "containers" / "Dockerfile"
FETCH_FOLDER = "/opt/fetch/"


def copied_files() -> dict[str, str]:
    """Return the files below scripts/ that the recipe copies, and their names in the image."""
    recipe = RECIPE.read_text(encoding="utf-8").replace("\\\n", " ")
    names_in_image = {}
    for arguments in re.findall(r"^COPY (scripts/.+)$", recipe, re.MULTILINE):
        *files, folder = arguments.split()
        names_in_image |= {file: folder + file.rpartition("/")[2] for file in files}
    return names_in_image


def test_recipe_copies_all_modules_that_fetch_model_imports():
    files = source_files(SCRIPTS / "fetch_model.py")
    expected = {
        file.relative_to(ROOT).as_posix(): FETCH_FOLDER + file.relative_to(SCRIPTS).as_posix()
        for file in files
    }
    assert copied_files() == expected


def test_the_image_for_downloads_has_all_packages_that_fetch_video_imports():
    recipe = (ROOT / "containers" / "fetch" / "Dockerfile").read_text(encoding="utf-8")
    packages = set(re.findall(r'^ARG PACKAGES="(.+)"$', recipe, re.MULTILINE)[0].split("|"))
    for file in source_files(SCRIPTS / "fetch_video.py"):
        for module, providers in imported_packages(file).items():
            assert providers & packages, f"{file} imports {module}"

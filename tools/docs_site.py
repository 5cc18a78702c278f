"""Hook of mkdocs: the site contains documents outside `docs/`, and links between files work.

Links in the documents are paths relative to the file, as GitHub shows them. `docs/` is the root of
the site, so a link such as `../config/README.md` would lead out of it. This hook adds the documents
outside `docs/` as pages, copies other files that a page links, and changes the links to match.
`mkdocs build --strict` then checks all links.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "config/README.md",
    "containers/README.md",
    "envs/README.md",
    "profiles/README.md",
    "tests/README.md",
)
"""Documents outside `docs/` that are pages of the site, at their paths in the repository."""

LINK = re.compile(r"(?<=\]\()[^)\s#]+")
"""Path of a link or of a picture."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the documents outside `docs/`."""
    for path in OUTSIDE:
        files.append(repository_file(path, config))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Change links to files of the repository, and add these files to the site."""
    source = repository_path(page.file.src_uri)

    def site_link(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link[0]))
        in_site = site_path(target)
        is_known = files.get_file_from_path(in_site) is not None
        # mkdocs reports links that this leaves as they are.
        if not (ROOT / target).is_file() or (target.endswith(".md") and not is_known):
            return link[0]
        if not is_known:
            files.append(repository_file(target, config))
        return posixpath.relpath(in_site, posixpath.dirname(page.file.src_uri) or ".")

    return LINK.sub(site_link, markdown)


def repository_file(path: str, config: MkDocsConfig) -> File:
    """A file outside `docs/`, which has the same path in the site as in the repository."""
    return File(path, str(ROOT), config.site_dir, config.use_directory_urls)


def repository_path(in_site: str) -> str:
    """Path of a page in the repository, from its path in the site."""
    return in_site if in_site in OUTSIDE else f"docs/{in_site}"


def site_path(path: str) -> str:
    """Path in the site, from the path of a file in the repository."""
    return "index.md" if path == "README.md" else path.removeprefix("docs/")

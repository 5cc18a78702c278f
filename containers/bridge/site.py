"""Reads the site file, containers/site.ini, which holds the settings of a site.

Values may contain environment variables, such as $LOCAL_SCRATCH. Each machine substitutes its own
values, because the scratch folder of a compute node is known only there.
"""

import configparser
import os
import string

KEYS = ("image", "binds", "tmp", "cache", "environment", "options")


class SiteError(Exception):
    """The site file, or something it names, is invalid. The message says what to change."""


class Site:
    """The values of the site file for this machine; paths are absolute."""

    def __init__(self, path, root):
        self.path = os.path.abspath(path)
        self.root = root
        self._values = read(self.path)
        self.image = self._path("image", self._values["image"])
        self.binds = [self._path("binds", bind) for bind in self._lines("binds")]
        self.tmp = self._first_folder("tmp", self._lines("tmp"))
        cache = self._values["cache"]
        self.cache = self._path("cache", cache) if cache else None
        self.environment = self._values["environment"].split()
        self.options = self._values["options"].split()

    def _lines(self, key):
        lines = [line.strip() for line in self._values[key].splitlines()]
        return [line for line in lines if line]

    def _path(self, key, text):
        return os.path.join(self.root, os.path.expanduser(filled(text, key, self.path)))

    def _first_folder(self, key, candidates):
        """The first folder that exists here. Folders with unset variables are skipped."""
        for candidate in candidates:
            try:
                folder = self._path(key, candidate)
            except SiteError:
                continue
            if os.path.isdir(folder) and os.access(folder, os.W_OK):
                return folder
        return None


def read(path):
    """Read the values of a site file as text. Raises SiteError."""
    parser = configparser.RawConfigParser()
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            parser.read_file(file)
    except (OSError, configparser.Error) as error:
        raise SiteError(f"{path} cannot be read: {error}") from None
    if parser.sections() != ["site"]:
        raise SiteError(f"{path} must have exactly one section, [site]")
    unknown = [key for key in parser["site"] if key not in KEYS]
    if unknown:
        raise SiteError(
            "{}: unknown key {}; valid keys are {}".format(path, unknown[0], ", ".join(KEYS))
        )
    return {key: parser["site"].get(key, "") for key in KEYS}


def filled(text, key, path):
    """`text` with environment variables substituted. Raises SiteError if one is not set."""
    try:
        return string.Template(text).substitute(os.environ)
    except KeyError as error:
        raise SiteError(f"{path}, {key}: ${error.args[0]} is not set here") from None
    except ValueError:
        raise SiteError(f"{path}, {key}: write $$ for a literal $") from None

"""What differs from site to site: containers/site.ini, read where the launcher runs.

Values may name environment variables, such as $LOCAL_SCRATCH. They are filled in on each machine
anew, since a computing node's scratch folder is known only there.
"""

import configparser
import os
import string

KEYS = ("image", "binds", "tmp", "cache", "environment", "options")


class SiteError(Exception):
    """The site file, or what it names, cannot be used; the message says what to change."""


class Site:
    """The site file's values, for the machine that this runs on; paths are absolute."""

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
        """The first that this machine has. One whose variable is not set here is passed over."""
        for candidate in candidates:
            try:
                folder = self._path(key, candidate)
            except SiteError:
                continue
            if os.path.isdir(folder) and os.access(folder, os.W_OK):
                return folder
        return None


def read(path):
    """The values of a site file, as text. Raises SiteError."""
    parser = configparser.RawConfigParser()
    try:
        with open(path) as file:
            parser.read_file(file)
    except (OSError, configparser.Error) as error:
        raise SiteError(f"{path} cannot be read: {error}") from None
    if parser.sections() != ["site"]:
        raise SiteError(f"{path} has one section, [site]")
    strange = [key for key in parser["site"] if key not in KEYS]
    if strange:
        raise SiteError(
            "{}: unknown key {}; there are {}".format(path, strange[0], ", ".join(KEYS))
        )
    return {key: parser["site"].get(key, "") for key in KEYS}


def filled(text, key, path):
    """`text` with the environment's variables in it. Raises SiteError where one is not set."""
    try:
        return string.Template(text).substitute(os.environ)
    except KeyError as error:
        raise SiteError(f"{path}, {key}: ${error.args[0]} is not set here") from None
    except ValueError:
        raise SiteError(f"{path}, {key}: write $$ for a plain $") from None

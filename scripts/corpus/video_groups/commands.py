"""The commands of the stages, which the rules of single videos and the jobs of groups share.

A job of a group gets the command of each stage as its rule has it for one video, with placeholders
for what differs between videos. It calls the script's main function with the same arguments.
"""

import importlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

ANY_VIDEO, ANY_SUFFIX, ANY_FLAGS = "@video@", "@suffix@", "@flags@"
"""Placeholders for the id of a video, the suffix of its file without a dot, and flags that only
some videos have. They have no characters that a shell or a video id treats specially."""
LOG_SIGN = "2>"
"""Begins the part of a command that a shell reads: where the log goes."""


@dataclass(frozen=True)
class Video:
    """A video of a group: its id and the suffix of its file."""

    id: str
    suffix: str

    @classmethod
    def parse(cls, text: str) -> "Video":
        """Read `id.suffix`."""
        video, _, suffix = text.partition(".")
        return cls(video, suffix)


@dataclass(frozen=True)
class Stage:
    """A stage: the name of its rule and script, what it writes, and its arguments."""

    name: str
    made_with: str
    """Checksum of the code and the settings. Tables made with another one are outdated."""
    tables: tuple[str, ...]
    """Tables that the stage writes, one file of each per video."""
    arguments: tuple[str, ...]
    """Arguments of the script, with placeholders."""

    @classmethod
    def parse(cls, text: str) -> "Stage":
        """Read `rule checksum tables command`.

        Tables are separated by commas; the command is `python script arguments 2> log`.
        """
        name, made_with, tables, _, _, *arguments = shlex.split(text)
        end = arguments.index(LOG_SIGN) if LOG_SIGN in arguments else len(arguments)
        return cls(name, made_with, tuple(tables.split(",")), tuple(arguments[:end]))

    def arguments_for(self, video: Video, flags: Sequence[str] = ()) -> list[str]:
        """Return the arguments for one video; `flags` are those that only this video has."""
        filled: list[str] = []
        for argument in self.arguments:
            if argument == ANY_FLAGS:
                filled += flags
            else:
                argument = argument.replace(ANY_SUFFIX, video.suffix)
                filled.append(argument.replace(ANY_VIDEO, video.id))
        return filled

    def run(self, video: Video, flags: Sequence[str] = ()) -> None:
        """Run the stage for one video in this process: the main function of its script."""
        importlib.import_module(self.name).main(self.arguments_for(video, flags))

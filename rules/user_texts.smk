"""Texts in which people write: people.tsv and the methods section. What they wrote is kept.

The texts are made in <results>/unedited and copied from there, in local rules: `update` keeps the
earlier file until the script has copied an edited one into the folder of annotations, and restores
it if the script fails. If a job dies on a node, Snakemake deletes its outputs.
"""

from corpus.core import user_edits


rule publish_people_file:
    """Copy people.tsv to where people fill in names.

    Input:  people.tsv as identify_people wrote it
    Steps:  keep a copy of a file that was filled in, and write the new one
    Output: people.tsv to fill in
    """
    input:
        "<results>/unedited/people.tsv",
    output:
        update("<results>/people.tsv"),
    log:
        "<logs>/publish_people_file.log",
    benchmark:
        "<benchmarks>/publish_people_file.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("publish_people_file")
    resources:
        **request("publish_people_file"),
    params:
        **code("publish_people_file"),
        settings=settings_flags("publish_people_file"),
    shell:
        "python {params.script:q} {params.settings:q} --text {input:q} --output {output:q}"
        " 2> {log:q}"


default_outputs.append(rules.publish_people_file.output)


rule publish_methods:
    """Copy the methods section to the report.

    Input:  text, references and page as write_methods wrote them
    Steps:  keep copies of files in which people wrote, and write the new ones
    Output: text, references and page
    """
    input:
        "<results>/unedited/methods.md",
        "<results>/unedited/references.bib",
        "<results>/unedited/methods.html",
    output:
        update(in_report("<results>/report/methods.md")),
        update(in_report("<results>/report/references.bib")),
        update(in_report("<results>/report/methods.html")),
    log:
        "<logs>/publish_methods.log",
    benchmark:
        "<benchmarks>/publish_methods.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("publish_methods")
    resources:
        **request("publish_methods"),
    params:
        **code("publish_methods"),
        settings=settings_flags("publish_methods"),
        report=subpath(output[0], parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --texts {input:q}"
        " --report {params.report:q} 2> {log:q}"


PEOPLE_TO_FILL = Path(config["results"], "people.tsv")

if workflow.is_main_process and user_edits.is_edited(PEOPLE_TO_FILL):
    logger.warning(
        f"{PEOPLE_TO_FILL} was edited, but it is not read. To use its names, save it as "
        f"{config['people']} (config key people)."
    )

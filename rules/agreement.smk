"""Agreement of the workflow with coders, and of coders with each other. Only on request."""


rule measure_agreement:
    """Compare tiers of coders with the workflow, and with each other.

    Input:  annotations of coders, the table of their tiers, phases of all videos, tracks and people
    Steps:  match events, measure overlap, agreement by time and by events
    Output: tables of all measures, and of precision and recall by required overlap
    """
    input:
        **coding_inputs(),
    output:
        agreement="<results>/agreement.parquet",
        overlaps="<results>/agreement_overlaps.parquet",
    log:
        "<logs>/measure_agreement.log",
    benchmark:
        "<benchmarks>/measure_agreement.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("measure_agreement")
    resources:
        **request("measure_agreement"),
    params:
        **code("measure_agreement"),
        **coding_params(subpath(output.agreement, parent=True)),
    shell:
        "python {params.script:q} --results {params.results:q} --videos {input.videos:q}"
        " --annotations {input.annotations:q} --coders {input.coders:q} --files {input.files:q}"
        " --output {output.agreement:q} --overlaps {output.overlaps:q} 2> {log:q}"


rule plot_agreement:
    """Plot the agreement, and write a page and a table about it.

    Input:  tables of agreement
    Steps:  plot the F score over the required overlap, list all measures
    Output: plot, page, and table
    """
    input:
        agreement=rules.measure_agreement.output.agreement,
        overlaps=rules.measure_agreement.output.overlaps,
    output:
        plot=in_report("<results>/report/agreement.svg"),
        table=in_report("<results>/report/agreement.tsv"),
        page=in_report("<results>/report/agreement.html"),
    log:
        "<logs>/plot_agreement.log",
    benchmark:
        "<benchmarks>/plot_agreement.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("plot_agreement")
    resources:
        **request("plot_agreement"),
    params:
        **code("plot_agreement"),
        settings=settings_flags("plot_agreement"),
    shell:
        "python {params.script:q} {params.settings:q} --agreement {input.agreement:q} --overlaps {input.overlaps:q}"
        " --plot {output.plot:q} --table {output.table:q} --page {output.page:q} 2> {log:q}"


rule tune_movement:
    """Find the settings of movement phases that agree best with coders.

    Input:  annotations of coders, the table of their tiers, keypoints of all videos, tracks, people
    Steps:  measure phases with many settings, choose those that agree best, cross-validate
    Output: settings to paste into the configuration, and a table of all trials
    """
    input:
        **coding_inputs(),
    output:
        settings="<results>/report/tuning.yaml",
        trials="<results>/report/tuning.tsv",
    log:
        "<logs>/tune_movement.log",
    benchmark:
        "<benchmarks>/tune_movement.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("tune_movement")
    resources:
        **request("tune_movement"),
    params:
        **code("tune_movement"),
        **coding_params(subpath(output.settings, ancestor=2)),
        settings=settings_flags("measure_movement"),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --videos {input.videos:q} --annotations {input.annotations:q} --coders {input.coders:q}"
        " --files {input.files:q} --settings {output.settings:q} --trials {output.trials:q} 2> {log:q}"

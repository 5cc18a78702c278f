"""Plots, tables and a methods text for Snakemake's report: snakemake --report report.html."""


rule plot_funnel:
    """Plot how many videos remain at each step of the analysis, and why others do not.

    Input:  tables of the corpus, tracks and gestures
    Steps:  count the videos at each step, and the reasons
    Output: plot, and table of all videos
    """
    input:
        **corpus_tables("corpus", "tracks"),
        gestures=rules.segment_gestures.output[0],
    output:
        plot=in_report("<results>/report/funnel.svg"),
        table=in_report("<results>/report/corpus.tsv"),
    log:
        "<logs>/plot_funnel.log",
    benchmark:
        "<benchmarks>/plot_funnel.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("plot_funnel")
    resources:
        **request("plot_funnel"),
    params:
        **code("plot_funnel"),
        results=subpath(input.corpus, parent=True),
    shell:
        "python {params.script:q} --results {params.results:q} --plot {output.plot:q}"
        " --table {output.table:q} 2> {log:q}"


rule plot_people:
    """Plot how long each person is on screen, and in how many videos.

    Input:  table of people
    Steps:  sort by time on screen
    Output: plot, and table of all people
    """
    input:
        people="<results>/people.parquet",
    output:
        plot=in_report("<results>/report/people.svg"),
        table=in_report("<results>/report/people.tsv"),
    log:
        "<logs>/plot_people.log",
    benchmark:
        "<benchmarks>/plot_people.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("plot_people")
    resources:
        **request("plot_people"),
    params:
        **code("plot_people"),
    shell:
        "python {params.script:q} --people {input.people:q} --plot {output.plot:q}"
        " --table {output.table:q} 2> {log:q}"


rule plot_coverage:
    """Plot the share of each video's frames in which faces, bodies and hands were found.

    Input:  keypoints of all videos
    Steps:  count frames with faces, bodies and hands
    Output: plot, and table of all videos
    """
    input:
        # The job also reads tables from which these were made.
        keypoints=all_tables("keypoints"),
    output:
        plot=in_report("<results>/report/coverage.svg"),
        table=in_report("<results>/report/coverage.tsv"),
    log:
        "<logs>/plot_coverage.log",
    benchmark:
        "<benchmarks>/plot_coverage.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("plot_coverage")
    resources:
        **request("plot_coverage"),
    params:
        **code("plot_coverage"),
        settings=settings_flags("plot_coverage"),
        results=subpath(output.plot, ancestor=2),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --plot {output.plot:q} --table {output.table:q} 2> {log:q}"


rule write_methods:
    """Write a methods section for a paper.

    Input:  tables of the corpus with their provenance, coverage, gestures and similar gestures
    Steps:  describe each step with its parameters, models and versions
    Output: text, references and page
    """
    input:
        corpus="<results>/corpus.parquet",
        # For the number of people who were named or merged by hand.
        people="<results>/people.parquet",
        coverage="<results>/report/coverage.tsv",
        gestures=rules.segment_gestures.output[0],
        similar=rules.compare_gestures.output.neighbours,
        scores=all_tables("gesture_scores") if SCORES_GESTURES else [],
        quality=all_tables("movement_quality"),
    output:
        methods="<results>/unedited/methods.md",
        references="<results>/unedited/references.bib",
        page="<results>/unedited/methods.html",
    log:
        "<logs>/write_methods.log",
    benchmark:
        "<benchmarks>/write_methods.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("write_methods")
    resources:
        **request("write_methods"),
    params:
        **code("write_methods"),
        settings=settings_flags("write_methods"),
        results=subpath(input.corpus, parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --coverage {input.coverage:q} --methods {output.methods:q}"
        " --references {output.references:q} --page {output.page:q} 2> {log:q}"


rule report_efficiency:
    """Compare requested with used memory, time and cores, by rule and by job.

    Input:  the table of the corpus, and the last outputs of all stages, which show that all other
            jobs have ended
    Steps:  read Snakemake's benchmark files, and compare requests with usage
    Output: page, table and plot
    """
    input:
        elan=rules.write_elan.output[0],
        page=rules.write_page.output.page,
        plots=[rules.plot_funnel.output, rules.plot_people.output],
        coverage=rules.plot_coverage.output,
        methods=rules.publish_methods.output,
        custom=custom_outputs,
        corpus="<results>/corpus.parquet",
    output:
        page=in_report("<results>/report/efficiency.html"),
        table=in_report("<results>/report/efficiency.tsv"),
        plot=in_report("<results>/report/efficiency.svg"),
    log:
        "<logs>/report_efficiency.log",
    benchmark:
        "<benchmarks>/report_efficiency.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("report_efficiency")
    resources:
        **request("report_efficiency"),
    params:
        **code("report_efficiency"),
        settings=settings_flags("report_efficiency"),
        # Not an input: benchmark files are by-products, and a killed job leaves none.
        benchmarks=workflow.pathvars.apply("<benchmarks>"),
    shell:
        "python {params.script:q} {params.settings:q} --benchmarks {params.benchmarks:q}"
        " --corpus {input.corpus:q} --table {output.table:q} --page {output.page:q}"
        " --plot {output.plot:q} 2> {log:q}"


default_outputs += [
    rules.plot_funnel.output,
    rules.plot_people.output,
    rules.plot_coverage.output,
    rules.write_methods.output,
    rules.publish_methods.output,
    rules.report_efficiency.output,
]
N_OWN_OUTPUTS = len(default_outputs)

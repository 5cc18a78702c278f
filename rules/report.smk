"""Plots, tables and a methods text for Snakemake's report: snakemake --report report.html.

Each file has one label. From two labels the report would make a switch, and it fails if one
position of the switch has nothing to show.
"""


rule plot_funnel:
    """Plot how many videos remain at each step of the analysis, and why others do not.

    Input:  tables of the corpus, tracks and gestures
    Steps:  count the videos at each step, and the reasons
    Output: plot, and table of all videos
    """
    input:
        script=code("plot_funnel"),
        corpus="<results>/corpus.parquet",
        tracks="<results>/tracks.parquet",
        gestures=rules.segment_gestures.output[0],
    output:
        plot=report(
            "<results>/report/funnel.svg",
            caption="../docs/report/funnel.rst",
            category="Corpus",
            labels={"shows": "videos at each step (plot)"},
        ),
        table=report(
            "<results>/report/corpus.tsv",
            caption="../docs/report/funnel.rst",
            category="Corpus",
            labels={"shows": "all videos (TSV)"},
        ),
    log:
        "<logs>/plot_funnel.log",
    benchmark:
        "<benchmarks>/plot_funnel.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("plot_funnel")
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        results=subpath(input.corpus, parent=True),
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --plot {output.plot:q}"
        " --table {output.table:q}"
        " 2> {log:q}"


rule plot_people:
    """Plot how long each person is on screen, and in how many videos.

    Input:  table of people
    Steps:  sort by time on screen
    Output: plot, and table of all people
    """
    input:
        script=code("plot_people"),
        people="<results>/people.parquet",
    output:
        plot=report(
            "<results>/report/people.svg",
            caption="../docs/report/people.rst",
            category="People",
            labels={"shows": "time on screen (plot)"},
        ),
        table=report(
            "<results>/report/people.tsv",
            caption="../docs/report/people.rst",
            category="People",
            labels={"shows": "all people (TSV)"},
        ),
    log:
        "<logs>/plot_people.log",
    benchmark:
        "<benchmarks>/plot_people.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("plot_people")
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python {input.script[0]:q}"
        " --people {input.people:q}"
        " --plot {output.plot:q}"
        " --table {output.table:q}"
        " 2> {log:q}"


rule plot_coverage:
    """Plot the share of each video's frames in which faces, bodies and hands were found.

    Input:  keypoints of all videos
    Steps:  count frames with faces, bodies and hands
    Output: plot, and table of all videos

    It needs no identities, so a new name does not run it again.
    """
    input:
        script=code("plot_coverage"),
        # The job also reads the tables of status, frames, shots and faces, from which these were
        # made.
        keypoints=all_tables("keypoints"),
    output:
        plot=report(
            "<results>/report/coverage.svg",
            caption="../docs/report/coverage.rst",
            category="Coverage",
            labels={"shows": "frames in which something was found (plot)"},
        ),
        table=report(
            "<results>/report/coverage.tsv",
            caption="../docs/report/coverage.rst",
            category="Coverage",
            labels={"shows": "all videos (TSV)"},
        ),
    log:
        "<logs>/plot_coverage.log",
    benchmark:
        "<benchmarks>/plot_coverage.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("plot_coverage")
    threads: 1
    resources:
        mem_mb=corpus_mb("plot_coverage"),
        runtime=corpus_minutes("plot_coverage"),
    params:
        results=subpath(output.plot, ancestor=2),
        # Not an input: a new video already adds a table, and a new time of the manifest changes
        # nothing.
        videos=config["videos"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --plot {output.plot:q}"
        " --table {output.table:q}"
        " 2> {log:q}"


rule write_methods:
    """Write a methods section for a paper.

    Input:  tables of the corpus with their provenance, coverage and gestures
    Steps:  describe each step with its parameters, models and versions
    Output: text, references and page
    """
    input:
        script=code("write_methods"),
        template=display_path(ROOT / "scripts/corpus/report/methods/methods.md.j2"),
        bibliography=display_path(ROOT / "scripts/corpus/report/methods/references.bib"),
        corpus="<results>/corpus.parquet",
        # For the number of people who were named or merged by hand.
        people="<results>/people.parquet",
        coverage="<results>/report/coverage.tsv",
        gestures=rules.segment_gestures.output[0],
    output:
        methods=report(
            "<results>/report/methods.md",
            caption="../docs/report/methods.rst",
            category="Methods",
            labels={"shows": "how the corpus was analysed (Markdown)"},
        ),
        references=report(
            "<results>/report/references.bib",
            caption="../docs/report/methods.rst",
            category="Methods",
            labels={"shows": "its references (BibTeX)"},
        ),
        page=report(
            "<results>/report/methods.html",
            caption="../docs/report/methods.rst",
            category="Methods",
            labels={"shows": "how the corpus was analysed (page)"},
        ),
    log:
        "<logs>/write_methods.log",
    benchmark:
        "<benchmarks>/write_methods.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("write_methods")
    threads: 1
    resources:
        mem_mb=500,
        runtime=30,
    params:
        results=subpath(input.corpus, parent=True),
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --coverage {input.coverage:q}"
        " --template {input.template:q}"
        " --bibliography {input.bibliography:q}"
        " --methods {output.methods:q}"
        " --references {output.references:q}"
        " --page {output.page:q}"
        " 2> {log:q}"


rule report_efficiency:
    """Compare requested with used memory, time and cores, by rule and by job.

    Input:  the last output of every stage, so that all jobs have ended; the table of the corpus
    Steps:  read Snakemake's benchmark files, and compare requests with usage
    Output: page, table and plot
    """
    input:
        script=code("report_efficiency"),
        # Not read: when the last outputs of all stages exist, all jobs have ended.
        elan=rules.write_elan.output[0],
        report=[
            rules.write_page.output,
            rules.plot_funnel.output,
            rules.plot_people.output,
            rules.plot_coverage.output,
            rules.write_methods.output,
        ],
        corpus="<results>/corpus.parquet",
    output:
        page=report(
            "<results>/report/efficiency.html",
            caption="../docs/report/efficiency.rst",
            category="Efficiency",
            labels={"shows": "requested and used, by rule (page)"},
        ),
        table=report(
            "<results>/report/efficiency.tsv",
            caption="../docs/report/efficiency.rst",
            category="Efficiency",
            labels={"shows": "requested and used, by rule (TSV)"},
        ),
        plot=report(
            "<results>/report/efficiency.svg",
            caption="../docs/report/jobs.rst",
            category="Efficiency",
            labels={"shows": "time and memory of all jobs (plot)"},
        ),
    log:
        "<logs>/report_efficiency.log",
    benchmark:
        "<benchmarks>/report_efficiency.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("report_efficiency")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        # Not an input: benchmark files are by-products, and a killed job leaves none.
        benchmarks=workflow.pathvars.apply("<benchmarks>"),
    shell:
        "python {input.script[0]:q}"
        " --benchmarks {params.benchmarks:q}"
        " --table {output.table:q}"
        " --page {output.page:q}"
        " --plot {output.plot:q}"
        " --corpus {input.corpus:q}"
        " 2> {log:q}"

"""What Snakemake's own report shows of the corpus: plots, tables, and a text for a paper.

They come together in one file: snakemake --report report.html. Each has one label, since of two the
report makes a switch, and fails where one of its positions has nothing to show.
"""


rule plot_funnel:
    """All videos' status, faces and people -> how many are left at each step, and why not all."""
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
    """All people -> how long each is on screen, and in how many videos."""
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
    """All videos' tables -> in what part of each one's frames faces, bodies and hands were found.

    Needs no identities, so a name changes nothing here.
    """
    input:
        script=code("plot_coverage"),
        # The tables status, frames, shots and faces, read as well, are what these were made of.
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
        # No input: a new video is a new table, and a touched manifest changes nothing.
        videos=config["videos"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --plot {output.plot:q}"
        " --table {output.table:q}"
        " 2> {log:q}"


rule write_methods:
    """All tables and their metadata -> a methods section with its references, for a paper."""
    input:
        script=code("write_methods"),
        template=display_path(ROOT / "scripts/corpus/report/methods/methods.md.j2"),
        bibliography=display_path(ROOT / "scripts/corpus/report/methods/references.bib"),
        corpus="<results>/corpus.parquet",
        # How many were named and joined by hand.
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
    """Benchmark files -> asked and used memory, time and cores of each rule, and of each job.

    Snakemake's own report takes it in: snakemake --report report.html
    """
    input:
        script=code("report_efficiency"),
        # Read by nothing here: when the last files of all stages are there, all jobs have ended.
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
            labels={"shows": "asked and used, by rule (page)"},
        ),
        table=report(
            "<results>/report/efficiency.tsv",
            caption="../docs/report/efficiency.rst",
            category="Efficiency",
            labels={"shows": "asked and used, by rule (TSV)"},
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
        # No input: benchmarks are by-products, which a killed job does not leave.
        benchmarks=workflow.pathvars.apply("<benchmarks>"),
    shell:
        "python {input.script[0]:q}"
        " --benchmarks {params.benchmarks:q}"
        " --table {output.table:q}"
        " --page {output.page:q}"
        " --plot {output.plot:q}"
        " --corpus {input.corpus:q}"
        " 2> {log:q}"

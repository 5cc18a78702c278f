"""Efficiency: what jobs asked for and what they used, after every run."""


rule efficiency:
    """Benchmark files -> asked and used memory, time and cores of each rule, and of each job.

    Snakemake's own report takes it in: snakemake --report report.html
    """
    input:
        script=code("efficiency"),
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
        "<logs>/efficiency.log",
    benchmark:
        "<benchmarks>/efficiency.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("efficiency")
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

"""What a run prints: short lines about its jobs, and at its end warnings and a summary."""

import atexit
from shlex import join as join_command

from corpus.planning.finished_run import RunRecords, read_run
from corpus.planning.run_options import options_of_corpus
from corpus.planning.terminal_output import shorten_output

RUN_RECORDS = RunRecords()
SUMMARY = []
"""Lines that are printed when Snakemake ends, below its own last messages."""


def list_files():
    """Let the page link to the files that exist now, for example to exports of this run."""
    try:
        from corpus.report.page.result_links import write_files

        results = Path(config["results"])
        if not workflow.touch and (results / "report" / "index.html").exists():
            write_files(
                results,
                VIDEOS,
                annotations_folder=config["annotations"],
                run_options=options_of_corpus(sys.argv[1:]),
            )
    except Exception as error:
        logger.warning(f"The page's links to files could not be updated: {error}")


def summarise_run():
    """Prepare the summary of the run. An error in it is reported in a line and changes nothing."""
    if workflow.touch:
        return
    try:
        # Imports pandas, which plans do not need.
        from corpus.report.run_summary import continued_command, summary_lines

        command = join_command(["snakemake", *continued_command(sys.argv[1:])])
        run = read_run(workflow, RUN_RECORDS, pending_downloads()[0])
        SUMMARY[:] = summary_lines(
            Path(config["results"]), run, command, config["people"]
        )
    except Exception as error:
        SUMMARY[:] = [
            f"The run could not be summarised: {type(error).__name__}: {error}"
        ]


def print_summary():
    """Print the summary, also of a run in which nothing had to be done."""
    if any(option.startswith("--report") for option in sys.argv):
        # The page links to Snakemake's report if it is in the folder of the page.
        list_files()
    if RUN_RECORDS.nothing_to_do and not workflow.dryrun:
        list_files()
        summarise_run()
    if SUMMARY:
        print("", *SUMMARY, sep="\n", file=sys.stderr, flush=True)


# Jobs on a cluster read this file too. Snakemake ignores the hooks of modules.
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    logger.addHandler(RUN_RECORDS)
    atexit.register(print_summary)
    # Dry runs describe each job. With these options, runs do too.
    shown = workflow.output_settings
    if not (shown.dryrun or shown.printshellcmds or shown.verbose or shown.debug_dag):
        shorten_output(logger)


onsuccess:
    list_files()
    summarise_run()
    report_pending_videos()


onerror:
    date_back_kept_outputs()
    report_full_disks()
    if slurm.is_used(workflow):
        slurm.report_cancelled_jobs(workflow, logger)
    list_files()
    summarise_run()
    report_pending_videos(all_done=False)

"""What rules pass to their scripts besides files: version of the code, settings; and their image."""

from functools import cache

from corpus.planning.code_version import source_checksum


def code(rule, rerun=True):
    """Params of a rule, `script` and `version`. They are the path of its script and a checksum.

    The checksum covers the script, the modules that it imports, and other files in the folders of
    these modules, such as templates. An edit of any of them runs the rule again. With `rerun=False`
    there is no version: an edit of the code then does not run the rule again.

    A job on a cluster reads all rules, but needs the checksum of its own rule only. It gets a
    function, which Snakemake calls for this rule.
    """
    script = ROOT / f"scripts/{rule}.py"
    params = {"script": display_path(script)}

    def checksum(wildcards):
        return source_checksum(script)

    if rerun:
        params["version"] = (
            source_checksum(script) if workflow.is_main_process else checksum
        )
    return params


def settings_flags(rule, **replaced):
    """Flags such as `--min-size=0.06` for the keys of the configuration that a rule gets.

    The model of the configuration, scripts/corpus/inputs/settings_model.py, names the rules of each
    key. `replaced` gives other values than the configuration, by key.

    It is a function, because Snakemake would look for wildcards in a list of texts, and because
    only jobs of the rule need the texts. Each text has the name of its key, because Snakemake
    compares the set of all params, so that bare values would hide that two keys were swapped.
    """

    @cache
    def flags():
        return settings.flags(config, rule, **replaced)

    def settings_of_job(wildcards):
        return flags()

    return settings_of_job


RULES_WITH_IMAGE = []


def image(rule):
    """The container image for a rule, used with `--software-deployment-method apptainer`."""
    RULES_WITH_IMAGE.append(rule)
    path = config["containers"].get(rule) or config["containers"].get("all")
    return resolve_path(path) if path else None


def check_images():
    """Check the rules and files that `containers` names. Call it after all rules were read."""
    if workflow.is_main_process:
        settings.check_images(config, ROOT, RULES_WITH_IMAGE, *config_sources())

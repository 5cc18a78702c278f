"""Files of a user that lie in a copy of the workflow, and must not get into an image."""

from pathlib import Path

SECRET = "a file of the user\n"
"""Content of every planted file."""
PLACES = """
.env .netrc .containerenv .git-credentials .ssh/id_rsa cookies.txt cookies people.tsv
interview.mp4 Talk.MP4 notes.md mine.yaml mine.smk corpus.sif
annotations/talk.eaf videos/talk.mp4 results/mine/faces.parquet results/mine/page.html
resources/mine/talk.mp4 resources/models/mine.task logs/run.log .snakemake/metadata/x
config/mine.tsv config/mine.yaml config/mine_people.tsv config/people.tsv config/videos.tsv
config/cookies.txt config/mine/people.tsv config/schemas/people.tsv config/.env
rules/cookies.txt rules/.private.smk rules/mine/extra.smk
scripts/cookies.txt scripts/talk.eaf scripts/mine.csv scripts/mine/talk.py scripts/.private.py
scripts/corpus/talk.eaf scripts/corpus/faces/people.tsv scripts/corpus/faces/face.png
scripts/corpus/elan/talk.eaf scripts/corpus/elan/.talk.eaf.lock scripts/corpus/faces/data/a.npy
scripts/corpus/report/methods/people.tsv scripts/corpus/report/page/assets/mine.html
scripts/corpus/report/page/assets/talk.mp4 scripts/corpus/faces/old.py/cookies.txt
tools/cookies.txt tools/portraits/participant.png tools/demo_clips/talk.mp4
tests/talk.eaf tests/support/people.tsv tests/workflow/cookies.txt benchmarks/mine.tsv
docs/talk.eaf docs/notes.md docs/people.tsv docs/report/people.tsv envs/cookies.txt envs/.env
profiles/mine.yaml profiles/slurm/token.txt profiles/mine/profile.yaml .github/token
containers/corpus.sif containers/corpus.sif.json containers/mine.ini containers/fetch/cookies.txt
containers/bridge/cookies.txt containers/bridge/__pycache__/site.pyc
""".split()
"""Paths in all folders of the workflow: videos, annotations, people files, manifests, cookies,
configurations, results, images, hidden files, and names that look like code."""


def plant(folder: Path) -> None:
    """Write the files into a copy of the workflow, also over templates that users fill in."""
    for place in [*PLACES, "scripts/corpus/faces/my people.tsv"]:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
        path.chmod(0o600)

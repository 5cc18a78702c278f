"""The table agreement: how much two coders, or a coder and the workflow, agree."""

from corpus.tables.table import Table

KEYS = {
    "scope": (
        "text",
        "what the row sums up: hand (one hand of one person in one video), video, person, corpus",
    ),
    "level": ("text", "units, phases, gesture labels or phase labels"),
    "time": ("text", "all: all coded time; seen: only while the workflow saw the hand"),
    "coder_a": ("text", "the reference; `all coders` in rows about three coders or more"),
    "coder_b": ("text", "the other coder, or workflow; null in rows about all coders"),
    "video_id": ("text", "id in the manifest; null if several videos are summed up"),
    "person": ("text", "person id, or unknown (body without a face); null if several"),
    "hand": ("text", "left, right or both (either hand); null if several"),
}

TABLE = Table(
    name="agreement",
    row="pair of coders, level of annotation, and part of the corpus",
    columns={
        **KEYS,
        "n_videos": ("int32", "number of videos"),
        "n_sections": ("int32", "number of hands of persons in videos"),
        "compared_s": ("float64", "compared time, seconds, summed over hands"),
        "left_out_s": ("float64", "coded time in which the hand was not seen, seconds; 0 for all"),
        "n_a": ("int32", "events of coder_a; at least half of each lies in the compared time"),
        "n_b": ("int32", "events of coder_b"),
        "n_left_out_a": ("int32", "events of coder_a that are not compared"),
        "n_left_out_b": ("int32", "events of coder_b that are not compared"),
        "a_s": ("float64", "compared time that coder_a annotated, seconds"),
        "b_s": ("float64", "compared time that coder_b annotated, seconds"),
        "overlap": ("float64", "time that both annotated / time that at least one annotated, 0-1"),
        "time_agreement": ("float64", "share of time with the same label (or none), 0 to 1"),
        "time_kappa": ("float64", "Cohen's kappa by time, with no annotation as a label"),
        "alpha": ("float64", "Krippendorff's nominal alpha by time"),
        "n_matched": ("int32", "matched events, from an overlap (IoU) of 0.1 on"),
        "onset_median_s": ("float64", "median onset of b minus a of matched events, seconds"),
        "onset_q1_s": ("float64", "lower quartile of the same"),
        "onset_q3_s": ("float64", "upper quartile of the same"),
        "offset_median_s": ("float64", "median end of b minus a of matched events, seconds"),
        "offset_q1_s": ("float64", "lower quartile of the same"),
        "offset_q3_s": ("float64", "upper quartile of the same"),
        "f_50": ("float64", "F score of events with an overlap (IoU) of at least 0.5, 0 to 1"),
        "n_linked": ("int32", "pairs that overlap by 60 % of the longer event (Holle and Rein)"),
        "linked_agreement": ("float64", "share of events with a link and the same label, 0 to 1"),
        "kappa": ("float64", "modified kappa of Holle and Rein; null for fewer than two labels"),
        "kappa_max": ("float64", "largest modified kappa with these numbers of labels"),
        "kappa_linked": ("float64", "Cohen's kappa of the labels of linked events only"),
        "organization": (
            "float64",
            "degree of organization of segments: 0 chance, 1 all in nuclei",
        ),
        "prefilled_a": ("float64", "share of annotations of a that the workflow wrote, 0 to 1"),
        "prefilled_b": ("float64", "the same of b; null for the workflow"),
    },
    about="people",
    per_video=False,
    csv=False,
    rule="measure_agreement",
    note="[agreement.md](agreement.md) explains all measures, with their sources.",
)

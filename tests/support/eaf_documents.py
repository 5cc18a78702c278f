"""Texts of .eaf files as ELAN saves them, for tests that read such files."""

ROOT_TAG = '<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0">'
STEREOTYPES = ("Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In")


def alignable(annotation_id: str, start_slot: str, end_slot: str, value: str = "") -> str:
    """An annotation with two time slots."""
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{annotation_id}" '
        f'TIME_SLOT_REF1="{start_slot}" TIME_SLOT_REF2="{end_slot}">'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def referring(annotation_id: str, parent_id: str, value: str = "", previous_id: str = "") -> str:
    """An annotation that refers to an annotation of the parent tier."""
    previous = f' PREVIOUS_ANNOTATION="{previous_id}"' if previous_id else ""
    return (
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{annotation_id}" '
        f'ANNOTATION_REF="{parent_id}"{previous}>'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
    )


def tier(name: str, *annotations: str, kind: str = "free", parent: str = "") -> str:
    """A tier; `kind` is its linguistic type."""
    parent_attribute = f' PARENT_REF="{parent}"' if parent else ""
    tag = f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}"{parent_attribute}>'
    return tag + "".join(annotations) + "</TIER>"


def document(slots: dict[str, int | None], *tiers: str, header: str = "") -> str:
    """An .eaf as ELAN saves it. `slots` are the times (ms) of time slots, None if not aligned."""
    time_order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{slot}"' + ("/>" if ms is None else f' TIME_VALUE="{ms}"/>')
        for slot, ms in slots.items()
    )
    kinds = "".join(
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="{kind}" CONSTRAINTS="{kind}"/>'
        for kind in STEREOTYPES
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{ROOT_TAG}\n<HEADER>{header}</HEADER>\n'
        f"<TIME_ORDER>{time_order}</TIME_ORDER>\n{''.join(tiers)}\n"
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="free"/>{kinds}\n</ANNOTATION_DOCUMENT>\n'
    )


WORDS = tier("words", alignable("a1", "t1", "t2", "abc"), alignable("a2", "t3", "t4", "de"))
"""A tier with two words."""
WORD_SLOTS = {"t1": 0, "t2": 1000, "t3": 2000, "t4": 2600}
"""Time slots of the tier."""

WORDS_DOCUMENT = document(WORD_SLOTS, WORDS)
"""A file with this tier; the annotations are on line 5."""

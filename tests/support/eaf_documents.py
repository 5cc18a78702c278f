"""Texts of .eaf files as ELAN saves them, for the tests that read them."""

HEAD = '<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0">'
STEREOTYPES = ("Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In")


def aligned(number: str, begin: str, end: str, value: str = "") -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{number}" TIME_SLOT_REF1="{begin}" '
        f'TIME_SLOT_REF2="{end}"><ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>'
        "</ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def refers(number: str, to: str, value: str = "", after: str = "") -> str:
    previous = f' PREVIOUS_ANNOTATION="{after}"' if after else ""
    return (
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{number}" ANNOTATION_REF="{to}"{previous}>'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
    )


def tier(name: str, *annotations: str, kind: str = "free", parent: str = "", more: str = "") -> str:
    below = f' PARENT_REF="{parent}"' if parent else ""
    head = f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}"{below} {more}>'
    return head + "".join(annotations) + "</TIER>"


def document(slots: dict[str, int | None], *tiers: str, header: str = "") -> str:
    """An .eaf as ELAN saves it; a slot without a time is not aligned."""
    order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{slot}"' + ("/>" if ms is None else f' TIME_VALUE="{ms}"/>')
        for slot, ms in slots.items()
    )
    kinds = "".join(
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="{kind}" CONSTRAINTS="{kind}"/>'
        for kind in STEREOTYPES
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{HEAD}\n<HEADER>{header}</HEADER>\n'
        f"<TIME_ORDER>{order}</TIME_ORDER>\n{''.join(tiers)}\n"
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="free"/>{kinds}\n</ANNOTATION_DOCUMENT>\n'
    )


WORDS = tier("words", aligned("a1", "t1", "t2", "abc"), aligned("a2", "t3", "t4", "de"))
TWO = {"t1": 0, "t2": 1000, "t3": 2000, "t4": 2600}


GOOD = document(TWO, WORDS)

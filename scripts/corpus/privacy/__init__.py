"""Protect people: mask heads in videos (head_regions, optical_flow, kept_masks, masking), and erase
people from the results (personal_data, erasure_plan, erasure_report, erasure)."""

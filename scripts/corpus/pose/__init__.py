"""Keypoints of bodies and hands: find them with MediaPipe, and read them frame by frame."""

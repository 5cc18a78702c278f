"""Keypoints of bodies and hands: find them with MediaPipe's networks, and read them frame by frame."""

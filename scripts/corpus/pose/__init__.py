"""Find keypoints of bodies and hands with MediaPipe's networks, and read them frame by frame."""

"""Which gestures of the corpus are alike: paths of hands, their nearest neighbours, and a map.

| module | contents |
|---|---|
| `hand_paths` | the path of a hand as a vector, without place, size and speed |
| `warping` | the distance of two paths, by dynamic time warping |
| `neighbours` | the most similar gestures of each gesture, mirrored ones included |
| `gesture_map` | the position of each gesture on a map of two dimensions |
| `video_gestures` | what the comparison needs of each video |
| `poses` | a few poses of the body per gesture, for thumbnails |
| `thumbnails` | the side file of a video with its poses and its similar gestures |

docs/similarity.md describes the method and its limits.
"""

"""Extract the keypoints of all people in a video, frame by frame.

Each frame is searched in three passes: for the body of each face, for bodies without a face, and
for the hands of all these bodies.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.bodies import drop_duplicate_bodies, face_size, find_body, torso_size
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.faceless_bodies import ErasedPeople, FacelessBodySearch
from corpus.pose.hands import find_hands
from corpus.pose.keypoints import FrameKeypoints, Keypoints, PeopleKeypoints
from corpus.pose.landmarkers import Landmarkers, PersonLandmarkers
from corpus.video.reader import Frame


def extract_keypoints(
    frames: Iterable[Frame], shot_of_frame: Mapping[int, int], extractor: "Extractor"
) -> Iterator[FrameKeypoints]:
    """Yield the keypoints of each frame that has an image, in order.

    Bodies without a face are included only if they are seen for some time, so the keypoints of a
    frame are held back for less than a second. Images are not held back.
    """
    return keep_confirmed_bodies(
        FrameKeypoints(
            number=frame.number,
            time_s=frame.time_s,
            shot=shot_of_frame[frame.number],
            people=extractor(frame, shot_of_frame[frame.number]),
        )
        for frame in frames
        if frame.image is not None
    )


class Extractor:
    """Find the bodies and hands of the people in successive frames of a video.

    Parameters
    ----------
    landmarkers
        MediaPipe's landmarkers. `close` closes them as well.
    track_boxes
        The boxes of the face tracks of the video.
    full_frame
        Whether to search the whole frame for bodies without a face.
    erased
        The people who were erased from the video: their bodies are not returned, and their faces
        are painted over when other bodies are searched.
    """

    def __init__(
        self,
        landmarkers: Landmarkers,
        track_boxes: TrackBoxes,
        full_frame: bool,
        erased: ErasedPeople | None = None,
    ) -> None:
        self.landmarkers, self.track_boxes, self.erased = landmarkers, track_boxes, erased
        self.faceless_search = FacelessBodySearch(landmarkers, erased) if full_frame else None
        self.landmarkers_of_track: dict[int, PersonLandmarkers] = {}

    def __call__(self, frame: Frame, shot: int) -> PeopleKeypoints:
        """Keypoints of the people in one frame, with or without a face."""
        faces = self.track_boxes.at(frame.time_s, shot)
        bodies = self._face_bodies(frame, faces)
        if self.faceless_search:
            face_boxes, face_bodies = list(faces.values()), list(bodies.values())
            bodies |= self.faceless_search(frame, shot, face_boxes, face_bodies)
        hands = self._hands(frame, bodies, faces)
        self._close_landmarkers(except_of=[*faces, *bodies])
        return {track: {"pose": body} | hands[track] for track, body in bodies.items()}

    def close(self) -> None:
        """Close all landmarkers."""
        self._close_landmarkers(except_of=[])
        self.landmarkers.close()

    def _face_bodies(self, frame: Frame, faces: dict[int, np.ndarray]) -> dict[int, Keypoints]:
        """The bodies that belong to faces, by track."""
        bodies = {}
        erased_faces = self.erased.face_boxes(frame.number) if self.erased else []
        for track, face in faces.items():
            other_faces = [box for other, box in faces.items() if other != track] + erased_faces
            person_landmarkers = self._landmarkers_of(track)
            body = find_body(face, other_faces, frame, person_landmarkers, self.landmarkers)
            if body is not None:
                bodies[track] = body
        return drop_duplicate_bodies(bodies, faces)

    def _hands(
        self, frame: Frame, bodies: dict[int, Keypoints], faces: dict[int, np.ndarray]
    ) -> dict[int, dict[str, Keypoints]]:
        """The hands of all bodies, by track."""
        # The shoulders are about twice as wide as a face box.
        face_sizes = {
            track: face_size(faces[track]) if track in faces else torso_size(body) / 2
            for track, body in bodies.items()
        }
        landmarkers_of_track = {track: self._landmarkers_of(track) for track in bodies}
        return find_hands(bodies, face_sizes, frame, landmarkers_of_track, self.landmarkers)

    def _landmarkers_of(self, track: int) -> PersonLandmarkers:
        if track not in self.landmarkers_of_track:
            self.landmarkers_of_track[track] = self.landmarkers.for_person()
        return self.landmarkers_of_track[track]

    def _close_landmarkers(self, except_of: Iterable[int]) -> None:
        """Close the video landmarkers of everyone but the people who are on screen."""
        for track in set(self.landmarkers_of_track) - set(except_of):
            self.landmarkers_of_track.pop(track).close()

"""The tables of each video."""

from corpus.tables.columns import FRAME, KIND, PICTURE_CHANGE, VIDEO
from corpus.tables.table import Table
from corpus.tables.values import (
    FACE_LANDMARKS,
    GESTURE_REGIONS,
    KINEMATIC_POINTS,
    KINEMATIC_SOURCES,
    PARTS,
    PHASES,
    TRANSITIONS,
)

VIDEO_TABLES = (
    Table(
        name="frames",
        row="decoded frame, whether or not anything was detected in it",
        columns=FRAME | PICTURE_CHANGE,
        about="video",
    ),
    Table(
        name="shots",
        row="shot: the frames between two cuts or gradual transitions",
        columns=dict(
            shot=("int32", "number of the shot, from 0"),
            start_frame=("int32", "first frame"),
            end_frame=("int32", "frame after the last one"),
            start_s=("float64", "time of the first frame, seconds"),
            end_s=("float64", "end of the last frame, seconds"),
            transition=("category", "how the shot begins: one of " + ", ".join(TRANSITIONS)),
        ),
        about="video",
        note="A shot that begins with a gradual transition starts at the frame in its middle.",
    ),
    Table(
        name="status",
        row="video (the table has a single row)",
        columns=VIDEO,
        about="video",
        csv=False,
        rule="index_frames",
    ),
    Table(
        name="faces",
        row="detected face in a sampled frame",
        columns=dict(
            **FRAME,
            track=("int32", "face track within the video, from 0"),
            x1=("float32", "left edge, pixels"),
            y1=("float32", "top edge, pixels"),
            x2=("float32", "right edge, pixels"),
            y2=("float32", "bottom edge, pixels"),
            score=("float32", "probability of a face, from the detector"),
            landmarks=(
                "5 x 2 x float32",
                "5 x (x, y) pixels: " + ", ".join(FACE_LANDMARKS) + " as the viewer sees them",
            ),
            quality=("float32", "0 to 1: how suitable the face is for recognition"),
            **KIND,
            copy_of=("int32", "track that a copy copies; null for the other kinds"),
            shown_until_s=(
                "float64",
                "time until which the frame is on screen: the start of the next frame, or the end "
                "of the shot, seconds",
            ),
        ),
        about="tracks",
        rule="detect_faces",
    ),
    Table(
        name="embeddings",
        row="selected face, one of the best of its track",
        columns=dict(
            track=("int32", "face track within the video"),
            frame=FRAME["frame"],
            time_s=FRAME["time_s"],
            embedding=("list of float32", "face embedding; its length depends on the embedder"),
        ),
        about="tracks",
        csv=False,
        note="Distances between embeddings are Euclidean.",
    ),
    Table(
        name="keypoints",
        row="keypoint of one person in one frame",
        columns=dict(
            **FRAME,
            track=(
                "int32",
                "face track of the person, also before and after its face is detected; "
                "-1, -2, ... for bodies whose face was not detected",
            ),
            part=("category", "one of " + ", ".join(PARTS)),
            keypoint=("category", "name of the keypoint in MediaPipe"),
            x=("float32", "pixels"),
            y=("float32", "pixels"),
            z=(
                "float32",
                "estimated depth in pixels at the scale of x, relative to the midpoint of the hips "
                "or the wrist",
            ),
            visibility=(
                "float32",
                "0 to 1: probability that the keypoint is in the picture and not occluded; null "
                "for hands",
            ),
            score=(
                "float32",
                "0 to 1: probability that a pose keypoint is in the picture; for hands, the "
                "handedness score",
            ),
            world_x=(
                "float32",
                "metres, as estimated; the origin is the midpoint of the hips or the centre of the "
                "hand",
            ),
            world_y=("float32", "metres, as estimated; same origin"),
            world_z=("float32", "metres, as estimated; same origin"),
        ),
        about="tracks",
        rule="extract_keypoints",
        note="A frame without people has no row here; `frames` lists all frames.",
    ),
    Table(
        name="kinematics",
        row="wrist or hand of one person in one frame",
        columns=dict(
            **FRAME,
            track=("int32", "track of the person, as in keypoints"),
            point=("category", "one of " + ", ".join(KINEMATIC_POINTS)),
            x=(
                "float32",
                "shoulder widths to the right in the picture, from the midpoint of the shoulders",
            ),
            y=("float32", "shoulder widths upwards, from the midpoint of the shoulders"),
            speed=("float32", "speed in the image plane, shoulder widths per second"),
            acceleration=(
                "float32",
                "length of the acceleration vector, shoulder widths per second squared",
            ),
            world_x=(
                "float32",
                "metres to the right of the midpoint of the shoulders, as estimated",
            ),
            world_y=("float32", "metres above the midpoint of the shoulders, as estimated"),
            world_z=(
                "float32",
                "metres towards the camera from the midpoint of the shoulders, as estimated",
            ),
            world_speed=("float32", "speed in space, metres per second, as estimated"),
            world_acceleration=(
                "float32",
                "length of the acceleration vector in space, metres per second squared",
            ),
            interpolated=("bool", "true if the point was interpolated between neighbouring frames"),
            source=(
                "category",
                "network of the position: " + ", ".join(KINEMATIC_SOURCES) + "; null if "
                "interpolated",
            ),
            extrapolated=(
                "bool",
                "true at the ends of an interval in which the point is observed: the smoothing is "
                "cut off there, speeds are less certain, and accelerations are null",
            ),
            picture_speed=(
                "float32",
                "speed in the picture stabilised for the camera, shoulder widths per second; null "
                "if the movement of the camera is unknown",
            ),
        ),
        about="tracks",
        rule="measure_movement",
    ),
    Table(
        name="phases",
        row="interval in which one hand moves, is held or rests",
        columns=dict(
            shot=FRAME["shot"],
            track=("int32", "track of the person, as in keypoints"),
            hand=("category", "left or right, the person's own"),
            phase=("category", "one of " + ", ".join(PHASES)),
            start_s=("float64", "start, seconds"),
            end_s=("float64", "end, seconds"),
            gesture=(
                "int32",
                "gesture that contains it, numbered within the video from 0; null at rest",
            ),
            peak_speed=(
                "float32",
                "highest speed, shoulder widths per second; null if it is extrapolated",
            ),
            mean_speed=("float32", "mean speed, shoulder widths per second"),
            path_length=("float32", "length of the path, shoulder widths"),
            world_path_length=(
                "float32",
                "length of the path in space, metres, as estimated; null if the model gave none",
            ),
        ),
        about="tracks",
    ),
    Table(
        name="gesture_measures",
        row="gesture unit of one hand, without the person",
        columns=dict(
            gesture=("int32", "number within the video, as in phases and gestures"),
            track=("int32", "track of the person, as in keypoints"),
            hand=("category", "left or right, the person's own"),
            start_seen=(
                "bool",
                "true if the hand is seen at rest directly before; false if it comes into view, or "
                "the shot or video begins",
            ),
            end_seen=(
                "bool",
                "true if the hand is seen at rest directly after; false if it leaves the view, or "
                "the shot or video ends",
            ),
            extent=(
                "float32",
                "diagonal of the box around the positions of the hand, shoulder widths",
            ),
            height_max=(
                "float32",
                "greatest height above the midpoint of the shoulders, shoulder widths",
            ),
            height_mean=("float32", "mean height over time, shoulder widths"),
            region=(
                "category",
                "region with the largest share of time, one of " + ", ".join(GESTURE_REGIONS),
            ),
            center_center_share=("float32", "0 to 1: share of time in the region center-center"),
            center_share=("float32", "0 to 1: share of time in the region center"),
            periphery_share=("float32", "0 to 1: share of time in the periphery"),
            extreme_share=("float32", "0 to 1: share of time in the extreme periphery"),
            n_submovements=("int32", "number of peaks of the speed; null for very short gestures"),
            smoothness=(
                "float32",
                "spectral arc length of the speed, without unit: -1.4 for one smooth movement, "
                "less for each further one; null if the start or end is not seen",
            ),
            other_gesture=(
                "int32",
                "gesture of the other hand that overlaps it longest, if at least half of the "
                "shorter one overlaps",
            ),
            overlap_s=("float64", "time that both share, seconds; null without other_gesture"),
            lag_s=(
                "float32",
                "seconds by which the speed of the other hand follows, -0.5 to 0.5; null if "
                "unknown",
            ),
            symmetry=("float32", "-1 to 1: 1 if both hands move as mirror images; null if unknown"),
            parallel=(
                "float32",
                "-1 to 1: 1 if both hands move in the same direction; null if unknown",
            ),
            visible_share=("float32", "0 to 1: share of its time in which the hand is observed"),
            interpolated_share=("float32", "0 to 1: share of its time that is interpolated"),
            source=("category", "pose or hand: the network that saw the hand for longer"),
            hand_model_share=(
                "float32",
                "0 to 1: share of the hand model in the time in which the network is known",
            ),
            speed_cutoff_hz=(
                "float32",
                "effective cutoff (-3 dB) of its speeds, hertz, as in movement_quality",
            ),
            jump=(
                "bool",
                "true if the skeleton jumps to another body or place; speeds are then wrong",
            ),
            peak_time_s=(
                "float64",
                "time of the highest speed, seconds; null if the speed is highest where the hand "
                "comes into view or leaves it, so that the peak is not known",
            ),
            picture_peak_speed=(
                "float32",
                "highest speed in the picture stabilised for the camera, shoulder widths per "
                "second; null if unknown, or if it is extrapolated",
            ),
            trunk_movement=(
                "bool",
                "true if the hand is still in the stabilised picture, so that only the trunk "
                "moves; null if unknown",
            ),
        ),
        about="tracks",
        csv=False,
        note="`gestures` has all of these columns, and the person.",
    ),
    Table(
        name="movement_quality",
        row="hand of a track",
        columns=dict(
            track=("int32", "track of the person, as in keypoints"),
            hand=("category", "left or right, the person's own"),
            on_screen_s=(
                "float64",
                "time in which keypoints of the body exist, seconds; gaps are not filled, so it "
                "can be less than visible_s",
            ),
            visible_s=("float64", "time in which the hand is observed or interpolated, seconds"),
            frame_rate=(
                "float32",
                "positions per second: one by the median time between observed pictures that are "
                "not repeated; null if the hand is not observed",
            ),
            interpolated_s=("float64", "part of visible_s in which it is interpolated, seconds"),
            hand_model_s=(
                "float64",
                "part of visible_s in which the position is that of the hand model, seconds",
            ),
            position_cutoff_hz=(
                "float32",
                "frequency at which smoothing at these times takes 3 dB (29 %) from positions; at "
                "most half of frame_rate; null if the hand is seen too briefly",
            ),
            speed_cutoff_hz=("float32", "the same for speeds"),
            acceleration_cutoff_hz=("float32", "the same for accelerations"),
        ),
        about="tracks",
    ),
    Table(
        name="skeletons",
        row="side file with the skeletons of about a minute of the video, for the page",
        columns=dict(
            chunk=(
                "int32",
                "number of the side file, from 0: `report/page/{video}/skeleton/{chunk}.js`",
            ),
            first_frame=("int32", "number of its first frame"),
            n_frames=("int32", "number of frames"),
            start_s=("float64", "time of the first frame, seconds"),
            last_s=("float64", "time of the last frame, seconds"),
            n_tracks=("int32", "tracks with a body, a hand or a face in it"),
            file_size=("int64", "size of the side file, bytes"),
        ),
        about="people",
        csv=False,
        note="Exists only if `report.skeletons` is `true`.",
    ),
    Table(
        name="covers",
        row="head of an erased person in a frame in which it was detected",
        columns=dict(
            **FRAME,
            cover=(
                "int32",
                "number of the head within the video, from 0; it does not identify a person",
            ),
            known_by=("category", "face or body: what was detected in the frame"),
            x1=("float32", "left edge of the covered ellipse, pixels"),
            y1=("float32", "top edge, pixels"),
            x2=("float32", "right edge, pixels"),
            y2=("float32", "bottom edge, pixels"),
        ),
        about="video",
        csv=False,
        note="Exists only for videos from which a person was [erased](erasing_people.md). It is "
        "beside the manifest: `config/mine_erased/covers/{video}.parquet`.",
    ),
)

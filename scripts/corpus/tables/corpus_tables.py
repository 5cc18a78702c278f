"""The tables of the whole corpus."""

from corpus.tables.columns import KIND, VIDEO
from corpus.tables.table import Table
from corpus.tables.values import ORIGINS

CORPUS_TABLES = (
    Table(
        name="corpus",
        row="video of the manifest",
        columns=dict(
            **VIDEO,
            n_face_tracks=("int32", "number of face tracks"),
            n_people=("int32", "number of people, by their faces"),
        ),
        about="people",
        per_video=False,
        note="Your own columns of the manifest follow, as text.",
    ),
    Table(
        name="clusters",
        row="face track of the corpus, as clustered, before people are named",
        columns=dict(
            video_id=("text", "id in the manifest"),
            track=("int32", "face track within the video"),
            shot=("int32", "shot within the video"),
            start_s=("float64", "time of the first detection, seconds"),
            end_s=(
                "float64",
                "one sampling interval after the last detection, or the end of the shot, seconds",
            ),
            n_faces=("int32", "number of detections in the track"),
            cluster=(
                "int32",
                "number of the person, from 0, in descending order of time on screen, without "
                "gaps; with the config key clustering.known, people keep the numbers of the "
                "earlier run",
            ),
            probability=(
                "float32",
                "0 to 1: calibrated probability that the track shows the person of its cluster",
            ),
            other_cluster=(
                "int32",
                "the most probable other person; null if there is nobody else, or if everybody "
                "else is on screen at the same time",
            ),
            other_probability=(
                "float32",
                "0 to 1: calibrated probability that the track shows that other person",
            ),
            best_time_s=("float64", "time of the best face of the track, seconds"),
            best_box=("4 x float32", "x1, y1, x2, y2 of that face, pixels"),
            best_quality=("float32", "quality of that face"),
            **KIND,
        ),
        about="tracks",
        per_video=False,
        csv=False,
        rule="cluster_faces",
    ),
    Table(
        name="people",
        row="person of the corpus",
        columns=dict(
            person=(
                "text",
                "p0001, p0002, ...; rows are in descending order of time on screen, and so are "
                "ids, unless names merge people or the config key clustering.known is set",
            ),
            name=("text", "name from people.tsv, or null"),
            n_videos=("int32", "number of videos that show the person"),
            n_tracks=("int32", "number of face tracks"),
            seconds=(
                "float64",
                "time with the face on screen, seconds; the time of copies and of pictures counts "
                "only for a person who is seen in pictures alone",
            ),
            best_video_id=("text", "video with the best face"),
            best_track=("int32", "track of that face"),
            best_time_s=("float64", "time of that face, seconds"),
            best_box=("4 x float32", "x1, y1, x2, y2 of that face, pixels"),
            kind=("category", "picture if the person is seen in pictures alone, otherwise person"),
        ),
        about="people",
        per_video=False,
        rule="identify_people",
    ),
    Table(
        name="tracks",
        row="face track of the corpus, with its person",
        columns=dict(
            video_id=("text", "id in the manifest"),
            track=("int32", "face track within the video"),
            shot=("int32", "shot within the video"),
            start_s=("float64", "start of the track, seconds"),
            end_s=("float64", "end of the track, seconds"),
            n_faces=("int32", "number of detections in the track"),
            person=(
                "text",
                "person id within this corpus: p0001, p0002, ...; with the config key "
                "clustering.known, it stays the same when videos are added",
            ),
            probability=(
                "float32",
                "0 to 1: calibrated probability that the track shows this person",
            ),
            other_person=(
                "text",
                "the most probable other person; null if there is nobody else, or if everybody "
                "else is on screen at the same time",
            ),
            other_probability=(
                "float32",
                "0 to 1: calibrated probability that the track shows that other person",
            ),
            **KIND,
        ),
        about="people",
        per_video=False,
    ),
    Table(
        name="pictures",
        row="face crop, only if the configuration enables them",
        columns=dict(
            person=("text", "person as clustered, before names merge people"),
            rank=("int32", "0 for the best face of the person, then 1, 2, ..."),
            video_id=("text", "id in the manifest"),
            track=("int32", "face track within the video"),
            time_s=("float64", "time of the frame, seconds"),
            quality=("float32", "0 to 1: how suitable the face is for recognition"),
            jpeg=("binary", "the face with a margin, as a JPEG file"),
        ),
        about="people",
        per_video=False,
        csv=False,
    ),
    Table(
        name="annotations",
        row="annotation in an ELAN file that you edited",
        columns=dict(
            video_id=("text", "id in the manifest"),
            tier=("text", "name of the tier"),
            parent=("text", "parent tier, or null"),
            kind=("text", "linguistic type of the tier"),
            participant=("text", "participant of the tier, or null"),
            annotator=("text", "annotator of the tier, or null"),
            start_s=("float64", "start, seconds on the clock of the video file"),
            end_s=("float64", "end, seconds"),
            value=("text", "text of the annotation"),
            origin=("text", "one of " + ", ".join(ORIGINS)),
            file=("text", "name of the ELAN file, within the annotations folder"),
        ),
        about="people",
        per_video=False,
        csv=False,
    ),
)

"""The faces of a take, looked for while its pictures pass by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.face.models import INSTALL_HINT, FaceModels
from engine.face.track import FaceTracker, enlarged, face_box
from engine.face.view import FaceView
from engine.media.picture import Picture
from engine.protocol import FaceBox


class FaceWatch:
    """Notes the face of every picture that is handed through."""

    def __init__(self, models: FaceModels | None) -> None:
        self._tracker = None if models is None else FaceTracker(models)
        self._view = FaceView()
        self._seen: list[FaceBox | None] = []

    @property
    def faces(self) -> tuple[FaceBox | None, ...]:
        """One for each picture; empty where faces could not be looked for."""
        return tuple(self._seen)

    @property
    def warnings(self) -> tuple[str, ...]:
        return () if self._tracker else (f"no faces were looked for: the models are missing; {INSTALL_HINT}",)

    def watching(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """The pictures as they are."""
        for picture in pictures:
            if self._tracker is not None:
                self._seen.append(self._face(self._tracker, picture))
            yield picture

    def _face(self, tracker: FaceTracker, picture: Picture) -> FaceBox | None:
        rgb = self._view.of(picture)
        found = face_box(tracker.landmarks(rgb), rgb)
        return None if found is None else enlarged(found, rgb.shape[:2], picture.y.shape)

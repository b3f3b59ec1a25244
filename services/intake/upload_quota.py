"""The quota of uploads: so many files and bytes of one submitter on one day, those under way included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.intake.refusals import UploadQuota
from shared.web.case_index import NO_UPLOADS, CaseIndex, Uploads

RETRY_SECONDS = 3600
"""A quota is of a day: asking every hour is soon enough."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Counts by the log, so that a restart forgets nothing; what several processes have under way it sees too late."""

    index: CaseIndex
    most: Uploads
    _under_way: dict[str, Uploads] = field(default_factory=dict)

    @contextmanager
    def room(self, submitter: str, day: str, size_bytes: int) -> Iterator[None]:
        """Count a file while it is taken in. Raises UploadQuota."""
        done, doing = self.index.uploads_of(submitter, day), self._under_way.get(submitter, NO_UPLOADS)
        files, size = done.files + doing.files + 1, done.size_bytes + doing.size_bytes + size_bytes
        if files > self.most.files or size > self.most.size_bytes:
            raise UploadQuota(pointers=("/file",), retry_after=RETRY_SECONDS)
        self._under_way[submitter] = Uploads(doing.files + 1, doing.size_bytes + size_bytes)
        try:
            yield
        finally:
            left = self._under_way.pop(submitter)
            if left.files > 1:
                self._under_way[submitter] = Uploads(left.files - 1, left.size_bytes - size_bytes)

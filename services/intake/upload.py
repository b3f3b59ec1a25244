"""Reads an upload as it comes, refuses it as soon as it is too large, and puts it on no disk before it is sealed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from services.intake.files.checked import CheckedFile, declared_type
from services.intake.refusals import BadMultipart, BadSubmission, FileTooLarge, NotMultipart
from shared.contract.bodies import SEEN, Code, Line, Shape, typed
from shared.contract.refusal_words import fault
from shared.errors import RedressError
from shared.web import incoming
from shared.web.headers import check_media_type

FILE_LIMIT_BYTES = 20 * 2**20
REQUEST_LIMIT_BYTES = FILE_LIMIT_BYTES + 64 * 1024
"""The file, and the headers and fields around it."""
FIELDS_LIMIT = 8
FileName = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(typed), SEEN]


class EvidenceForm(Shape):
    """The parts of an upload; of ``file`` the name that its sender gave it."""

    file: FileName
    kind: Code
    note: Line | None = None


class UploadsBusy(RedressError):
    """Other files are being taken in: repeat the call in a moment."""

    code = "busy"
    status = 503


WAIT_SECONDS = 3.0


class UploadRoom:
    """Room for so many files in memory: each is held whole until it is sealed."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place for one file; wait for it, not for long, while the body waits too. Raises UploadsBusy."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise UploadsBusy(retry_after=2) from error
        try:
            yield
        finally:
            self._places.release()


class _InMemory(MultiPartParser):
    """Keeps files in memory: beyond ``spool_max_size`` they would lie on a disk in the clear."""

    spool_max_size = REQUEST_LIMIT_BYTES


async def read(request: Request) -> CheckedFile:
    """The file of a request, checked.

    Raises:
        NotMultipart: it does not say that it is multipart/form-data in UTF-8.
        BadMultipart: it cannot be read as that.
        FileTooLarge: the file is over 20 MiB.
        BadSubmission: a part is missing, there twice, unknown or wrong.
    """
    form = await _form(request)
    try:
        return await _upload(form)
    finally:
        await form.close()


async def _upload(form: FormData) -> CheckedFile:
    raw, file = _parts(form)
    try:
        fields = EvidenceForm.model_validate(raw)
    except ValidationError as error:
        raise BadSubmission.of(error) from error
    if file is None:
        raise BadSubmission(fault("part_is_text"), pointers=("/file",))
    content = await file.read()
    if not content:
        raise BadSubmission(fault("file_empty"), pointers=("/file",))
    if len(content) > FILE_LIMIT_BYTES:
        raise FileTooLarge(pointers=("/file",))
    if file.content_type and declared_type(file.content_type) is None:
        raise BadSubmission(fault("no_media_type"), pointers=("/file",))
    return CheckedFile.of(fields.file, file.content_type, content, fields.kind, fields.note)


async def _form(request: Request) -> FormData:
    check_media_type(request, "multipart/form-data", NotMultipart)
    body = incoming.chunks_up_to(REQUEST_LIMIT_BYTES, request, FileTooLarge)
    try:
        return await _InMemory(request.headers, body, max_files=FIELDS_LIMIT, max_fields=FIELDS_LIMIT).parse()
    except MultiPartException as error:
        raise BadMultipart from error


def _parts(form: FormData) -> tuple[dict[str, Any], UploadFile | None]:
    """The fields, with the file's name instead of the file; and the file."""
    raw: dict[str, Any] = {}
    file: UploadFile | None = None
    for name, value in form.multi_items():
        if name in raw:
            raise BadSubmission(fault("part_twice"), pointers=(f"/{name}",))
        raw[name] = value
        if name == "file" and isinstance(value, UploadFile):
            raw[name], file = value.filename, value
    return raw, file

"""Files that people hand in: kept whole or not at all, under keys that cannot be guessed, never in memory.

What is written goes to a temporary name first; ``finish`` puts it down for good and gives its key. Rows name
keys: a file comes before its row and goes after it, so that no row ever names a file that is not there. One
that no row names is found by ``stored_before`` and taken away. Where files lie is Django's STORAGES["answers"].
"""

import hashlib
import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

ALIAS = "answers"
CHUNK = 64 * 1024
KEY = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = "unfinished"
_FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies safe, and that no row names yet."""

    key: str
    bytes: int
    sha256: str


class FolderStorage(FileSystemStorage):
    """A folder for its owner alone, such as the one in the home; what is saved there survives a power cut."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        source, path = Path(content.temporary_file_path()), Path(self.path(name))  # type: ignore[attr-defined]
        _make_folder(path.parent)
        source.rename(path)
        _sync_folder(path.parent)
        return name

    @property
    def unfinished(self) -> Path:
        """Where files lie while they come in: on the same disk, so that one step puts them into place."""
        folder = Path(self.path(_UNFINISHED))
        _make_folder(folder)
        return folder


class Incoming:
    """A file that is coming in. Abandoned unless it was finished when its block ends."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.bytes = 0
        self._path: Path | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def write(self, chunk: bytes) -> None:
        if self._file is None:
            storage = _storage()
            folder = storage.unfinished if isinstance(storage, FolderStorage) else None
            number, path = tempfile.mkstemp(dir=folder)  # for its owner alone
            self._path, self._file = Path(path), os.fdopen(number, "wb")
        self._file.write(chunk)
        self._hash.update(chunk)
        self.bytes += len(chunk)

    def finish(self) -> Stored:
        """Put the file down for good, under a key of its own."""
        if self._file is None or self._path is None:
            raise AssertionError("nothing was written")
        self._file.flush()
        os.fsync(self._file.fileno())
        key = secrets.token_hex(16)
        with self._path.open("rb") as written:
            _storage().save(_name(key), _Finished(written, self._path))
        self.abandon()
        return Stored(key, self.bytes, self._hash.hexdigest())

    def abandon(self) -> None:
        """Forget what has come in; nothing happens to a finished file, which has another name by then."""
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
        self._file = self._path = None


class _Finished(File):  # type: ignore[type-arg]
    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__(file, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def chunks(key: str) -> Iterator[bytes]:
    """The file, a piece at a time. Raises FileNotFoundError at once."""
    return _pieces(_storage().open(_name(key)))


def _pieces(file: File) -> Iterator[bytes]:  # type: ignore[type-arg]
    with file:
        while piece := file.read(CHUNK):
            yield piece


def delete(key: str) -> None:
    """Take a file away that no row names any more; nothing happens when it is gone."""
    _storage().delete(_name(key))


def stored_before(moment: datetime) -> Iterator[str]:
    """The keys of all files that were put down before then."""
    storage = _storage()
    for folder in sorted(_listed(storage, "")[0]):
        if folder == _UNFINISHED:
            continue
        for name in sorted(_listed(storage, folder)[1]):
            if KEY.fullmatch(name) and storage.get_modified_time(f"{folder}/{name}") < moment:
                yield name


def forget_unfinished_before(moment: datetime) -> None:
    """Take away what a killed process had begun to write."""
    storage = _storage()
    for name in _listed(storage, _UNFINISHED)[1]:
        path = f"{_UNFINISHED}/{name}"
        if storage.get_modified_time(path) < moment:
            storage.delete(path)


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _storage() -> Storage:
    return storages[ALIAS]


def _name(key: str) -> str:
    if not KEY.fullmatch(key):
        raise FileNotFoundError(key)
    return f"{key[:2]}/{key}"


def _make_folder(folder: Path) -> None:
    """Make the folder and those above it as far as our own, for their owner alone."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """A name is safe once its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


NAME_CHARACTERS_MAX = 200
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


def cleaned_name(given: str) -> str:
    """A person's name for a file, to be shown: no folders, nothing invisible, short. Never a path of ours."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    name = " ".join(seen.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > NAME_CHARACTERS_MAX and stem and len(ending) <= 20:
        name = stem[: NAME_CHARACTERS_MAX - len(ending) - 1] + dot + ending
    return name[:NAME_CHARACTERS_MAX] or "file"


def cleaned_type(given: str) -> str:
    """A content type as told, without its parameters. Nobody goes by it."""
    told = given.partition(";")[0].strip().lower()
    return told if _TYPE.fullmatch(told) else "application/octet-stream"


def bytes_max() -> int:
    """What the operator lets one file have."""
    return int(settings.ANSWER_FILE_BYTES_MAX)

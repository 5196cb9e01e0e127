"""Path converters for public ids: views get the bigint, ``{% url %}`` takes it; a made-up id is a 404."""

from manyhands.core import ids
from manyhands.qualifications import system_types


class PublicId:
    """An id of one kind. A string is taken as already public."""

    regex = "3[0-9A-Z]{29}"
    kind: ids.Kind

    def to_python(self, value: str) -> int:
        number = ids.decode(self.kind, value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int | str) -> str:
        return value if isinstance(value, str) else ids.encode(self.kind, value)


class HITTypePublicId(PublicId):
    """A group of tasks: by its type's id, or by the id the API calls HITGroupId."""

    kind: ids.Kind = "hit_type"

    def to_python(self, value: str) -> int:
        number = ids.decode("hit_group", value)
        return super().to_python(value) if number is None else number


class HITPublicId(PublicId):
    kind: ids.Kind = "hit"


class AssignmentPublicId(PublicId):
    kind: ids.Kind = "assignment"


class NoticePublicId(PublicId):
    kind: ids.Kind = "notice"


class QualificationTypePublicId:
    """A qualification type, the platform's own by Mechanical Turk's ids."""

    regex = "[0-9A-Z]{20,30}"

    def to_python(self, value: str) -> int:
        number = system_types.from_public_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int | str) -> str:
        return value if isinstance(value, str) else system_types.public_id(value)


class QualificationRequestPublicId(PublicId):
    kind: ids.Kind = "qualification_request"

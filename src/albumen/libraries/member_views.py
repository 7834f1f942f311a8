"""How roles look over the API, wherever they are given."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from albumen.accounts.models import User
from albumen.http.views import Form, Time, View
from albumen.kernel import ids
from albumen.libraries.explain import Grant
from albumen.libraries.members import Member
from albumen.libraries.models import Assignment, Place, Role


class MemberForm(Form):
    """A role to give.  `userId` is the id that `/users/me` tells, or that an application uses in `API-User-ID`."""

    user_id: str = Field(min_length=1, max_length=255)
    role: Role


class RoleForm(Form):
    """Another role."""

    role: Role


class MemberView(View):
    """A role that a user was given here."""

    user_id: str
    user_name: str
    role: Role
    assigned_on: Time


class GrantView(View):
    """A role that reaches a thing, and where it was given."""

    place: Place
    id: str
    name: str
    role: Role


class AccessView(View):
    """A user's role on a thing, and all that it comes from, the strongest first."""

    user_id: str
    role: Role | None
    through: list[GrantView]


def of_member(given: Assignment, user: User) -> MemberView:
    """A role and who has it."""
    return MemberView(user_id=user.name_key, user_name=user.name, role=Role(given.role), assigned_on=given.created_at)


def of_members(given: Iterable[Member]) -> list[MemberView]:
    """Roles and who has them."""
    return [of_member(*each) for each in given]


def of_explanation(user: User, found: Sequence[Grant]) -> AccessView:
    """Why a user may do what."""
    through = [GrantView(place=each.place, id=ids.encode(each.id), name=each.name, role=each.role) for each in found]
    return AccessView(user_id=user.name_key, role=through[0].role if through else None, through=through)

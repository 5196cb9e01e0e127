"""What the operations on accounts refuse, and why."""

from manyhands.core.errors import Forbidden, NotFound, Refusal


class AccountNotFound(NotFound):
    """There is no such account."""


class AccountNotActive(Refusal):
    """This account is suspended or closed."""


class AccountNotSuspended(Refusal):
    """This account is not suspended."""


class EmailTaken(Refusal):
    """An account with this e-mail address exists."""


class SameEmail(Refusal):
    """This is your e-mail address already."""


class NoRoleChosen(Refusal):
    """Choose at least one: do tasks, or publish tasks."""


class AlreadyWorker(Refusal):
    """You can already do tasks with this account."""


class AlreadyRequester(Refusal):
    """You can already publish tasks with this account."""


class NotWorker(Refusal):
    """This account does not do tasks."""


class NotRequester(Refusal):
    """This account does not publish tasks."""


class ReasonMissing(Refusal):
    """Give the reason in words: the person will read it."""


class OperatorsOnly(Forbidden):
    """Only an operator may do this."""


class OwnAccount(Refusal):
    """You cannot do this to your own account."""


class LinkNotValid(Refusal):
    """This link is not complete, or was changed on its way."""


class LinkExpired(Refusal):
    """This link is too old."""


class LinkUsed(Refusal):
    """This link has been used, and the e-mail address is confirmed."""


class AlreadyDecided(Refusal):
    """This application was decided before."""


class AlreadyRefused(Refusal):
    """This application was refused before."""


class BalanceOpen(Refusal):
    """There is still money in your account here, and it is yours: it must go out before the account can end."""


class WorkOpen(Refusal):
    """Something you began is not finished: tasks you hold, answers without a decision, or work you published."""


class OwnPasswordWrong(Refusal):
    """This is not your password."""


class IdentityManaged(Refusal):
    """Name, e-mail address and password of this account are changed where you sign in, not here."""


class IdentityTaken(Refusal):
    """This sign-in belongs to another account here."""


class AlreadyLinked(Refusal):
    """This account is linked to another sign-in already. Ask an operator."""


class NotLinked(Refusal):
    """This account is not linked to an identity provider."""


class ExportTooSoon(Refusal):
    """A copy was asked for within the last hour. It is on its way to your mail."""


class APIKeyNotFound(NotFound):
    """There is no such API key."""


class TooManyAPIKeys(Refusal):
    """You have %(max)d API keys in use. Revoke one that you no longer need."""


class SpendLimitReached(Refusal):
    """This API key may spend %(left)s more, and this would take more than that."""

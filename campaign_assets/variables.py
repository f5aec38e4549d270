"""A variable of the environment: its name, default, meaning, what it may hold, and the sentence where it holds else.

Which variables there are is in `settings`, how a text becomes a value in `setting_values`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from campaign_assets.setting_values import holds_token, shorten
from campaign_assets.storage_root import CREDENTIALS

ACCESS_TOKEN = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - the variable's name, not a token
ALERT_WEBHOOK = "CAMPAIGN_ASSETS_ALERT_WEBHOOK"
OAUTH = {
    "client_id": "HUBSPOT_CLIENT_ID",
    "client_secret": "HUBSPOT_CLIENT_SECRET",
    "refresh_token": "HUBSPOT_REFRESH_TOKEN",
}
"""The variables of OAuth by the field of the resource that each one fills."""

_OWN_WORDS = (CREDENTIALS,)


class SettingsError(ValueError):
    """A variable of the environment holds something that it may not hold; the message is one sentence.

    Attributes:
        variable: The name of the variable; empty where several do not go together.
    """

    def __init__(self, message: str, variable: str = "") -> None:
        super().__init__(message)
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment.

    Attributes:
        name: Its name.
        default: The text that stands for it when it is not set; None where nothing can serve.
        meaning: What it decides, in a sentence.
        allowed: What it may hold.
        parse: Makes a value of its text; raises ValueError, whose text is a hint, where it may not hold that. None for
            a secret, which is not kept.
        token: The name of the variable that holds a token, which does not belong in this one.
    """

    name: str
    default: str | None
    meaning: str
    allowed: str
    parse: Callable[[str], Any] | None = None
    token: str = ACCESS_TOKEN

    def read(self, text: str, secrets: Collection[str] = ()) -> Any:
        """Its value.

        Args:
            text: What it holds; empty for what stands for it when it is not set.
            secrets: What it must not hold anywhere.

        Raises:
            SettingsError: It holds something that it may not hold.
        """
        given = text.strip()
        text = given or self.default or ""
        if self.parse and (holds_token(given) or any(secret in given for secret in secrets)):
            raise SettingsError(
                f"{self.name} may hold {self.allowed}, and holds what is or looks like a secret, which would show in "
                f"the UI: a token of HubSpot's belongs in {self.token}.",
                self.name,
            )
        try:
            return self.parse(text) if self.parse else None
        except ValueError as error:
            raise self.refuse(text, str(error)) from None

    def refuse(self, text: str, hint: str) -> SettingsError:
        """The error that it holds something that it may not hold.

        Args:
            text: What it holds.
            hint: What is wrong with that; may be empty.
        """
        if "@" in text:  # what the parser says may quote a piece of a password
            hint = hint if hint in _OWN_WORDS else ""
        sentence = f"{self.name} is {shorten(text)!r}, but may hold {self.allowed}"
        return SettingsError(f"{sentence} ({hint})." if hint else f"{sentence}.", self.name)

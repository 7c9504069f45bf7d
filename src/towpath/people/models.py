"""Who there is: staff with their teams and roles, residents with their ways to be reached."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantForeignKey, TenantModel


class Users(BaseUserManager["User"]):
    """Accounts are made by `people.actions.set_up_staff`; there is no sign-up and no superuser."""


class User(AbstractBaseUser):
    """An account that somebody of the staff signs in with. What they may do stands in each body's rows."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    home = models.ForeignKey(
        "foundation.Tenant", models.PROTECT, null=True, related_name="+", help_text="The body that made it."
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = Users()

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return str(self.name)


class Team(TenantModel):
    """A department or a part of one. Processes, permissions and queues name it by its code."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="team_code_once")]

    def __str__(self) -> str:
        return self.name


class Staff(TenantModel):
    """Somebody who works for this body: its own member of staff, or a provider's under a grant."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="staff_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Membership(TenantModel):
    """A role that a member of staff has in one team, or in all of them where `team` is empty."""

    staff = TenantForeignKey(Staff, models.CASCADE)
    team = TenantForeignKey(Team, models.CASCADE, null=True)
    role = models.CharField(max_length=32)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "staff", "team", "role"], name="membership_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.role


class Grant(TenantModel):
    """A provider's member of staff works for this body, in one role and until a day."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    staff = TenantForeignKey(Staff, models.CASCADE)
    role = models.CharField(max_length=32)
    team_code = models.CharField(max_length=64, blank=True, help_text="Empty: every team.")
    until = models.DateTimeField()
    given_by = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "staff", "until"], name="grant_in_force")]

    def __str__(self) -> str:
        return f"{self.role} until {self.until:%Y-%m-%d}"


class Person(TenantModel):
    """A resident, or somebody who asked as one. Erasing empties the row and drops the pseudonym."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True)
    register_number = models.TextField(blank=True, help_text="Encrypted; known from a sign-in only.")
    language = models.CharField(max_length=16, default="en")
    channel = models.CharField(max_length=16, default="email", help_text="How they wish to be written to.")
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class Pseudonym(TenantModel):
    """The name under which the journal knows a person. Without this row its events are nobody's."""

    person = TenantForeignKey(Person, models.CASCADE)
    value = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="pseudonym_person"),
            models.UniqueConstraint(fields=["tenant", "value"], name="pseudonym_value"),
        ]

    def __str__(self) -> str:
        return str(self.value)


class Identity(TenantModel):
    """What a sign-in provider calls a person."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    person = TenantForeignKey(Person, models.CASCADE)
    first_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "issuer", "subject"], name="identity_once"),
        ]
        indexes = [models.Index(fields=["tenant", "person"], name="identity_person")]

    def __str__(self) -> str:
        return f"identity {self.pk}"


class ContactPoint(TenantModel):
    """A way to reach a person: an e-mail address, a telephone number, a postal address."""

    KINDS: ClassVar[list[tuple[str, str]]] = [("email", "email"), ("phone", "phone"), ("postal", "postal")]

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = TenantForeignKey(Person, models.CASCADE)
    kind = models.CharField(max_length=8, choices=KINDS)
    value = models.TextField(help_text="As it was given.")
    normalised = models.CharField(max_length=320, help_text="As it is compared.")
    verified_at = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField(help_text="When it was last given; the newest is used.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "kind", "normalised"], name="contact_point_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "kind", "normalised"], name="contact_point_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

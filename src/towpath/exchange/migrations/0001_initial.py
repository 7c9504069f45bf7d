import django.db.models.deletion
from django.db import migrations, models

import towpath.foundation.clock
import towpath.foundation.ids
import towpath.foundation.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("foundation", "0002_ledgers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("peer", models.CharField(max_length=80)),
                ("operation", models.CharField(max_length=120)),
                ("purpose", models.CharField(max_length=200)),
                ("legal_basis", models.CharField(max_length=300)),
                ("fields", models.JSONField(help_text="The names of the answer's fields that are granted.")),
                (
                    "peer_key",
                    models.CharField(help_text="The peer's Ed25519 public key, base64url.", max_length=64),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                (
                    "signature",
                    models.TextField(help_text="Detached JWS over the canonical JSON of the terms."),
                ),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        default=towpath.foundation.tenancy.current_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("peer", models.CharField(max_length=80)),
                ("operation", models.CharField(max_length=120)),
                ("case_id", models.UUIDField()),
                ("command_id", models.CharField(max_length=200)),
                (
                    "result",
                    models.CharField(
                        blank=True, help_text="The process variable that takes the answer.", max_length=80
                    ),
                ),
                ("purpose", models.CharField(max_length=200)),
                ("question", models.TextField(help_text="The minimised inputs, encrypted.")),
                (
                    "state",
                    models.CharField(default="waiting", help_text="See `rules.TRANSITIONS`.", max_length=16),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True, help_text="Code of the last failure or refusal.", max_length=40
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=towpath.foundation.clock.now)),
                (
                    "since",
                    models.DateTimeField(
                        default=towpath.foundation.clock.now,
                        help_text="When the present round of tries began.",
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "found",
                    models.BooleanField(help_text="False: the register knows no such thing.", null=True),
                ),
                ("answer", models.TextField(blank=True, help_text="The granted fields, encrypted.")),
                (
                    "agreement",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.agreement",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=towpath.foundation.tenancy.current_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Circuit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("peer", models.CharField(max_length=80)),
                ("failures", models.PositiveIntegerField(default=0)),
                (
                    "probe_at",
                    models.DateTimeField(
                        help_text="No call goes out before; null while all is well.", null=True
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=towpath.foundation.tenancy.current_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                (
                    "signature",
                    models.TextField(
                        help_text="The peer's detached JWS over the canonical JSON of its whole reply."
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256 of that canonical JSON.", max_length=64)),
                ("peer_key", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(default=towpath.foundation.clock.now)),
                (
                    "call",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.call",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        default=towpath.foundation.tenancy.current_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["tenant", "operation", "-valid_from"], name="agreement_operation"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("state__in", ["given-up", "refused"])),
                fields=["tenant", "asked_at"],
                name="call_open_failures",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("tenant", "case_id", "command_id"), name="call_once"),
        ),
        migrations.AddConstraint(
            model_name="circuit",
            constraint=models.UniqueConstraint(fields=("tenant", "peer"), name="one_circuit"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("tenant", "call"), name="one_receipt"),
        ),
    ]

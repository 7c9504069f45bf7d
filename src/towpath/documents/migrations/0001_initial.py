import django.db.models.deletion
from django.db import migrations, models

import towpath.foundation.ids
import towpath.foundation.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("foundation", "0002_ledgers"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "content_type",
                    models.CharField(help_text="What the content is, not what was claimed.", max_length=100),
                ),
                ("size", models.PositiveIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField(help_text="Empty once it was refused.")),
                (
                    "state",
                    models.CharField(
                        help_text="quarantined, clean, unscanned or refused; see rules.py.", max_length=16
                    ),
                ),
                (
                    "purpose",
                    models.CharField(blank=True, help_text="The question that it answers.", max_length=80),
                ),
                ("case_id", models.UUIDField(null=True)),
                ("draft_id", models.UUIDField(null=True)),
                ("kept_at", models.DateTimeField()),
                (
                    "person",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("case_id", None), _negated=True),
                        fields=["tenant", "case_id"],
                        name="document_case",
                    ),
                    models.Index(
                        condition=models.Q(("draft_id", None), _negated=True),
                        fields=["tenant", "draft_id"],
                        name="document_draft",
                    ),
                    models.Index(
                        condition=models.Q(("person", None), _negated=True),
                        fields=["tenant", "person"],
                        name="document_person",
                    ),
                ],
            },
        ),
    ]

import django.db.models.deletion
import towpath.contact.models
import towpath.foundation.ids
import towpath.foundation.tenancy
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("foundation", "0002_ledgers"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("subject", models.CharField(blank=True, max_length=300)),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="What people quote: the case's reference.", max_length=64
                    ),
                ),
                ("state", models.CharField(default="open", max_length=16)),
                ("language", models.CharField(default="en", max_length=16)),
                ("last_seq", models.PositiveIntegerField(default=0)),
                (
                    "token",
                    models.CharField(
                        default=towpath.contact.models.reply_token,
                        help_text="Of the address for replies.",
                        max_length=32,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
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
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                (
                    "seq",
                    models.PositiveIntegerField(help_text="1, 2, 3 … within the conversation, without gaps."),
                ),
                ("at", models.DateTimeField()),
                ("channel", models.CharField(max_length=16)),
                ("direction", models.CharField(max_length=8)),
                ("kind", models.CharField(max_length=16)),
                ("author_kind", models.CharField(max_length=16)),
                ("author_id", models.CharField(blank=True, max_length=64)),
                ("in_reply_to", models.UUIDField(help_text="The entry that was answered.", null=True)),
                (
                    "cause",
                    models.CharField(
                        help_text="Why it was sent; the same cause sends once.", max_length=200, null=True
                    ),
                ),
                (
                    "conversation",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.conversation",
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
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("channel", models.CharField(max_length=16)),
                (
                    "status",
                    models.CharField(help_text="One of GOV.UK Notify's; see rules.py.", max_length=24),
                ),
                (
                    "provider_ref",
                    models.CharField(blank=True, help_text="Set once it was taken.", max_length=200),
                ),
                ("at", models.DateTimeField(help_text="Of the last change.")),
                ("error", models.CharField(blank=True, max_length=500)),
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
                (
                    "entry",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.entry",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="EntryAttachment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(help_text="As the sender claims.", max_length=100)),
                ("content", models.BinaryField()),
                (
                    "entry",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="contact.entry",
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
            name="EntryText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                (
                    "quoted",
                    models.TextField(blank=True, help_text="Earlier messages that an e-mail repeated."),
                ),
                (
                    "contact_point",
                    models.CharField(blank=True, help_text="From where, or to where.", max_length=320),
                ),
                (
                    "message_id",
                    models.CharField(blank=True, help_text="Of an e-mail that came in.", max_length=998),
                ),
                (
                    "entry",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="contact.entry",
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
            name="Mail",
            fields=[
                (
                    "id",
                    models.UUIDField(default=towpath.foundation.ids.uuid7, primary_key=True, serialize=False),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="SHA-256 of Message-ID and recipient: a repeat is seen.", max_length=64
                    ),
                ),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the message below its headers.", max_length=64),
                ),
                ("at", models.DateTimeField()),
                ("raw", models.BinaryField()),
                (
                    "outcome",
                    models.CharField(
                        help_text="entered, unconfirmed, automatic, bounce or quarantined.", max_length=16
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("settled_at", models.DateTimeField(help_text="When a person saw to it.", null=True)),
                (
                    "conversation",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        help_text="Where it is, or seems to belong.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.conversation",
                    ),
                ),
                (
                    "entry",
                    towpath.foundation.tenancy.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.entry",
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
            model_name="conversation",
            index=models.Index(fields=["tenant", "person", "-opened_at"], name="conversation_person"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["tenant", "reference"],
                name="conversation_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "new")), fields=["tenant", "opened_at"], name="conversation_new"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("tenant", "token"), name="conversation_token"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("tenant", "conversation", "seq"), name="entry_seq"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("tenant", "cause"), name="entry_cause"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["tenant", "at"], name="delivery_pending"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        ["permanent-failure", "returned-letter", "technical-failure", "temporary-failure"],
                    )
                ),
                fields=["tenant", "-at"],
                name="delivery_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("tenant", "entry", "attempt"), name="delivery_attempt"
            ),
        ),
        migrations.AddIndex(
            model_name="entryattachment",
            index=models.Index(fields=["tenant", "entry"], name="attachment_entry"),
        ),
        migrations.AddConstraint(
            model_name="entrytext",
            constraint=models.UniqueConstraint(fields=("tenant", "entry"), name="entry_text_once"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("settled_at", None), models.Q(("outcome", "entered"), _negated=True)),
                fields=["tenant", "outcome", "at"],
                name="mail_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(fields=("tenant", "key"), name="mail_once"),
        ),
    ]

"""What HITs made one by one need: questions of their own, tokens, events, rules of review; and bonuses."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_guards_and_first_profiles'),
        ('work', '0005_standing_so_far'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Bonus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.IntegerField()),
                ('fee_minor', models.IntegerField()),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'bonus',
            },
        ),
        migrations.CreateModel(
            name='HITEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hit_type_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('created', 'Created'), ('expired', 'Expired'), ('reviewable', 'Reviewable'), ('extended', 'Extended'), ('disposed', 'Disposed')], max_length=10)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'hit_event',
            },
        ),
        migrations.CreateModel(
            name='HITReviewPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('Assignment', 'Assignment'), ('HIT', 'Hit')], max_length=10)),
                ('policy', models.JSONField()),
            ],
            options={
                'db_table': 'hit_review_policy',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('html', 'Html'), ('external', 'External'), ('form', 'Form')], max_length=8)),
                ('content', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'question',
            },
        ),
        migrations.CreateModel(
            name='RequestToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.CharField(max_length=10)),
                ('token', models.CharField(max_length=64)),
                ('result_id', models.BigIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'request_token',
            },
        ),
        migrations.AddField(
            model_name='batch',
            name='source',
            field=models.CharField(choices=[('file', 'File'), ('api', 'Api')], db_default='file', default='file', max_length=4),
        ),
        migrations.AddField(
            model_name='hit',
            name='annotation',
            field=models.CharField(db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='hit',
            name='layout',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.layout'),
        ),
        migrations.AddField(
            model_name='hittype',
            name='keeps_events',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(condition=models.Q(('source', 'api'), ('status', 'published')), fields=('hit_type',), name='batch_of_api_unique'),
        ),
        migrations.AddField(
            model_name='bonus',
            name='actor',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bonus',
            name='assignment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.assignment'),
        ),
        migrations.AddField(
            model_name='bonus',
            name='hit',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.hit'),
        ),
        migrations.AddField(
            model_name='bonus',
            name='requester',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.requester'),
        ),
        migrations.AddField(
            model_name='bonus',
            name='worker',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.worker'),
        ),
        migrations.AddField(
            model_name='hitevent',
            name='hit',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='work.hit'),
        ),
        migrations.AddField(
            model_name='hitreviewpolicy',
            name='hit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='work.hit'),
        ),
        migrations.AddField(
            model_name='question',
            name='requester',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.requester'),
        ),
        migrations.AddField(
            model_name='hit',
            name='question',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.question'),
        ),
        migrations.AddField(
            model_name='requesttoken',
            name='requester',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.requester'),
        ),
        migrations.AddIndex(
            model_name='bonus',
            index=models.Index(fields=['worker', '-id'], name='bonus_by_worker'),
        ),
        migrations.AddIndex(
            model_name='bonus',
            index=models.Index(fields=['assignment', 'id'], name='bonus_by_assignment'),
        ),
        migrations.AddIndex(
            model_name='bonus',
            index=models.Index(fields=['hit', 'id'], name='bonus_by_hit'),
        ),
        migrations.AddConstraint(
            model_name='bonus',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('fee_minor__gte', 0)), name='bonus_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='bonus',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='bonus_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='hitreviewpolicy',
            constraint=models.UniqueConstraint(fields=('hit', 'level'), name='hit_review_policy_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('requester', 'digest'), name='question_unique'),
        ),
        migrations.AddIndex(
            model_name='requesttoken',
            index=models.Index(fields=['at'], name='request_token_by_age'),
        ),
        migrations.AddConstraint(
            model_name='requesttoken',
            constraint=models.UniqueConstraint(fields=('requester', 'operation', 'token'), name='request_token_once'),
        ),
        # The API's own limit, in bytes, which a length of characters cannot say.
        migrations.RunSQL(
            'ALTER TABLE question ADD CONSTRAINT question_size CHECK (octet_length(content) <= 65535)',
            'ALTER TABLE question DROP CONSTRAINT question_size',
        ),
    ]

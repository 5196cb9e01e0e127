"""The comparison of a worker's score with a requirement, one function for every statement.

MTurk API, QualificationRequirement: a worker without the qualification fails every comparator but
DoesNotExist. EqualTo with several values counts as In.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
CREATE FUNCTION requirement_met(comparator text, scores jsonb, score integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE comparator
        WHEN 'DoesNotExist' THEN score IS NULL
        WHEN 'Exists' THEN score IS NOT NULL
        ELSE score IS NOT NULL AND CASE comparator
            WHEN 'LessThan' THEN score < (scores->>0)::integer
            WHEN 'LessThanOrEqualTo' THEN score <= (scores->>0)::integer
            WHEN 'GreaterThan' THEN score > (scores->>0)::integer
            WHEN 'GreaterThanOrEqualTo' THEN score >= (scores->>0)::integer
            WHEN 'EqualTo' THEN scores @> to_jsonb(score)
            WHEN 'In' THEN scores @> to_jsonb(score)
            WHEN 'NotEqualTo' THEN NOT scores @> to_jsonb(score)
            WHEN 'NotIn' THEN NOT scores @> to_jsonb(score)
        END
    END
$$;
""",
            "DROP FUNCTION requirement_met(text, jsonb, integer)",
        )
    ]

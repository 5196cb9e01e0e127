"""The platform's own types, what every worker holds at this moment, and its comparison with a requirement.

MTurk API, 5.1 and 5.2: a worker without the qualification fails every comparator but DoesNotExist.
EqualTo with several values counts as In. A place ``US`` matches ``US-CA``; ``US-CA`` does not match ``US``.
The share approved counts as 100 until a hundred assignments are decided, and is rounded down.
"""

from django.db import migrations

SYSTEM_TYPES = """
INSERT INTO qualification_type (id, name, description, route, score_kind, status)
OVERRIDING SYSTEM VALUE
VALUES (-1, 'Worker_NumberHITsApproved', 'How many of a worker''s submissions were approved.', 'system', 'integer', 'active'),
       (-2, 'Worker_PercentAssignmentsApproved', 'The share of a worker''s decided submissions that was approved, in percent. It counts as 100 until a hundred are decided.', 'system', 'percent', 'active'),
       (-3, 'Worker_Locale', 'The worker''s country of residence, and the state for the USA.', 'system', 'locale', 'active'),
       (-4, 'Worker_Adult', '1 when the worker is 18 or older, by the date of birth in the profile.', 'system', 'integer', 'active'),
       (-5, 'Masters', 'Given and taken by the platform''s published formula, from the work itself.', 'system', 'integer', 'active'),
       (-6, 'Worker_PercentAssignmentsSubmitted', 'The share of accepted assignments that was submitted, in percent.', 'system', 'percent', 'active'),
       (-7, 'Worker_PercentAssignmentsAbandoned', 'The share of accepted assignments that ran out of time, in percent.', 'system', 'percent', 'active'),
       (-8, 'Worker_PercentAssignmentsReturned', 'The share of accepted assignments that was returned, in percent.', 'system', 'percent', 'active'),
       (-9, 'Worker_PercentAssignmentsRejected', 'The share of decided submissions that was rejected, in percent.', 'system', 'percent', 'active')
"""

HELD = """
CREATE VIEW held_qualification (worker_id, qualification_type_id, score, locale) AS
SELECT qualification.worker_id, qualification.qualification_type_id, qualification.score, NULL::text
  FROM qualification
 WHERE qualification.status = 'granted'
   AND (qualification.expires_at IS NULL OR qualification.expires_at > now())
 UNION ALL
SELECT worker.account_id, -1::bigint, coalesce(worker_standing.approved, 0), NULL
  FROM worker
  LEFT JOIN worker_standing ON worker_standing.worker_id = worker.account_id
 UNION ALL
SELECT worker.account_id, -2::bigint,
       CASE WHEN coalesce(worker_standing.approved + worker_standing.rejected, 0) < 100 THEN 100
            ELSE worker_standing.approved * 100 / (worker_standing.approved + worker_standing.rejected) END, NULL
  FROM worker
  LEFT JOIN worker_standing ON worker_standing.worker_id = worker.account_id
 UNION ALL
SELECT account_profile.account_id, -3::bigint, NULL::integer,
       account_profile.country
       || CASE WHEN account_profile.country = 'US' AND account_profile.region ~ '^[A-Za-z]{2}$'
               THEN '-' || upper(account_profile.region) ELSE '' END
  FROM account_profile
 WHERE account_profile.country <> ''
 UNION ALL
SELECT account_profile.account_id, -4::bigint,
       (account_profile.birth_date <= current_date - interval '18 years')::integer, NULL
  FROM account_profile
 WHERE account_profile.birth_date IS NOT NULL
 UNION ALL
SELECT worker_standing.worker_id, share.qualification_type_id, share.part * 100 / share.whole, NULL
  FROM worker_standing
 CROSS JOIN LATERAL (VALUES
       (-6::bigint, submitted, submitted + returned + abandoned),
       (-7::bigint, abandoned, submitted + returned + abandoned),
       (-8::bigint, returned, submitted + returned + abandoned),
       (-9::bigint, rejected, approved + rejected)) AS share (qualification_type_id, part, whole)
 WHERE share.whole > 0
"""

MET = """
CREATE FUNCTION requirement_met(comparator text, wanted jsonb, score integer, locale text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE comparator
        WHEN 'DoesNotExist' THEN score IS NULL AND locale IS NULL
        WHEN 'Exists' THEN score IS NOT NULL OR locale IS NOT NULL
        ELSE CASE
            WHEN locale IS NOT NULL THEN CASE comparator
                WHEN 'EqualTo' THEN wanted ? locale OR wanted ? split_part(locale, '-', 1)
                WHEN 'In' THEN wanted ? locale OR wanted ? split_part(locale, '-', 1)
                WHEN 'NotEqualTo' THEN NOT (wanted ? locale OR wanted ? split_part(locale, '-', 1))
                WHEN 'NotIn' THEN NOT (wanted ? locale OR wanted ? split_part(locale, '-', 1))
                ELSE false
            END
            WHEN score IS NOT NULL THEN CASE comparator
                WHEN 'LessThan' THEN score < (wanted->>0)::integer
                WHEN 'LessThanOrEqualTo' THEN score <= (wanted->>0)::integer
                WHEN 'GreaterThan' THEN score > (wanted->>0)::integer
                WHEN 'GreaterThanOrEqualTo' THEN score >= (wanted->>0)::integer
                WHEN 'EqualTo' THEN wanted @> to_jsonb(score)
                WHEN 'In' THEN wanted @> to_jsonb(score)
                WHEN 'NotEqualTo' THEN NOT wanted @> to_jsonb(score)
                WHEN 'NotIn' THEN NOT wanted @> to_jsonb(score)
                ELSE false
            END
            ELSE false
        END
    END
$$
"""

APPEND_ONLY = """
CREATE FUNCTION qualification_history_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER qualification_event_append_only BEFORE UPDATE OR DELETE ON qualification_event
   FOR EACH ROW EXECUTE FUNCTION qualification_history_is_kept();
CREATE TRIGGER qualification_agreement_append_only BEFORE UPDATE OR DELETE ON qualification_agreement
   FOR EACH ROW EXECUTE FUNCTION qualification_history_is_kept();
CREATE TRIGGER qualification_acceptance_append_only BEFORE UPDATE OR DELETE ON qualification_agreement_acceptance
   FOR EACH ROW EXECUTE FUNCTION qualification_history_is_kept();
CREATE TRIGGER qualification_test_append_only BEFORE UPDATE OR DELETE ON qualification_test
   FOR EACH ROW EXECUTE FUNCTION qualification_history_is_kept()
"""

UNDO = """
DROP TRIGGER qualification_event_append_only ON qualification_event;
DROP TRIGGER qualification_agreement_append_only ON qualification_agreement;
DROP TRIGGER qualification_acceptance_append_only ON qualification_agreement_acceptance;
DROP TRIGGER qualification_test_append_only ON qualification_test;
DROP FUNCTION qualification_history_is_kept()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("qualifications", "0003_types_tests_requests"),
        ("accounts", "0004_qualification_changes"),
    ]
    operations = [
        migrations.RunSQL(SYSTEM_TYPES, "DELETE FROM qualification_type WHERE id < 0"),
        migrations.RunSQL(HELD, "DROP VIEW held_qualification"),
        migrations.RunSQL(MET, "DROP FUNCTION requirement_met(text, jsonb, integer, text)"),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]

-- eligibility: the conditions of a type that a worker does not meet. Part of ways.sql.
-- Needs: kind (the type), me (the worker's profile), mine (what the worker holds).
-- What the profile does not say is not met.
        SELECT array_remove(ARRAY[
                   CASE WHEN jsonb_array_length(coalesce(kind.eligibility -> 'countries', '[]')) > 0
                         AND NOT coalesce(kind.eligibility -> 'countries' ? me.country, false) THEN 'country' END,
                   CASE WHEN NOT coalesce(date_part('year', age(current_date, me.birth_date))
                                 BETWEEN (kind.eligibility ->> 'age_min')::integer
                                     AND (kind.eligibility ->> 'age_max')::integer,
                                 date_part('year', age(current_date, me.birth_date))
                                     >= (kind.eligibility ->> 'age_min')::integer,
                                 date_part('year', age(current_date, me.birth_date))
                                     <= (kind.eligibility ->> 'age_max')::integer,
                                 kind.eligibility -> 'age_min' IS NULL AND kind.eligibility -> 'age_max' IS NULL)
                        THEN 'age' END,
                   CASE WHEN NOT coalesce(me.languages, '[]') @> coalesce(kind.eligibility -> 'languages', '[]')
                        THEN 'languages' END,
                   CASE WHEN EXISTS (SELECT
                                       FROM jsonb_array_elements_text(coalesce(kind.eligibility -> 'skills', '[]'))
                                            AS wanted (skill)
                                      WHERE NOT coalesce(lower(trim(wanted.skill)) = ANY(me.skills), false))
                        THEN 'skills' END], NULL)
               || ARRAY(SELECT 'needed:' || (wanted.pair ->> 0)
                          FROM jsonb_array_elements(coalesce(kind.eligibility -> 'needed', '[]')) AS wanted (pair)
                         WHERE NOT EXISTS (SELECT
                                             FROM mine
                                            WHERE mine.qualification_type_id = (wanted.pair ->> 0)::bigint
                                              AND mine.score >= (wanted.pair ->> 1)::integer))

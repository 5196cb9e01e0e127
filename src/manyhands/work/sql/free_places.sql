-- Consumes freed(hit_id): one row for each accepted assignment given up. The place becomes free again;
-- a HIT that was closed gets a fresh position, ahead of every worker's cursor; first questions stay first.
freed_hit AS (
    SELECT hit.id, freed_count.places, hit.is_open AS was_open
      FROM hit
      JOIN (SELECT freed.hit_id, count(*) AS places FROM freed GROUP BY freed.hit_id) AS freed_count
        ON freed_count.hit_id = hit.id
     ORDER BY hit.id
       FOR NO KEY UPDATE OF hit
), reopened AS (
    UPDATE hit
       SET pending = hit.pending - freed_hit.places,
           available = hit.available + freed_hit.places,
           status = 'assignable',
           position = CASE WHEN freed_hit.was_open THEN hit.position
                           ELSE nextval('hit_position') + CASE WHEN hit.position < 0 THEN -4611686018427387904 ELSE 0 END END
      FROM freed_hit
     WHERE hit.id = freed_hit.id
 RETURNING hit.hit_type_id, hit.expires_at, freed_hit.was_open
), open_changed AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT reopened.hit_type_id, date_trunc('minute', reopened.expires_at), count(*)
      FROM reopened
     WHERE NOT reopened.was_open
     GROUP BY 1, 2
)

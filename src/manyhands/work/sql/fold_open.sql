-- fold_open: fold the changes of the open-HIT counts together and forget what expired long ago.
-- Params: none.   Rows: 1 (rows folded).
-- Locks: the rows read, SKIP LOCKED.
-- Index: none (reads all).
WITH folded AS (
    DELETE FROM hit_type_open
     WHERE id IN (SELECT id FROM hit_type_open FOR UPDATE SKIP LOCKED)
 RETURNING hit_type_id, expires_minute, change
), kept AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change)
    SELECT hit_type_id, expires_minute, sum(change)
      FROM folded
     GROUP BY hit_type_id, expires_minute
    HAVING sum(change) <> 0
)
SELECT count(*) FROM folded;

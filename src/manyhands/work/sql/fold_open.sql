-- fold_open: fold the changes of the open-HIT counts together, if there is any since the last folding.
-- Params: none.   Rows: 1 (rows folded).
-- Every row that was folded before is replaced: a reader who knows a folding by its time knows all its rows.
-- Locks: the rows; callers hold an advisory lock, so that a folding sees the whole one before it.
-- Index: none (when there is a change, reads all).
WITH folded AS (
    DELETE FROM hit_type_open
     WHERE EXISTS (SELECT FROM hit_type_open AS since WHERE since.folded_at IS NULL)
 RETURNING hit_type_id, expires_minute, change
), kept AS (
    INSERT INTO hit_type_open (hit_type_id, expires_minute, change, folded_at)
    SELECT hit_type_id, expires_minute, sum(change), (SELECT clock_timestamp())
      FROM folded
     GROUP BY hit_type_id, expires_minute
    HAVING sum(change) <> 0
)
SELECT count(*) FROM folded;

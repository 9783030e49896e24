WITH doomed AS (
  SELECT "old".task AS task, "old".slot AS slot
  FROM periodic_slots AS "old"
  WHERE "old".slot < worklane_now() - $1::INTERVAL
  AND "old".slot < (
    SELECT max(newer.slot) AS max_1
    FROM periodic_slots AS newer
    WHERE newer.task = "old".task)
  LIMIT $2::INTEGER
  FOR UPDATE OF "old" SKIP LOCKED)
DELETE FROM periodic_slots USING doomed
WHERE periodic_slots.task = doomed.task
AND periodic_slots.slot = doomed.slot
RETURNING periodic_slots.slot

DELETE FROM workers
WHERE workers.id = any(array((
      SELECT workers.id
      FROM workers
      WHERE workers.beat_at < worklane_now() - $1::INTERVAL
      FOR UPDATE SKIP LOCKED)))
RETURNING workers.id

DELETE FROM jobs
WHERE jobs.id = any(array((
      SELECT jobs.id
      FROM jobs
      WHERE jobs.status = 'complete'
      AND jobs.finished_at < worklane_now() - $1::INTERVAL
      ORDER BY jobs.finished_at
      LIMIT $2::INTEGER
      FOR UPDATE SKIP LOCKED)))
RETURNING jobs.id

UPDATE jobs
SET status=CASE WHEN (jobs.crashes + $1::INTEGER >= $2::INTEGER) THEN 'failed' ELSE 'pending' END,
    crashes=(jobs.crashes + $1::INTEGER), worker_id=NULL, error=concat($3::VARCHAR,
    jobs.crashes + $1::INTEGER, $4::VARCHAR),
    finished_at=CASE WHEN (jobs.crashes + $1::INTEGER >= $2::INTEGER) THEN worklane_now() ELSE NULL END
WHERE jobs.id = any(array((
      SELECT held.id
      FROM jobs AS seen
      JOIN jobs AS held ON held.id = seen.id
      AND held.claim_token = seen.claim_token
      WHERE seen.status = 'running'
      AND held.status = 'running'
      AND NOT (EXISTS (
          SELECT *
          FROM workers
          WHERE workers.id = seen.worker_id))
      LIMIT $5::INTEGER
      FOR UPDATE OF held SKIP LOCKED)))
RETURNING jobs.id, jobs.status

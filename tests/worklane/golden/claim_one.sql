UPDATE jobs
SET status='running', attempt=(jobs.attempt + $1::INTEGER), claim_token=(jobs.claim_token + $2::BIGINT),
    worker_id=$3::UUID, error=NULL, started_at=coalesce(jobs.started_at, worklane_now())
WHERE jobs.id = any(array((
      SELECT jobs.id
      FROM jobs
      WHERE jobs.id = $4::UUID
      AND jobs.type = any($5::TEXT[])
      AND jobs.status = 'pending'
      AND jobs.run_at <= worklane_now()
      AND (EXISTS (
          SELECT *
          FROM workers
          WHERE workers.id = $3::UUID))
      FOR UPDATE SKIP LOCKED)))
RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
    jobs.subject, jobs.payload

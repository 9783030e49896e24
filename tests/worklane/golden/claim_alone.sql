WITH taken AS (
  UPDATE jobs
  SET claim_token=(jobs.claim_token + $3::BIGINT), attempt=(jobs.attempt + $4::INTEGER), status='running',
      worker_id=$1::UUID, started_at=coalesce(jobs.started_at, worklane_now()), error=NULL
  WHERE jobs.id = any(array((
        SELECT jobs.id
        FROM jobs
        WHERE jobs.status = 'pending'
        AND jobs.run_at <= worklane_now()
        AND jobs.type = any($5::TEXT[])
        AND jobs.crashes >= 2
        AND (EXISTS (
            SELECT *
            FROM workers
            WHERE workers.id = $1::UUID))
        ORDER BY -jobs.priority, jobs.run_at, jobs.id
        LIMIT $6::INTEGER
        FOR UPDATE SKIP LOCKED)))
  RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
      coalesce(jobs.subject, '') AS subject, CAST(jobs.payload AS TEXT) AS payload, jobs.run_at,
      jobs.priority), noted AS (
  INSERT INTO claim_batches (worker_id, number, row_ids)
  SELECT $1::UUID AS anon_1, $2::BIGINT AS anon_2, array_agg(taken.id) AS array_agg_1
  FROM taken HAVING count(*) > $7::INTEGER), forgotten AS (
  DELETE FROM claim_batches
  WHERE claim_batches.worker_id = $1::UUID
  AND claim_batches.number = any($8::BIGINT[]))
SELECT taken.id, taken.type, taken.claim_token, taken.attempt, taken.max_attempts, taken.crashes,
    taken.tenant, taken.subject, taken.payload, taken.run_at, taken.priority
FROM taken

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
        AND jobs.crashes < 2
        AND (EXISTS (
            SELECT *
            FROM workers
            WHERE workers.id = $1::UUID))
        AND (-jobs.priority, jobs.run_at, jobs.id) > ($6::SMALLINT, $7::TIMESTAMP
          WITH TIME ZONE, $8::UUID)
        ORDER BY -jobs.priority, jobs.run_at, jobs.id
        LIMIT $9::INTEGER
        FOR UPDATE SKIP LOCKED)))
  RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
      coalesce(jobs.subject, '') AS subject, CAST(jobs.payload AS TEXT) AS payload, jobs.run_at,
      jobs.priority), noted AS (
  INSERT INTO claim_batches (worker_id, number, row_ids)
  SELECT $1::UUID AS anon_1, $2::BIGINT AS anon_2, array_agg(taken.id) AS array_agg_1
  FROM taken HAVING count(*) > $10::INTEGER), forgotten AS (
  DELETE FROM claim_batches
  WHERE claim_batches.worker_id = $1::UUID
  AND claim_batches.number = any($11::BIGINT[])), given AS (
  SELECT each.row_id AS row_id, each.token AS token
  FROM unnest($12::UUID[], $13::BIGINT[]) AS each(row_id, token)), settled AS (
  UPDATE jobs
  SET progress=1, status='complete', worker_id=NULL, finished_at=worklane_now(), error=NULL
  FROM given
  WHERE jobs.id = any($12::UUID[])
  AND jobs.id = given.row_id
  AND jobs.claim_token = given.token
  AND jobs.status = 'running'
  RETURNING jobs.id, jobs.claim_token)
SELECT taken.id, taken.type, taken.claim_token, taken.attempt, taken.max_attempts, taken.crashes,
    taken.tenant, taken.subject, taken.payload, taken.run_at, taken.priority
FROM taken UNION ALL
SELECT given.row_id, NULL AS anon_3, given.token, NULL AS anon__1, NULL AS anon__2, NULL AS anon__3,
    NULL AS anon__4, NULL AS anon__5, NULL AS anon__6, NULL AS anon__7, NULL AS anon__8
FROM given
WHERE NOT (EXISTS (
    SELECT *
    FROM settled
    WHERE settled.id = given.row_id))

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
  SELECT each.row_id AS row_id, each.token AS token, each.status AS status, each.result AS result,
      each.error AS error, each.run_after AS run_after, each.refund AS refund
  FROM unnest($12::UUID[], $13::BIGINT[], $14::TEXT[], $15::JSONB[], $16::TEXT[], $17::INTERVAL[],
      $18::INTEGER[]) AS each(row_id, token, status, result, error, run_after, refund)), settled AS (
  UPDATE jobs
  SET run_at=CASE WHEN (given.status = 'pending') THEN worklane_now() + given.run_after ELSE jobs.run_at END,
      progress=CASE WHEN (given.status = 'complete') THEN $19::FLOAT ELSE jobs.progress END,
      attempt=(jobs.attempt - given.refund), status=given.status, worker_id=NULL,
      finished_at=CASE WHEN (given.status = 'pending') THEN NULL ELSE worklane_now() END, error=given.error,
      attempt_log=CASE WHEN (given.status = 'complete') THEN jobs.attempt_log ELSE jsonb_path_query_array(coalesce(jobs.attempt_log, '[]'::jsonb) || jsonb_build_object('attempt', jobs.attempt, 'ended_at', worklane_now(), 'outcome', given.status, 'error', left(given.error, $20::INTEGER), 'worker', jobs.worker_id), CAST('$[last - 19 to last]' AS JSONPATH)) END, result_data=coalesce(given.result, jobs.result_data)
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

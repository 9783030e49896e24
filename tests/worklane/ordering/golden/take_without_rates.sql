WITH fitting AS (
  SELECT placed.id AS id, placed.type AS type, placed.limit_key AS limit_key, placed.spacing AS spacing,
      placed.tat AS tat
  FROM (
    SELECT job.id AS id, job.type AS type, job.limit_key AS limit_key, limits.spacing AS spacing,
        limits.running AS running_limit, row_number() OVER (PARTITION BY job.type, job.limit_key
      ORDER BY -job.priority, job.run_at, job.id) AS place, (
      SELECT count(*) AS count_1
      FROM jobs AS other
      WHERE other.status = 'running'
      AND other.limit_key IS NOT NULL
      AND other.type = job.type
      AND other.limit_key = job.limit_key) AS running, NULL AS tat, CAST(NULL AS BIGINT) AS starts
    FROM jobs AS job LEFT OUTER
    JOIN unnest($5::TEXT[], $6::INTEGER[], $7::BIGINT[], $8::INTEGER[]) AS limits(type, running, spacing,
        burst) ON job.type = limits.type
    AND job.limit_key IS NOT NULL
    WHERE job.id = any($9::UUID[])
    AND job.status = 'pending'
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $1::UUID))) AS placed
  WHERE placed.place <= coalesce(least(placed.running_limit - placed.running, placed.starts), placed.place)),
      taken AS (
  UPDATE jobs
  SET claim_token=(jobs.claim_token + $3::BIGINT), attempt=(jobs.attempt + $4::INTEGER), status='running',
      worker_id=$1::UUID, started_at=coalesce(jobs.started_at, worklane_now()), error=NULL
  WHERE jobs.id = any(array((
        SELECT fitting.id
        FROM fitting)))
  RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
      coalesce(jobs.subject, '') AS subject, CAST(jobs.payload AS TEXT) AS payload, jobs.run_at,
      jobs.priority), noted AS (
  INSERT INTO claim_batches (worker_id, number, row_ids)
  SELECT $1::UUID AS anon_1, $2::BIGINT AS anon_2, array_agg(taken.id) AS array_agg_1
  FROM taken HAVING count(*) > $10::INTEGER
  ON CONFLICT (worker_id, number)
  DO UPDATE
  SET row_ids = (claim_batches.row_ids || excluded.row_ids)), forgotten AS (
  DELETE FROM claim_batches
  WHERE claim_batches.worker_id = $1::UUID
  AND claim_batches.number = any($11::BIGINT[]))
SELECT taken.id, taken.type, taken.claim_token, taken.attempt, taken.max_attempts, taken.crashes,
    taken.tenant, taken.subject, taken.payload, taken.run_at, taken.priority
FROM taken

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
      AND other.limit_key = job.limit_key) AS running, greatest(rate.tat, worklane_now()) AS tat,
          CAST(floor((limits.burst * limits.spacing - EXTRACT(epoch
            FROM greatest(rate.tat,
                worklane_now()) - worklane_now()) * $5::INTEGER) / CAST(limits.spacing AS NUMERIC)) AS BIGINT) AS starts
    FROM jobs AS job LEFT OUTER
    JOIN unnest($6::TEXT[], $7::INTEGER[], $8::BIGINT[], $9::INTEGER[]) AS limits(type, running, spacing,
        burst) ON job.type = limits.type
    AND job.limit_key IS NOT NULL LEFT OUTER
    JOIN job_rates AS rate ON rate.type = job.type
    AND rate.key = job.limit_key
    WHERE job.id = any($10::UUID[])
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
  FROM taken HAVING count(*) > $11::INTEGER
  ON CONFLICT (worker_id, number)
  DO UPDATE
  SET row_ids = (claim_batches.row_ids || excluded.row_ids)), forgotten AS (
  DELETE FROM claim_batches
  WHERE claim_batches.worker_id = $1::UUID
  AND claim_batches.number = any($12::BIGINT[])), moved AS (
  INSERT INTO job_rates (type, key, tat)
  SELECT fitting.type AS type, fitting.limit_key AS limit_key,
      max(fitting.tat) + count(*) * max(fitting.spacing) * interval '1 microsecond' AS anon_3
  FROM fitting
  WHERE fitting.spacing IS NOT NULL GROUP BY fitting.type, fitting.limit_key
  ON CONFLICT (type, key)
  DO UPDATE
  SET tat = excluded.tat)
SELECT taken.id, taken.type, taken.claim_token, taken.attempt, taken.max_attempts, taken.crashes,
    taken.tenant, taken.subject, taken.payload, taken.run_at, taken.priority
FROM taken

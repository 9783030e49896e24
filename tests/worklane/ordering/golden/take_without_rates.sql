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
    JOIN unnest($4::TEXT[], $5::INTEGER[], $6::BIGINT[], $7::INTEGER[]) AS limits(type, running, spacing,
        burst) ON job.type = limits.type
    AND job.limit_key IS NOT NULL
    WHERE job.id = any($8::UUID[])
    AND job.status = 'pending'
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $3::UUID))) AS placed
  WHERE placed.place <= coalesce(least(placed.running_limit - placed.running, placed.starts), placed.place))
UPDATE jobs
SET status='running', attempt=(jobs.attempt + $1::INTEGER), claim_token=(jobs.claim_token + $2::BIGINT),
    worker_id=$3::UUID, error=NULL, started_at=coalesce(jobs.started_at, worklane_now())
WHERE jobs.id = any(array((
      SELECT fitting.id
      FROM fitting)))
RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
    jobs.subject, jobs.payload

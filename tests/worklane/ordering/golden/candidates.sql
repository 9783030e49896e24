WITH closed AS (
  SELECT running.type AS type, running.limit_key AS limit_key
  FROM jobs AS running
  JOIN unnest($1::TEXT[], $5::INTEGER[], $6::BIGINT[], $7::INTEGER[]) AS limits(type, running, spacing,
      burst) ON running.type = limits.type
  WHERE running.status = 'running'
  AND running.limit_key IS NOT NULL GROUP BY running.type, running.limit_key,
      limits.running HAVING count(*) >= limits.running UNION ALL
  SELECT busy.type AS type, busy.limit_key AS limit_key
  FROM unnest($8::TEXT[], $9::TEXT[]) AS busy(type, limit_key)), chosen AS (
  SELECT job.id AS id, job.type AS type, job.limit_key AS limit_key
  FROM jobs AS job
  WHERE job.status = 'pending'
  AND job.crashes < 2
  AND job.run_at <= worklane_now()
  AND job.type = any($3::TEXT[])
  AND (EXISTS (
      SELECT *
      FROM workers
      WHERE workers.id = $4::UUID))
  AND (job.limit_key IS NULL OR ((job.type, job.limit_key) NOT IN (
        SELECT closed.type, closed.limit_key
        FROM closed))
    AND NOT (EXISTS (
        SELECT *
        FROM job_rates AS rate, unnest($1::TEXT[], $5::INTEGER[], $6::BIGINT[],
            $7::INTEGER[]) AS limits(type, running, spacing, burst)
        WHERE rate.type = job.type
        AND rate.key = job.limit_key
        AND job.type = limits.type
        AND rate.tat > worklane_now() + (limits.burst - $10::INTEGER) * limits.spacing * interval '1 microsecond')))
  ORDER BY -job.priority, job.run_at, job.id
  LIMIT $11::INTEGER
  FOR UPDATE SKIP LOCKED)
SELECT chosen.id, chosen.type, chosen.limit_key,
    CASE WHEN (chosen.limit_key IS NULL OR chosen.type != all($1::TEXT[])) THEN true ELSE pg_try_advisory_xact_lock(hashtextextended(chosen.limit_key, hashtextextended(chosen.type, $2::BIGINT))) END AS is_ours
FROM chosen

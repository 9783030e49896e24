SELECT count(*) AS number
FROM (
  SELECT jobs.id AS id
  FROM jobs
  WHERE jobs.status = 'pending'
  AND jobs.crashes >= 2
  AND jobs.run_at <= worklane_now()
  AND jobs.type = any($1::TEXT[])
  LIMIT $2::INTEGER) AS due

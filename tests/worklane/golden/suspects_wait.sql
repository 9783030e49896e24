SELECT EXISTS (
  SELECT *
  FROM jobs
  WHERE jobs.status = 'pending'
  AND jobs.crashes >= 2
  AND jobs.run_at <= worklane_now()
  AND jobs.type = any($1::TEXT[])) AS suspects_wait

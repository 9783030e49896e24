WITH rested AS (
  SELECT rate.type AS type, rate.key AS key
  FROM job_rates AS rate
  WHERE rate.tat < worklane_now() - $1::INTERVAL
  LIMIT $2::INTEGER
  FOR UPDATE SKIP LOCKED)
DELETE FROM job_rates USING rested
WHERE job_rates.type = rested.type
AND job_rates.key = rested.key
RETURNING job_rates.type, job_rates.key

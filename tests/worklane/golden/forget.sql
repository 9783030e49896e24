DELETE FROM claim_batches
WHERE NOT (EXISTS (
    SELECT *
    FROM workers
    WHERE workers.id = claim_batches.worker_id))
AND (
  SELECT count(*) AS count_1
  FROM (
    SELECT jobs.id AS id, jobs.claim_token AS claim_token
    FROM jobs
    WHERE jobs.id = any(claim_batches.row_ids)
    AND jobs.worker_id = claim_batches.worker_id
    AND jobs.status = 'running') AS anon_1) = $1::INTEGER
RETURNING claim_batches.number

SELECT count(*) AS number
FROM (
  SELECT places_staging.id AS id
  FROM status_claims
  JOIN places_staging ON places_staging.id = status_claims.row_id
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.worker_id IS NULL
  AND status_claims.crashes >= 2
  AND status_claims.crashes < 4
  AND (status_claims.run_after IS NULL OR status_claims.run_after <= worklane_now())
  AND places_staging.deep_scan_status = 'Queued'
  LIMIT $1::INTEGER) AS due

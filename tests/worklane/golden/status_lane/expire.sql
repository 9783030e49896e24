WITH freed AS (
  UPDATE status_claims
  SET worker_id=NULL, run_after=(worklane_now() + $3::INTERVAL)
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = any(array((
        SELECT status_claims.row_id
        FROM status_claims
        WHERE status_claims.queue = 'deep_scan'
        AND status_claims.worker_id IS NOT NULL
        AND status_claims.run_after < worklane_now()
        LIMIT $4::INTEGER
        FOR UPDATE SKIP LOCKED)))
  RETURNING status_claims.row_id, status_claims.attempt - status_claims.crashes AS failures)
UPDATE places_staging
SET deep_scan_status=CASE WHEN (freed.failures >= $1::INTEGER) THEN 'Error' ELSE 'Queued' END,
    deep_scan_error=$2::VARCHAR
FROM freed
WHERE places_staging.id = freed.row_id
AND places_staging.deep_scan_status = 'Processing'
RETURNING places_staging.id AS id, places_staging.deep_scan_status AS status

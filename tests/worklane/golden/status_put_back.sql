WITH held AS (
  UPDATE status_claims
  SET worker_id=NULL, attempt=(status_claims.attempt - $2::INTEGER), run_after=(worklane_now() + $3::INTERVAL)
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = $4::UUID
  AND status_claims.token = $5::BIGINT
  AND status_claims.worker_id IS NOT NULL
  RETURNING status_claims.row_id)
UPDATE places_staging
SET deep_scan_status='Queued', deep_scan_error=$1::VARCHAR
FROM held
WHERE places_staging.id = held.row_id
AND places_staging.deep_scan_status = 'Processing'
RETURNING places_staging.id AS id, places_staging.deep_scan_status AS status

WITH held AS (
  DELETE FROM status_claims
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = $3::UUID
  AND status_claims.token = $4::BIGINT
  AND status_claims.worker_id IS NOT NULL
  RETURNING status_claims.row_id)
UPDATE places_staging
SET deep_scan_status=$1::VARCHAR, deep_scan_error=$2::VARCHAR
FROM held
WHERE places_staging.id = held.row_id
AND places_staging.deep_scan_status = 'Processing'
RETURNING places_staging.id AS id, places_staging.deep_scan_status AS status

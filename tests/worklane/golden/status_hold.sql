SELECT status_claims.token
FROM status_claims, places_staging
WHERE status_claims.queue = 'deep_scan'
AND status_claims.row_id = $1::UUID
AND status_claims.token = $2::BIGINT
AND status_claims.worker_id IS NOT NULL
AND places_staging.id = status_claims.row_id
AND places_staging.deep_scan_status = 'Processing'
FOR UPDATE

WITH failed AS (
  SELECT places_staging.id AS id
  FROM places_staging
  WHERE places_staging.deep_scan_status = 'Error'
  AND places_staging.tenant = $1::VARCHAR
  ORDER BY places_staging.created_at, places_staging.id
  LIMIT $2::INTEGER
  FOR UPDATE SKIP LOCKED), moved AS (
  UPDATE places_staging
  SET deep_scan_status='Queued', deep_scan_error=NULL
  WHERE places_staging.id = any(array((
        SELECT failed.id
        FROM failed)))
  AND places_staging.deep_scan_status = 'Error'
  RETURNING places_staging.id AS id), forgotten AS (
  DELETE FROM status_claims
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = any(array((
        SELECT moved.id
        FROM moved))))
SELECT count(*) AS moved
FROM moved

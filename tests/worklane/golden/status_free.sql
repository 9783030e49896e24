WITH freed AS (
  UPDATE status_claims
  SET worker_id=NULL, crashes=(status_claims.crashes + $5::INTEGER), run_after=worklane_now()
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = any(array((
        SELECT held.row_id
        FROM status_claims AS seen
        JOIN status_claims AS held ON held.queue = seen.queue
        AND held.row_id = seen.row_id
        AND held.token = seen.token
        WHERE seen.queue = 'deep_scan'
        AND seen.worker_id IS NOT NULL
        AND held.worker_id IS NOT NULL
        AND NOT (EXISTS (
            SELECT *
            FROM workers
            WHERE workers.id = seen.worker_id))
        LIMIT $6::INTEGER
        FOR UPDATE OF held SKIP LOCKED)))
  RETURNING status_claims.row_id, status_claims.crashes)
UPDATE places_staging
SET deep_scan_status=CASE WHEN (freed.crashes >= $1::INTEGER) THEN 'Error' ELSE 'Queued' END,
    deep_scan_error=CASE WHEN (freed.crashes >= $1::INTEGER) THEN $2::VARCHAR ELSE concat($3::VARCHAR,
    freed.crashes, $4::VARCHAR) END
FROM freed
WHERE places_staging.id = freed.row_id
AND places_staging.deep_scan_status = 'Processing'
RETURNING places_staging.id AS id, places_staging.deep_scan_status AS status

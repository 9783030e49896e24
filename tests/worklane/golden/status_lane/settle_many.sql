WITH given AS (
  SELECT each.row_id AS row_id, each.token AS token, each.status AS status, each.error AS error,
      each.run_after AS run_after, each.refund AS refund
  FROM unnest($3::UUID[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::INTERVAL[],
      $8::INTEGER[]) AS each(row_id, token, status, error, run_after, refund)), ended AS (
  DELETE FROM status_claims
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = any(array((
        SELECT given.row_id
        FROM given
        WHERE given.status != $9::VARCHAR)))
  AND status_claims.token = any(array((
        SELECT given.token
        FROM given
        WHERE given.status != $9::VARCHAR)))
  AND status_claims.worker_id IS NOT NULL
  RETURNING status_claims.token), freed AS (
  UPDATE status_claims
  SET worker_id=NULL, attempt=(status_claims.attempt - (
      SELECT given.refund
      FROM given
      WHERE status_claims.token = given.token
      LIMIT 1)), run_after=(worklane_now() + (
      SELECT given.run_after
      FROM given
      WHERE status_claims.token = given.token
      LIMIT 1))
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.row_id = any(array((
        SELECT given.row_id
        FROM given
        WHERE given.status = $9::VARCHAR)))
  AND status_claims.token = any(array((
        SELECT given.token
        FROM given
        WHERE given.status = $9::VARCHAR)))
  AND status_claims.worker_id IS NOT NULL
  RETURNING status_claims.token)
UPDATE places_staging
SET deep_scan_status=CASE WHEN (given.status = $1::VARCHAR) THEN 'Queued' WHEN (given.status = $2::VARCHAR) THEN 'Completed' ELSE 'Error' END, deep_scan_error=given.error
FROM given
WHERE places_staging.id = given.row_id
AND places_staging.deep_scan_status = 'Processing'
AND given.token = any(array((
      SELECT ended.token
      FROM ended UNION ALL
      SELECT freed.token
      FROM freed)))
RETURNING places_staging.id AS id, places_staging.deep_scan_status AS status, given.token AS claim_token

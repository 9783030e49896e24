WITH due AS (
  SELECT places_staging.id AS id, places_staging.created_at AS key_0, places_staging.id AS key_1,
      '' AS group_key
  FROM status_claims
  JOIN places_staging ON places_staging.id = status_claims.row_id
  WHERE status_claims.queue = 'deep_scan'
  AND status_claims.worker_id IS NULL
  AND status_claims.crashes >= 2
  AND status_claims.crashes < 4
  AND (status_claims.run_after IS NULL OR status_claims.run_after <= worklane_now())
  AND places_staging.deep_scan_status = 'Queued'
  AND (EXISTS (
      SELECT *
      FROM workers
      WHERE workers.id = $1::UUID))
  ORDER BY places_staging.created_at, places_staging.id
  LIMIT $2::INTEGER
  FOR UPDATE OF places_staging SKIP LOCKED), moved AS (
  UPDATE places_staging
  SET deep_scan_status='Processing', deep_scan_error=NULL
  WHERE places_staging.id = any(array((
        SELECT due.id
        FROM due)))), taken AS (
  INSERT INTO status_claims (queue, row_id, token, worker_id, run_after)
  SELECT 'deep_scan', due.id AS id, nextval($3::VARCHAR) AS nextval_1, $1::UUID AS anon_1,
      CAST(NULL AS TIMESTAMP
    WITH TIME ZONE) AS anon_2
  FROM due
  ON CONFLICT (queue, row_id)
  DO UPDATE
  SET token = excluded.token, worker_id = excluded.worker_id,
      attempt = CASE WHEN (status_claims.crashes >= $4::INTEGER) THEN $5::INTEGER ELSE status_claims.attempt + $6::INTEGER END, crashes = CASE WHEN (status_claims.crashes >= $4::INTEGER) THEN $7::INTEGER ELSE status_claims.crashes END, run_after = excluded.run_after
  RETURNING status_claims.row_id, status_claims.token, status_claims.attempt, status_claims.crashes)
SELECT taken.row_id, taken.token, taken.attempt, taken.crashes, due.key_0, due.key_1, due.group_key
FROM taken
JOIN due ON due.id = taken.row_id
ORDER BY due.key_0, due.key_1

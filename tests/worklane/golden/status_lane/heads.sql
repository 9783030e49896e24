WITH RECURSIVE heads(id, key_0, key_1, group_key) AS (
  SELECT start.id AS id, start.key_0 AS key_0, start.key_1 AS key_1, start.group_key AS group_key
  FROM (
    SELECT places_staging.id AS id, places_staging.created_at AS key_0, places_staging.id AS key_1,
        places_staging.tenant AS group_key
    FROM places_staging
    WHERE places_staging.deep_scan_status = 'Queued'
    ORDER BY places_staging.tenant, places_staging.created_at, places_staging.id
    LIMIT 1) AS start UNION ALL
  SELECT following.id AS id, following.key_0 AS key_0, following.key_1 AS key_1,
      following.group_key AS group_key
  FROM heads
  JOIN LATERAL (
    SELECT places_staging.id AS id, places_staging.created_at AS key_0, places_staging.id AS key_1,
        places_staging.tenant AS group_key
    FROM places_staging
    WHERE places_staging.deep_scan_status = 'Queued'
    AND places_staging.tenant > heads.group_key
    ORDER BY places_staging.tenant, places_staging.created_at, places_staging.id
    LIMIT 1) AS following ON true)
SELECT heads.id, heads.key_0, heads.key_1, heads.group_key
FROM heads
LIMIT $1::INTEGER

WITH RECURSIVE waiting(tenant) AS (
  SELECT (
    SELECT min(lowest.tenant) AS min_1
    FROM jobs AS lowest
    WHERE lowest.status = 'pending'
    AND lowest.crashes < 2) AS tenant UNION ALL
  SELECT (
    SELECT min(next.tenant) AS min_2
    FROM jobs AS next
    WHERE next.status = 'pending'
    AND next.crashes < 2
    AND next.tenant > waiting.tenant) AS anon_1
  FROM waiting
  WHERE waiting.tenant IS NOT NULL), lots AS (
  SELECT waiting.tenant AS tenant, coalesce(given.weight, $5::FLOAT) AS weight, coalesce(runs.rows,
      $6::INTEGER) AS running, -ln($7::INTEGER - random()) AS drawn
  FROM waiting LEFT OUTER
  JOIN (
    SELECT running.tenant AS tenant, count(*) AS rows
    FROM jobs AS running
    WHERE running.status = 'running' GROUP BY running.tenant) AS runs ON runs.tenant = waiting.tenant LEFT OUTER
  JOIN unnest($8::TEXT[], $9::FLOAT[]) AS given(tenant, weight) ON given.tenant = waiting.tenant
  WHERE waiting.tenant IS NOT NULL), entrants AS (
  SELECT sorted.tenant AS tenant, sorted.weight AS weight, sorted.standing AS standing
  FROM (
    SELECT lots.tenant AS tenant, lots.weight AS weight, lots.running + lots.drawn AS standing,
        (lots.running + lots.drawn) / CAST(lots.weight AS FLOAT) AS cost
    FROM lots
    ORDER BY cost) AS sorted
  JOIN LATERAL (
    SELECT probed.id AS id, probed.type AS type, probed.limit_key AS limit_key
    FROM jobs AS probed
    WHERE probed.tenant BETWEEN sorted.tenant
    AND sorted.tenant
    AND probed.status = 'pending'
    AND probed.crashes < 2
    AND probed.run_at <= worklane_now()
    AND probed.type = any($10::TEXT[])
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $3::UUID))
    ORDER BY probed.tenant, -probed.priority, probed.run_at, probed.id
    LIMIT 1) AS one ON true
  ORDER BY sorted.cost
  LIMIT $11::INTEGER), shares AS (
  SELECT cheapest.tenant AS tenant, count(*) AS share
  FROM (
    SELECT costs.tenant AS tenant
    FROM (
      SELECT entrants.tenant AS tenant,
          ((entrants.standing + row_number() OVER (PARTITION BY entrants.tenant)) - $4::INTEGER) / CAST(entrants.weight AS FLOAT) AS cost
      FROM entrants
      JOIN LATERAL (
        SELECT counted.id AS id, counted.type AS type, counted.limit_key AS limit_key
        FROM jobs AS counted
        WHERE counted.tenant BETWEEN entrants.tenant
        AND entrants.tenant
        AND counted.status = 'pending'
        AND counted.crashes < 2
        AND counted.run_at <= worklane_now()
        AND counted.type = any($10::TEXT[])
        AND (EXISTS (
            SELECT *
            FROM workers
            WHERE workers.id = $3::UUID))
        ORDER BY counted.tenant, -counted.priority, counted.run_at, counted.id
        LIMIT $11::INTEGER) AS row ON true) AS costs
    ORDER BY costs.cost
    LIMIT $11::INTEGER) AS cheapest GROUP BY cheapest.tenant), by_share AS (
  SELECT row.id AS id, row.type AS type, row.limit_key AS limit_key
  FROM shares
  JOIN LATERAL (
    SELECT shared.id AS id, shared.type AS type, shared.limit_key AS limit_key
    FROM jobs AS shared
    WHERE shared.tenant BETWEEN shares.tenant
    AND shares.tenant
    AND shared.status = 'pending'
    AND shared.crashes < 2
    AND shared.run_at <= worklane_now()
    AND shared.type = any($10::TEXT[])
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $3::UUID))
    ORDER BY shared.tenant, -shared.priority, shared.run_at, shared.id
    LIMIT shares.share
    FOR UPDATE SKIP LOCKED) AS row ON true), filling AS (
  SELECT other.id AS id, other.type AS type, other.limit_key AS limit_key
  FROM jobs AS other
  WHERE other.status = 'pending'
  AND other.crashes < 2
  AND other.run_at <= worklane_now()
  AND other.type = any($10::TEXT[])
  AND (EXISTS (
      SELECT *
      FROM workers
      WHERE workers.id = $3::UUID))
  AND (other.id NOT IN (
      SELECT by_share.id
      FROM by_share))
  ORDER BY -other.priority, other.run_at, other.id
  LIMIT $11::INTEGER - (
    SELECT count(*) AS count_1
    FROM by_share)
  FOR UPDATE OF other SKIP LOCKED), chosen AS (
  SELECT by_share.id AS id, by_share.type AS type, by_share.limit_key AS limit_key
  FROM by_share UNION ALL
  SELECT filling.id AS id, filling.type AS type, filling.limit_key AS limit_key
  FROM filling)
UPDATE jobs
SET status='running', attempt=(jobs.attempt + $1::INTEGER), claim_token=(jobs.claim_token + $2::BIGINT),
    worker_id=$3::UUID, error=NULL, started_at=coalesce(jobs.started_at, worklane_now())
WHERE jobs.id = any(array((
      SELECT chosen.id
      FROM chosen)))
RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
    jobs.subject, jobs.payload

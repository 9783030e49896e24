WITH lots AS (
  SELECT waiting.tenant AS tenant, coalesce(given.weight, $6::FLOAT) AS weight, coalesce(runs.rows,
      $7::INTEGER) AS running, -ln($8::INTEGER - random()) AS drawn
  FROM unnest($9::TEXT[]) AS waiting(tenant) LEFT OUTER
  JOIN (
    SELECT held.tenant AS tenant, count(*) AS rows
    FROM claim_batches
    JOIN LATERAL (
      SELECT running.tenant AS tenant
      FROM jobs AS running
      WHERE running.id = any(claim_batches.row_ids)
      AND running.worker_id = claim_batches.worker_id
      AND running.status = 'running'
      LIMIT ALL OFFSET 0) AS held ON true GROUP BY held.tenant) AS runs ON runs.tenant = waiting.tenant LEFT OUTER
  JOIN unnest($10::TEXT[], $11::FLOAT[]) AS given(tenant, weight) ON given.tenant = waiting.tenant),
      entrants AS (
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
    AND probed.type = any($12::TEXT[])
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $1::UUID))
    ORDER BY probed.tenant, -probed.priority, probed.run_at, probed.id
    LIMIT 1) AS one ON true
  ORDER BY sorted.cost
  LIMIT $13::INTEGER), shares AS (
  SELECT cheapest.tenant AS tenant, count(*) AS share
  FROM (
    SELECT costs.tenant AS tenant
    FROM (
      SELECT entrants.tenant AS tenant,
          ((entrants.standing + row_number() OVER (PARTITION BY entrants.tenant)) - $5::INTEGER) / CAST(entrants.weight AS FLOAT) AS cost
      FROM entrants
      JOIN LATERAL (
        SELECT counted.id AS id, counted.type AS type, counted.limit_key AS limit_key
        FROM jobs AS counted
        WHERE counted.tenant BETWEEN entrants.tenant
        AND entrants.tenant
        AND counted.status = 'pending'
        AND counted.crashes < 2
        AND counted.run_at <= worklane_now()
        AND counted.type = any($12::TEXT[])
        AND (EXISTS (
            SELECT *
            FROM workers
            WHERE workers.id = $1::UUID))
        ORDER BY counted.tenant, -counted.priority, counted.run_at, counted.id
        LIMIT $13::INTEGER) AS row ON true) AS costs
    ORDER BY costs.cost
    LIMIT $13::INTEGER) AS cheapest GROUP BY cheapest.tenant), by_share AS (
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
    AND shared.type = any($12::TEXT[])
    AND (EXISTS (
        SELECT *
        FROM workers
        WHERE workers.id = $1::UUID))
    ORDER BY shared.tenant, -shared.priority, shared.run_at, shared.id
    LIMIT shares.share
    FOR UPDATE SKIP LOCKED) AS row ON true), filling AS (
  SELECT other.id AS id, other.type AS type, other.limit_key AS limit_key
  FROM jobs AS other
  WHERE other.status = 'pending'
  AND other.crashes < 2
  AND other.run_at <= worklane_now()
  AND other.type = any($12::TEXT[])
  AND (EXISTS (
      SELECT *
      FROM workers
      WHERE workers.id = $1::UUID))
  AND (other.id NOT IN (
      SELECT by_share.id
      FROM by_share))
  ORDER BY -other.priority, other.run_at, other.id
  LIMIT $13::INTEGER - (
    SELECT count(*) AS count_1
    FROM by_share)
  FOR UPDATE OF other SKIP LOCKED), chosen AS (
  SELECT by_share.id AS id, by_share.type AS type, by_share.limit_key AS limit_key
  FROM by_share UNION ALL
  SELECT filling.id AS id, filling.type AS type, filling.limit_key AS limit_key
  FROM filling), taken AS (
  UPDATE jobs
  SET claim_token=(jobs.claim_token + $3::BIGINT), attempt=(jobs.attempt + $4::INTEGER), status='running',
      worker_id=$1::UUID, started_at=coalesce(jobs.started_at, worklane_now()), error=NULL
  WHERE jobs.id = any(array((
        SELECT chosen.id
        FROM chosen)))
  RETURNING jobs.id, jobs.type, jobs.claim_token, jobs.attempt, jobs.max_attempts, jobs.crashes, jobs.tenant,
      coalesce(jobs.subject, '') AS subject, CAST(jobs.payload AS TEXT) AS payload, jobs.run_at,
      jobs.priority), noted AS (
  INSERT INTO claim_batches (worker_id, number, row_ids)
  SELECT $1::UUID AS anon_1, $2::BIGINT AS anon_2, array_agg(taken.id) AS array_agg_1
  FROM taken HAVING count(*) > $14::INTEGER
  ON CONFLICT (worker_id, number)
  DO UPDATE
  SET row_ids = (claim_batches.row_ids || excluded.row_ids)), forgotten AS (
  DELETE FROM claim_batches
  WHERE claim_batches.worker_id = $1::UUID
  AND claim_batches.number = any($15::BIGINT[]))
SELECT taken.id, taken.type, taken.claim_token, taken.attempt, taken.max_attempts, taken.crashes,
    taken.tenant, taken.subject, taken.payload, taken.run_at, taken.priority
FROM taken

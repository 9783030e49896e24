WITH lots AS (
  SELECT waiting.tenant AS tenant, coalesce(given.weight, $4::FLOAT) AS weight, coalesce(runs.rows,
      $5::INTEGER) AS running, -ln($6::INTEGER - random()) AS drawn
  FROM unnest($7::TEXT[]) AS waiting(tenant) LEFT OUTER
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
  JOIN unnest($8::TEXT[], $9::FLOAT[]) AS given(tenant, weight) ON given.tenant = waiting.tenant), closed AS (
  SELECT running.type AS type, running.limit_key AS limit_key
  FROM jobs AS running
  JOIN unnest($1::TEXT[], $12::INTEGER[], $13::BIGINT[], $14::INTEGER[]) AS limits(type, running, spacing,
      burst) ON running.type = limits.type
  WHERE running.status = 'running'
  AND running.limit_key IS NOT NULL GROUP BY running.type, running.limit_key,
      limits.running HAVING count(*) >= limits.running UNION ALL
  SELECT busy.type AS type, busy.limit_key AS limit_key
  FROM unnest($15::TEXT[], $16::TEXT[]) AS busy(type, limit_key)), entrants AS (
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
        WHERE workers.id = $11::UUID))
    AND (probed.limit_key IS NULL OR ((probed.type, probed.limit_key) NOT IN (
          SELECT closed.type, closed.limit_key
          FROM closed)))
    ORDER BY probed.tenant, -probed.priority, probed.run_at, probed.id
    LIMIT 1) AS one ON true
  ORDER BY sorted.cost
  LIMIT $17::INTEGER), shares AS (
  SELECT cheapest.tenant AS tenant, count(*) AS share
  FROM (
    SELECT costs.tenant AS tenant
    FROM (
      SELECT entrants.tenant AS tenant,
          ((entrants.standing + row_number() OVER (PARTITION BY entrants.tenant)) - $3::INTEGER) / CAST(entrants.weight AS FLOAT) AS cost
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
            WHERE workers.id = $11::UUID))
        AND (counted.limit_key IS NULL OR ((counted.type, counted.limit_key) NOT IN (
              SELECT closed.type, closed.limit_key
              FROM closed)))
        ORDER BY counted.tenant, -counted.priority, counted.run_at, counted.id
        LIMIT $17::INTEGER) AS row ON true) AS costs
    ORDER BY costs.cost
    LIMIT $17::INTEGER) AS cheapest GROUP BY cheapest.tenant), by_share AS (
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
        WHERE workers.id = $11::UUID))
    AND (shared.limit_key IS NULL OR ((shared.type, shared.limit_key) NOT IN (
          SELECT closed.type, closed.limit_key
          FROM closed)))
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
      WHERE workers.id = $11::UUID))
  AND (other.limit_key IS NULL OR ((other.type, other.limit_key) NOT IN (
        SELECT closed.type, closed.limit_key
        FROM closed)))
  AND (other.id NOT IN (
      SELECT by_share.id
      FROM by_share))
  ORDER BY -other.priority, other.run_at, other.id
  LIMIT $17::INTEGER - (
    SELECT count(*) AS count_1
    FROM by_share)
  FOR UPDATE OF other SKIP LOCKED), chosen AS (
  SELECT by_share.id AS id, by_share.type AS type, by_share.limit_key AS limit_key
  FROM by_share UNION ALL
  SELECT filling.id AS id, filling.type AS type, filling.limit_key AS limit_key
  FROM filling)
SELECT chosen.id, chosen.type, chosen.limit_key,
    CASE WHEN (chosen.limit_key IS NULL OR chosen.type != all($1::TEXT[])) THEN true ELSE pg_try_advisory_xact_lock(hashtextextended(chosen.limit_key, hashtextextended(chosen.type, $2::BIGINT))) END AS is_ours
FROM chosen

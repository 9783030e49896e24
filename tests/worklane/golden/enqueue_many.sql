WITH called AS (
  SELECT pg_notify('worklane', $1::VARCHAR) AS called
  WHERE $2::BOOLEAN), given AS (
  SELECT each.id AS id, each.tenant AS tenant, each.type AS type, each.subject AS subject,
      each.number AS number
  FROM unnest($3::UUID[], $4::TEXT[], $5::TEXT[], $6::TEXT[])
  WITH ORDINALITY AS each(id, tenant, type, subject, number)), first AS (
  SELECT DISTINCT ON (given.tenant, given.type, coalesce(given.subject,
      CAST(given.id AS TEXT))) given.id AS id, given.tenant AS tenant, given.type AS type,
      given.subject AS subject, given.number AS number
  FROM given
  ORDER BY given.tenant, given.type, coalesce(given.subject, CAST(given.id AS TEXT)), given.number),
      standing AS (
  INSERT INTO jobs (id, tenant, type, subject)
  SELECT first.id AS id, first.tenant AS tenant, first.type AS type, first.subject AS subject
  FROM first
  ON CONFLICT (tenant, type, subject)
  WHERE status IN ('pending', 'running')
  AND subject IS NOT NULL
  DO UPDATE
  SET subject = excluded.subject
  RETURNING jobs.tenant, jobs.type, jobs.subject, jobs.id, jobs.status, (xmax = 0) AS is_new)
SELECT given.number, standing.id, standing.status, standing.is_new
AND standing.id = given.id AS is_new, (
  SELECT count(*) AS count_1
  FROM called) AS calls
FROM given, standing
WHERE standing.tenant = given.tenant
AND standing.type = given.type
AND coalesce(standing.subject, CAST(standing.id AS TEXT)) = coalesce(given.subject, CAST(given.id AS TEXT))

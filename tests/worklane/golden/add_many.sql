WITH added AS (
  INSERT INTO jobs (id, type, payload)
  SELECT each.id AS id, each.type AS type, each.payload AS payload
  FROM unnest($1::UUID[], $2::TEXT[], $3::JSONB[])
  WITH ORDINALITY AS each(id, type, payload, number))
SELECT pg_notify('worklane', $4::VARCHAR) AS called
WHERE $5::BOOLEAN

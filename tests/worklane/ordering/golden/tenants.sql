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
  WHERE waiting.tenant IS NOT NULL)
SELECT waiting.tenant
FROM waiting
WHERE waiting.tenant IS NOT NULL

SELECT (
  SELECT max(periodic_slots.slot) AS max_1
  FROM periodic_slots
  WHERE periodic_slots.task = $1::VARCHAR) AS newest, worklane_now() AS now

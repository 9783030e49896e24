INSERT INTO periodic_slots (task, slot, missed)
VALUES ($1::VARCHAR, $2::TIMESTAMP
  WITH TIME ZONE, $3::INTEGER)
ON CONFLICT DO NOTHING
RETURNING periodic_slots.slot

UPDATE workers
SET beat_at=worklane_now()
WHERE workers.id = $1::UUID
RETURNING workers.id

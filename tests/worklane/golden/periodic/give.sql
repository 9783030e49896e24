UPDATE periodic_slots
SET job_id=$1::UUID, joined=$2::BOOLEAN
WHERE periodic_slots.task = $3::VARCHAR
AND periodic_slots.slot = $4::TIMESTAMP
WITH TIME ZONE

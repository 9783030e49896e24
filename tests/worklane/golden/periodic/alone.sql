SELECT pg_try_advisory_xact_lock(hashtextextended(concat($1::VARCHAR, $2::VARCHAR),
    $3::INTEGER)) AS pg_try_advisory_xact_lock_1

"""How fast the designs of a status lane claim, with and without an old snapshot that keeps dead rows alive."""

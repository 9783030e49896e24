"""How fast sitemaps are read, and in how much memory."""

"""What websites can do to a crawler on purpose, and what each of it costs: memory, time, and the error that ends it."""

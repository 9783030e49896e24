"""Many websites at once in one process: memory, CPU for each page, and the longest time the event loop was away."""

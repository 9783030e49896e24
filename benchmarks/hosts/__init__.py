"""Workers on machines of their own, cut off from the database one after the other, and what breaks."""

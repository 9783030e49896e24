"""A model of the job lane's promises, and a machine that plays the real queue against it."""

"""What both lanes promise, on paper, and what plays and strikes the real ones against it."""

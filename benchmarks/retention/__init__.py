"""What an index for pruning costs each job, and what it saves at pruning."""

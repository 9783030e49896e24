"""The fault suite of the job lane: real workers killed, paused and cut off, judged by a ledger they cannot write."""

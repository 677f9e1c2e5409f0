"""The whole system on this machine with a platform that is played: for looking at it (demo), and for proving it."""

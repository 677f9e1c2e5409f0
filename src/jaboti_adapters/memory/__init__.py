"""Everything in this process: for programs that embed us, for the demo, and for quick tests. Gone when it ends."""

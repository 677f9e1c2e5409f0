"""Word between processes: quick, and never the truth. Without Redis everything goes on, only later."""

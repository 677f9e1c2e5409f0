"""What integrations need from outside: `channels` from a platform, `stores` to be kept, `journal` for what comes in."""

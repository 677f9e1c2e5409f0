"""One class per verb: `access` is who comes in, `signing` how, `accounts` who may, `sessions` from where."""

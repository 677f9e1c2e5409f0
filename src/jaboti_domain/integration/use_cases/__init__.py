"""One class per verb: `intake` is what platforms tell us, `configure` what admins set up, the others look and mend."""

"""One class per verb: `attend` is what attendants do, `receive` what clients do, `dispatch` what goes out."""

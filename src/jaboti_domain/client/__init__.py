"""Who writes: a person or company, known by phones, documents and the names that channels give them."""

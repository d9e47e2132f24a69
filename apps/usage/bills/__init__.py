"""A provider's own count of what was used, held against our receipts. What is uploaded is read in
memory, answered, and forgotten: neither the file nor a line of it is stored."""

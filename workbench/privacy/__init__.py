"""What protects the people in the data: keys, the gate for lists, encryption, the access log, expiry and erasure."""

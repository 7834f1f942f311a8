"""Where bytes are kept: one port, its adapters, and the names keys get."""

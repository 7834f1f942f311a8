"""Work done in the background: the table is the truth, a bell only says that there is something in it."""

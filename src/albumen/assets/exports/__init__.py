"""Taking files along: downloads that a link gives at once, and exports that a job makes."""
